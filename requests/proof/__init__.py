"""The dated proof that a tenant reported something: on the screen, to download, and with the mail."""

from tenants.notifications.attachments import Attached

from ..models import Report
from .content import Proof, proof_of
from .document import add_proof, pdf_of
from .download import as_download
from .next_steps import Case, NextStep, Where, case_of, next_steps
from .own_document import pdf_of_letter
from .own_letters import OwnLetter, letter_of
from .paper import FONT, LINE, Letter

__all__ = [
    "FONT", "LINE", "Case", "Letter", "NextStep", "OwnLetter", "Proof", "Where", "add_proof", "as_download", "attached",
    "case_of", "letter_of", "next_steps", "pdf_of", "pdf_of_letter", "proof_of",
]  # fmt: skip


def attached(key: str) -> Attached:
    """The proof of the report with this id, for a mail. Raises Report.DoesNotExist."""
    filename, content = pdf_of(Report.objects.select_related("service_request", "tenant", "tenancy").get(pk=key))
    return Attached(filename, content, "application/pdf")
