"""A request as its tenant reads it: what the thing is called, where it stands, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..intake import communal
from ..models import ServiceRequest, Visit
from ..workflow import TO_DO, Outcome, Status, WaitingReason

__all__ = ["Ready", "Standing", "craft", "day", "icon_of", "moment", "room", "standing", "subject", "window"]

Text = str | Promise

CATEGORY_ICONS = {
    "water": "tap", "drains": "drain", "heating": "heating", "doors_windows": "door", "electricity": "bolt",
    "interior": "wall", "roof_facade": "roof", "ventilation": "ventilation", "damp": "drop", "communal": "building",
    "other": "report",
}  # fmt: skip
CRAFTS = {
    "CVI": gettext_lazy("a heating engineer"),
    "DAK": gettext_lazy("a roofer"),
    "ELA": gettext_lazy("an electrician"),
    "ELE": gettext_lazy("an electrician"),
    "ELT": gettext_lazy("a specialist in doors"),
    "GLA": gettext_lazy("a glazier"),
    "LIF": gettext_lazy("a lift engineer"),
    "LOO": gettext_lazy("a plumber"),
    "ONG": gettext_lazy("a pest controller"),
    "ONT": gettext_lazy("a drain specialist"),
    "SCM": gettext_lazy("a cleaner"),
    "STU": gettext_lazy("a plasterer"),
    "TEG": gettext_lazy("a tiler"),
    "TIM": gettext_lazy("a carpenter"),
    "VOC": gettext_lazy("a specialist in damp"),
    "WTW": gettext_lazy("a ventilation engineer"),
}
WAITING_FOR = {
    WaitingReason.TENANT: gettext_lazy("We are waiting for your answer"),
    WaitingReason.PARTS: gettext_lazy("We are waiting for parts"),
    WaitingReason.CONTRACTOR: gettext_lazy("We are waiting for the contractor"),
    WaitingReason.QUOTE: gettext_lazy("We are waiting for a quote"),
    WaitingReason.OWNERS_ASSOCIATION: gettext_lazy("We are waiting for the owners' association"),
    WaitingReason.WEATHER: gettext_lazy("We are waiting for better weather"),
    WaitingReason.PLANNED_WORK: gettext_lazy("We do this together with planned maintenance"),
    WaitingReason.SEASON: gettext_lazy("We are waiting for the right season"),
}
# tone, icon, badge, headline
_OPEN: dict[str, tuple[str, str, Text, Text]] = {
    Status.RECEIVED: ("info", "inbox", gettext_lazy("Received"), gettext_lazy("We have received your request")),
    Status.IN_REVIEW: ("info", "search", gettext_lazy("We look at it"), gettext_lazy("We are looking at your request")),
    Status.PLANNED: (
        "brand", "van", gettext_lazy("Looking for a craftsman"), gettext_lazy("We are looking for a craftsman"),
    ),
    Status.SCHEDULED: ("brand", "calendar", gettext_lazy("Visit planned"), gettext_lazy("A craftsman is coming")),
    Status.IN_PROGRESS: ("brand", "report", gettext_lazy("Being worked on"), gettext_lazy("We are working on it")),
    Status.DONE: ("ok", "question", gettext_lazy("Is it solved?"), gettext_lazy("The work is finished. Is it solved?")),
}  # fmt: skip
_CLOSED: dict[str, tuple[str, str, Text, Text]] = {
    Outcome.SOLVED: ("ok", "check", gettext_lazy("Solved"), gettext_lazy("Solved, you told us")),
    Outcome.UNANSWERED: (
        "quiet", "tick", gettext_lazy("Closed"), gettext_lazy("The work is finished and the request is closed"),
    ),
    Outcome.DECLINED: ("quiet", "tick", gettext_lazy("Closed"), gettext_lazy("We will not repair this")),
    Outcome.TENANT_JOB: ("quiet", "tick", gettext_lazy("Closed"), gettext_lazy("This repair is for you to do")),
    Outcome.FORWARDED: ("quiet", "tick", gettext_lazy("Passed on"), gettext_lazy("We passed your request on")),
    Outcome.WITHDRAWN: ("quiet", "tick", gettext_lazy("Withdrawn"), gettext_lazy("You withdrew this request")),
    Outcome.DUPLICATE: ("quiet", "tick", gettext_lazy("Closed"), gettext_lazy("This was reported already")),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a request stands: a badge, a headline, and the sentences below it."""

    tone: str
    icon: str
    label: Text
    headline: Text
    sentences: tuple[str, ...]
    asks_tenant: bool  # we wait for the reader


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Of what is ready: whether the reader said that it is solved; and when it closes by itself, if that is known."""

    said_solved: bool = False
    closes_at: datetime | None = None


def standing(
    service_request: ServiceRequest,
    *,
    visit: Visit | None,
    note: str = "",
    at_home: bool = True,
    ready: Ready = Ready(),
    at: datetime,
) -> Standing:
    """`visit` is the planned one; `note`: said by staff with the last move; `at_home`: in the reader's home."""
    status = service_request.status
    if status == Status.CLOSED:
        tone, icon, label, headline = _CLOSED[service_request.outcome]
        sentences: Iterable[str] = (note,)
    elif status == Status.WAITING:
        waiting_for_tenant = service_request.waiting_reason == WaitingReason.TENANT
        tone, icon = ("warn", "message") if waiting_for_tenant else ("warn", "hourglass")
        label = headline = WAITING_FOR[WaitingReason(service_request.waiting_reason)]
        sentences = (note, *_put_off(service_request), *_what_comes(service_request, at=at))
        if service_request.deferred_until:
            icon, label = "calendar", _("Put off")
    else:
        tone, icon, label, headline = _OPEN[status]
        if status == Status.IN_PROGRESS and service_request.times_reopened:
            tone, headline = "warn", _("It is not solved yet. We are working on it")
        if _is_over(visit, at=at) and status == Status.SCHEDULED:
            tone, headline = "warn", _("The visit is over. We do not know yet how it went")
        sentences = _sentences(service_request, visit, at_home=at_home, at=at)
        if status == Status.DONE:
            sentences = _ready(ready)
            if ready.said_solved:
                tone, icon, label = "info", "hourglass", _("Waiting for others")
                headline = _("You told us that it is solved")
    return Standing(
        tone=tone,
        icon=icon,
        label=label,
        headline=headline,
        sentences=tuple(filter(None, sentences)),
        asks_tenant=(status == Status.DONE and not ready.said_solved) or service_request.waits_for_tenant,
    )


