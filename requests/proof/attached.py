"""What goes with a mail or a letter: the proof alone, or with the letters of the steps that a tenant can take.

It is named in the outbox by a key and made when it leaves; the same key makes the same papers at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.utils import translation

from tenants.notifications.attachments import Attached

from ..models import Report
from .content import Proof, proof_of
from .document import pdf_of
from .own_document import pdf_of_letters
from .own_letters import OwnLetter, letters_of

__all__ = ["PROOF", "STEPS", "papers", "proof_pdf", "steps_of", "steps_pdf"]

PROOF, STEPS = "proof", "steps"
PDF = "application/pdf"
_RELATED = ("service_request__communal_area__complex", "service_request__dwelling", "tenancy__dwelling", "tenant")


def steps_of(report: Report, *, at: datetime) -> str:
    """The letters of the steps that are open for this household at `at`, with the proof."""
    return f"{STEPS}:{report.pk}:{int(at.timestamp())}"


def proof_pdf(key: str) -> Attached:
    """The proof of the report with this id. Raises Report.DoesNotExist."""
    return _proof(_report(key))


def steps_pdf(key: str) -> Attached:
    """Raises Report.DoesNotExist."""
    report, at = _told(key)
    if not (letters := _letters(report, at=at)):
        return _proof(report)
    name = "letters" if report.tenant.language == "en" else "brieven"
    filename = f"{name}-{report.service_request.reference}.pdf"
    return Attached(filename, pdf_of_letters(letters, at=at), PDF)


def papers(attaches: str) -> Iterator[Proof | OwnLetter]:
    """What is printed behind a letter. Raises Report.DoesNotExist."""
    kind, _, key = attaches.partition(":")
    if kind == PROOF:
        yield proof_of(_report(key))
    elif kind == STEPS:
        report, at = _told(key)
        letters = _letters(report, at=at)
        yield letters[-1].proof if letters else proof_of(report)
        yield from letters


def _proof(report: Report) -> Attached:
    filename, content = pdf_of(report)
    return Attached(filename, content, PDF)


def _letters(report: Report, *, at: datetime) -> list[OwnLetter]:
    """None when it turned out since that the tenant has to repair it."""
    with translation.override(report.tenant.language):
        return letters_of(report, at=at)


def _told(key: str) -> tuple[Report, datetime]:
    pk, _, seconds = key.partition(":")
    return _report(pk), datetime.fromtimestamp(int(seconds), tz=UTC)


def _report(pk: str) -> Report:
    return Report.objects.select_related(*_RELATED).prefetch_related("photos").get(pk=pk)
