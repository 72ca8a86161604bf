"""What the proof of a report says: one text for the screen, for paper and for the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..intake import communal
from ..models import Attachment, Report, ServiceRequest
from ..promises import statutory

__all__ = ["Proof", "day", "facts", "proof_of"]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """In one language. `facts`: label and value; `photos` as they are kept, with their SHA-256."""

    language: str
    reference: str
    address: tuple[str, ...]
    written: str
    title: str
    intro: str
    facts: tuple[tuple[str, str], ...]
    words: str
    photos: tuple[Attachment, ...]
    promise: tuple[str, ...]
    rights: tuple[str, ...]  # empty when the law's term does not apply

    @property
    def filename(self) -> str:
        return f"{'proof' if self.language == 'en' else 'bewijs'}-{self.reference}.pdf"


def proof_of(report: Report, *, language: str = "") -> Proof:
    """The proof of this report, in the tenant's language unless another is asked for. It never changes afterwards.

    Asks for the request with its place, the tenant, the home and the photos: select them before many.
    """
    service_request, tenant, dwelling = report.service_request, report.tenant, report.tenancy.dwelling
    with translation.override(language or tenant.language):
        return Proof(
            language=language or tenant.language,
            reference=service_request.reference,
            address=(
                tenant.name,
                f"{dwelling.street} {dwelling.house_number}",
                f"{dwelling.postcode}  {dwelling.city}",
            ),
            written=day(timezone.localdate(report.at)),
            title=_("Proof of your report"),
            intro=_intro(report),
            facts=tuple(facts(service_request, report)),
            words=report.text,
            photos=tuple(report.photos.all()),
            promise=_promise(service_request, report),
            rights=_rights(service_request, report),
        )


def _intro(report: Report) -> str:
    at = timezone.localtime(report.at)
    text = _("On %(day)s at %(time)s you reported something to %(corporation)s. This is what you told us.")
    return text % {"day": day(at.date()), "time": at.strftime("%H:%M"), "corporation": settings.CORPORATION_NAME}


def facts(service_request: ServiceRequest, report: Report) -> list[tuple[str, str]]:
    """What was reported, when and about which home, with the answers to the extra questions."""
    area = service_request.communal_area
    where = f"{communal.name_of(area)}, {area.complex.name}" if area else report.tenancy.dwelling.address
    what = f"{service_request.room}: {service_request.title}" if service_request.room else service_request.title
    return [
        (_("Number"), service_request.reference),
        (_("Reported"), f"{day(timezone.localdate(report.at))}, {timezone.localtime(report.at):%H:%M}"),
        (_("By way of"), report.get_source_display()),
        (_("Where"), where),
        (_("What"), what),
        *report.answered,
    ]


def _promise(service_request: ServiceRequest, report: Report) -> tuple[str, ...]:
    """What was promised first: the proof is of that day."""
    answer = _("You will hear from us by %(day)s.")
    fixed = _("We aim to have it fixed by %(day)s.")
    first = max(service_request.first_fix_by, report.at)
    answer_by = max(service_request.answer_by, report.at)
    return (
        answer % {"day": day(timezone.localdate(answer_by))},
        fixed % {"day": day(timezone.localdate(first))},
    )


def _rights(service_request: ServiceRequest, report: Report) -> tuple[str, ...]:
    if not statutory.counts(service_request.payer):
        return ()
    after = day(statutory.ends_on(report.at))
    return (
        _(
            "The law says that a landlord repairs a defect when the tenant asks for it. "
            "The landlord has six weeks for that, from the day of your report."
        ),
        _(
            "Has it not been repaired by %(day)s? Then you may ask the Huurcommissie (rent tribunal) to lower your "
            "rent for as long as the defect is there. This does not apply to every rental contract: "
            "see huurcommissie.nl."
        )
        % {"day": after},
        _("Keep this proof. The Huurcommissie will ask for it."),
    )


def day(instant: date) -> str:
    """Such as "maandag 2 maart 2026"."""
    return date_format(instant, "l j F Y")