def _is_over(visit: Visit | None, *, at: datetime) -> bool:
    return visit is not None and bool(visit.window.upper <= at)


def _ready(ready: Ready) -> Iterable[str]:
    if ready.said_solved:
        yield _("Others reported this too. We are still waiting for their answer.")
    else:
        yield _("Tell us whether it is solved. If it is not, we will come back.")
    if ready.closes_at:
        yield _("If we hear nothing, we will close the request on %(day)s.") % {"day": day(ready.closes_at)}


def _sentences(service_request: ServiceRequest, visit: Visit | None, *, at_home: bool, at: datetime) -> Iterable[str]:
    if service_request.status == Status.SCHEDULED and visit and not _is_over(visit, at=at):
        yield _("%(craftsman)s is coming on %(window)s.") % {
            "craftsman": visit.craftsman[:1].upper() + visit.craftsman[1:],
            "window": window(visit),
        }
        if service_request.dwelling_id and at_home:
            yield _("Make sure that somebody aged 18 or over is at home. Can you not be there? Send us a message.")
        yield from _promise(service_request, at=at)
    else:
        yield from _what_comes(service_request, at=at)


def _put_off(service_request: ServiceRequest) -> Iterable[str]:
    if service_request.deferred_until:
        yield _("We have put it off until %(day)s. Then we will continue.") % {
            "day": day(service_request.deferred_until)
        }


def _what_comes(service_request: ServiceRequest, *, at: datetime) -> Iterable[str]:
    """By when the tenant hears something, and by when it is fixed."""
    if service_request.next_word_at and service_request.next_word_at > at:
        yield _("You will hear from us by %(day)s.") % {"day": day(service_request.next_word_at)}
    else:
        yield _("You will hear from us today.")
    yield from _promise(service_request, at=at)


def _promise(service_request: ServiceRequest, *, at: datetime) -> Iterable[str]:
    if service_request.status not in TO_DO:
        return
    promised = {"day": day(service_request.fix_by)}
    if service_request.fix_by >= at:
        yield _("Fixed by %(day)s at the latest.") % promised
    else:
        yield _("We promised to fix it by %(day)s. We did not manage that, and we are sorry.") % promised


def day(instant: datetime) -> str:
    """Such as "donderdag 26 november"; with the year when it is another."""
    local = timezone.localtime(instant)
    return date_format(local, "l j\u00a0F" if local.year == timezone.localtime().year else "l j\u00a0F Y")


def moment(instant: datetime) -> str:
    """Such as "donderdag 26 november, 14:05"."""
    return f"{day(instant)}, {date_format(timezone.localtime(instant), 'H:i')}"


def window(visit: Visit) -> str:
    """Such as "donderdag 26 november tussen 10:00 en 12:00 uur"."""
    start, end = (timezone.localtime(instant) for instant in (visit.window.lower, visit.window.upper))
    return _("%(day)s, between %(start)s and %(end)s") % {
        "day": day(start),
        "start": date_format(start, "H:i"),
        "end": date_format(end, "H:i"),
    }


def subject(service_request: ServiceRequest) -> str:
    """What is wrong, in the reader's language."""
    return service_request.title


def room(service_request: ServiceRequest) -> str:
    """Where in the home or the building, in the reader's language."""
    if service_request.communal_area:
        return communal.name_of(service_request.communal_area)
    return service_request.room


def craft(trade: str) -> Text:
    """Who comes for a VERA trade, in everyday words."""
    return CRAFTS.get(trade, gettext_lazy("a craftsman"))


def icon_of(category: str) -> str:
    return CATEGORY_ICONS.get(category, "report")
