"""What to tell the tenant who is on the line: in short sentences, to be read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.models import Tenant
from tenants.notifications.models import Channel
from tenants.notifications.outbox import channel_of

from ...models import Report
from ...promises import Urgency

__all__ = ["Aloud", "after_saving", "before_saving"]


@dataclass(frozen=True)
class Aloud:
    """`report` is there when it was saved."""

    sentences: list[str]
    report: Report | None = None

    @property
    def by_letter(self) -> bool:
        """Something is to be printed now."""
        return self.report is not None and channel_of(self.report.tenant) == Channel.LETTER


def before_saving(
    *, tenant: Tenant, urgency: str, answer_by: datetime, fix_by: datetime, since: datetime | None, at: datetime
) -> Aloud:
    """`since`: when the case was reported to which this one is added."""
    added = []
    if since is not None:
        known = _("We know about this already: it was reported on %(day)s. I will add your report to it.")
        added = [known % {"day": _day(since)}]
    return Aloud([*added, *_promised(urgency, answer_by, fix_by, at=at), _confirmed(tenant)])


def after_saving(reports: Iterable[Report], saved: str | None, *, at: datetime) -> Aloud | None:
    """For the report with the key `saved`, if that is one of these, which come with their request and tenant."""
    report = next((report for report in reports if str(report.pk) == saved), None)
    return _after_saving(report, at=at) if report else None


def _after_saving(report: Report, *, at: datetime) -> Aloud:
    case = report.service_request
    number = _("Your number is %(reference)s.") % {"reference": case.reference}
    promised = _promised(case.urgency, case.answer_by, case.fix_by, at=at)
    return Aloud([number, *promised, _confirmed(report.tenant)], report)


def _promised(urgency: str, answer_by: datetime, fix_by: datetime, *, at: datetime) -> Iterator[str]:
    if fix_by <= at:
        yield _("It is taking longer than we promised, and we are sorry. You will hear from us soon.")
    elif urgency == Urgency.ACUTE:
        moment = {"day": _day(fix_by), "time": date_format(timezone.localtime(fix_by), "H:i")}
        yield _("Somebody will come at once: on %(day)s before %(time)s.") % moment
    else:
        if answer_by > at:
            yield _("You will hear from us by %(day)s.") % {"day": _day(answer_by)}
        yield _("We aim to have it fixed by %(day)s.") % {"day": _day(fix_by)}


def _confirmed(tenant: Tenant) -> str:
    if channel_of(tenant) == Channel.EMAIL:
        return _("You will get a confirmation by e-mail: %(email)s") % {"email": tenant.email}
    return _("You will get a confirmation by post.")


def _day(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "l j\u00a0F")
