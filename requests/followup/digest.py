"""The daily mail: what each of staff should know of promises, of tenants who wait for a reply, and of what did not
arrive or was not printed. One, never a flood.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenants.models import Notification, User
from tenants.notifications import outbox

from .. import letters
from ..models import Alarm, DigestDay, ServiceRequest
from ..promises import in_force, is_working_day
from . import people, replies
from .reasons import about, day_of, reason

logger = logging.getLogger(__name__)

__all__ = ["FROM", "write_digests"]

FROM = time(8)
LETTERS = "admin:tenants_letter_changelist"
AT_MOST = 10  # lines of a kind; the queue has the others
UNDELIVERED_FOR = timedelta(days=7)
PRINTED_WITHIN = 2  # working days: a letter counts from when it is printed, and the post takes time too
_TITLES = {
    Alarm.Kind.SIX_WEEKS_OVER: _("The six weeks of the law are over"),
    Alarm.Kind.BADLY_BROKEN: _("Promises that are badly broken"),
    Alarm.Kind.VISIT_MISSED: _("Missed visits, and those of which nobody said what became of them"),
    Alarm.Kind.BROKEN: _("Broken promises"),
    Alarm.Kind.DAY_40: _("Day 40 of the six weeks of the law"),
    Alarm.Kind.DAY_28: _("Day 28 of the six weeks of the law"),
    Alarm.Kind.AT_RISK: _("Promises in danger"),
}


@dataclass
class Section:
    """`more` is how many there are that are not in `lines`."""

    title: str | Promise
    lines: list[str]
    more: int


@dataclass
class _Mail:
    """What one person reads."""

    alarms: list[Alarm] = field(default_factory=list)
    waiting: list[tuple[ServiceRequest, datetime]] = field(default_factory=list)
    undelivered: Sequence[Notification] = ()
    unprinted: int = 0
    unprinted_since: datetime | None = None

    @property
    def count(self) -> int:
        """The requests in it."""
        return len({alarm.service_request_id for alarm in self.alarms} | {one.pk for one, since in self.waiting})


def write_digests(*, at: datetime) -> int:
    """Once per working day, from eight o'clock on; returns how many mails. Quick when there is nothing to do."""
    local = timezone.localtime(at)
    if local.time() < FROM or DigestDay.objects.filter(day=local.date()).exists() or not is_working_day(local.date()):
        return 0
    return _write(local.date(), at=at)


@transaction.atomic
def _write(day: date, *, at: datetime) -> int:
    """All of the day's mails or none: who dies half-way has written nothing, and another worker begins anew."""
    _row, is_ours = DigestDay.objects.get_or_create(day=day, defaults={"written_at": at})
    if not is_ours:
        return 0
    mails: dict[User, _Mail] = defaultdict(_Mail)
    above = cache(people.from_level)
    told = [alarm.pk for alarm in _untold() if _hand_to_readers(alarm, mails, above)]
    for service_request, since in replies.late(at=at):
        for user in people.readers(Alarm.Level.PLANNER, service_request.assignee, above=above):
            mails[user].waiting.append((service_request, since))
    letters.put_aside(at=at)
    undelivered = list(_undelivered(day, at=at))
    unprinted, unprinted_since = letters.left_lying(since_before=_printed_since(at=at), at=at)
    for user in above(Alarm.Level.TEAM_LEAD) if undelivered or unprinted else ():
        mail = mails[user]
        mail.undelivered, mail.unprinted, mail.unprinted_since = undelivered, unprinted, unprinted_since
    for user, mail in mails.items():
        _post(user, mail, day, at=at)
    Alarm.objects.filter(pk__in=told).update(told=F("level"))
    return len(mails)


def _untold() -> Iterable[Alarm]:
    place = ("service_request__dwelling", "service_request__communal_area__complex", "service_request__assignee")
    untold = Alarm.objects.untold().select_related(*place).select_for_update(of=("self",))
    return untold.order_by("raised_at", "pk")


