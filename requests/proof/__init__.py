"""The dated proof that a tenant reported something: on the screen, to download, and with the mail."""

from tenants.notifications.attachments import Attached

from ..models import Report
from .content import Proof, proof_of
from .document import pdf_of
from .download import as_download

__all__ = ["Proof", "as_download", "attached", "pdf_of", "proof_of"]


def attached(key: str) -> Attached:
    """The proof of the report with this id, for a mail. Raises Report.DoesNotExist."""
    filename, content = pdf_of(Report.objects.select_related("service_request", "tenant", "tenancy").get(pk=key))
    return Attached(filename, content, "application/pdf")
