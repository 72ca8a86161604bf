"""The proof as a file to keep or to print."""

from django.http import HttpResponse

from ..models import Report
from .document import pdf_of

__all__ = ["as_download"]


def as_download(report: Report, *, language: str = "", shown: bool = False) -> HttpResponse:
    """`shown` opens it in the browser, which prints it; otherwise it is kept as a file."""
    filename, content = pdf_of(report, language=language)
    how = "inline" if shown else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{filename}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