def _hand_to_readers(alarm: Alarm, mails: dict[User, _Mail], above: people.Above) -> bool:
    readers = people.readers(alarm.level, alarm.service_request.assignee, above=above)
    for user in readers:
        mails[user].alarms.append(alarm)
    if not readers:
        logger.error("Nobody of staff is there to hear of request %s", alarm.service_request.reference)
    return bool(readers)


def _undelivered(day: date, *, at: datetime) -> Iterable[Notification]:
    """Messages to tenants, the newest first; what staff themselves did not get is in the queue.

    The days are counted from the mail before this one, so that what failed while the office was closed is in one.
    """
    before = DigestDay.objects.filter(day__lt=day).order_by("-day").values_list("written_at", flat=True).first()
    since = (before or at) - UNDELIVERED_FOR
    lately = Notification.objects.undelivered().filter(queued_at__gte=since)
    return lately.filter(tenant__isnull=False).select_related("tenant").order_by("-queued_at", "-pk")


def _printed_since(*, at: datetime) -> date:
    """What was written on this day has had no more than the working days in which letters are printed."""
    return timezone.localdate(in_force().calendar.opens_before(at, PRINTED_WITHIN))


def _post(user: User, mail: _Mail, day: date, *, at: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sections = list(_sections(mail))
        outbox.post_to_staff(
            address=user.email,
            kind="staff_digest",
            occasion=f"digest-{day.isoformat()}-{user.pk}",
            context={
                "name": user.first_name or user.email,
                "sections": sections,
                "count": mail.count,
                "alarms": len(mail.alarms),
                "waiting": len(mail.waiting),
                "undelivered": len(mail.undelivered),
                "unprinted": mail.unprinted,
                "last": sections[-1] if sections else None,
            },
            action=_action(mail),
            at=at,
        )


def _action(mail: _Mail) -> tuple[str | Promise, str]:
    """Where what comes first in it is done."""
    if not mail.alarms and not mail.waiting:
        if mail.undelivered:
            return _("See what did not arrive"), reverse("admin:tenants_notification_changelist")
        return _("Print the letters"), reverse(LETTERS)
    tab = "broken" if mail.alarms else "messages"
    return _("Open the queue"), f"{reverse('admin:requests_servicerequest_changelist')}?tab={tab}"


def _sections(mail: _Mail) -> Iterable[Section]:
    by_kind = defaultdict(list)
    for alarm in mail.alarms:
        by_kind[alarm.kind].append(alarm)
    for kind in Alarm.WORST_FIRST:
        if alarms := by_kind[kind]:
            yield Section(_TITLES[kind], [_line(alarm) for alarm in alarms[:AT_MOST]], len(alarms) - AT_MOST)
    if mail.waiting:
        lines = [_waiting_line(*one) for one in mail.waiting[:AT_MOST]]
        yield Section(_("Tenants who wait too long for a reply"), lines, len(mail.waiting) - AT_MOST)
    if mail.undelivered:
        lines = [_undelivered_line(one) for one in mail.undelivered[:AT_MOST]]
        yield Section(_("Messages that could not be delivered"), lines, len(mail.undelivered) - AT_MOST)
    if mail.unprinted and mail.unprinted_since:
        yield Section(_("Letters that nobody printed"), [_unprinted_line(mail.unprinted, mail.unprinted_since)], 0)


def _line(alarm: Alarm) -> str:
    return f"{about(alarm.service_request)}: {reason(alarm.kind, alarm.service_request)}"


def _waiting_line(service_request: ServiceRequest, since: datetime) -> str:
    said = _("waits for a reply since %(day)s") % {"day": day_of(since)}
    return f"{about(service_request)}: {said}"


def _undelivered_line(notification: Notification) -> str:
    return f"{notification.about} {notification.tenant}: {notification.title}".strip()


def _unprinted_line(envelopes: int, since: datetime) -> str:
    line = ngettext(
        "%(count)d letter, written on %(day)s: %(link)s",
        "%(count)d letters, the oldest of %(day)s: %(link)s",
        envelopes,
    )
    return line % {"count": envelopes, "day": day_of(since), "link": f"{settings.SITE_URL}{reverse(LETTERS)}"}
