"""Everything that the page of one request shows."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from dwellings.models import Outage
from tenants import preferences
from tenants.models import Notification, Tenant, User
from tenants.notifications import delivery
from tenants.notifications.models import Channel
from tenants.notifications.outbox import Rendered, channel_of
from tenants.preferences import Told

from .. import services
from ..front_door.outages import explaining
from ..intake import vera
from ..intake.outages import headline
from ..intake.payer import reason_of, source_of
from ..models import Report, ServiceRequest, Verdict
from ..workflow import OPEN, TO_DO, Actor, Move, moves_from
from . import alarms, clocks
from .due import State, due_of, moment_of, state_of, until
from .forms import MessageForm, MoveForm, NoteForm
from .timeline import Story, moved_reports
from .wording import window_in_words

FAILED = Notification.State.FAILED
LINK = re.compile(r"https?://\S+")  # with it, staff could answer in the tenant's name


@dataclass(frozen=True)
class Promised:
    """One date that was promised, and whether it was or will be kept."""

    label: str
    moment: str
    how: str
    tone: str  # kept, broken, soon, plain


@dataclass(frozen=True)
class Preview:
    """What a move would tell; `missing` says what the form still needs, `why_not` why nobody is told."""

    text: Rendered | None = None
    missing: list[str] = field(default_factory=list)
    why_not: str = ""


def find(pk: int) -> ServiceRequest:
    """The request with all that its page needs; 404 when there is none."""
    everything = ServiceRequest.objects.select_related(
        "dwelling__complex",
        "communal_area__complex",
        "assignee",
        "repeat_of",
        "split_from",
        "merged_into",
        "objection__decided_by",
    ).prefetch_related("visits")
    here = ServiceRequest.objects.filter(merged_into=OuterRef("pk")).order_by("pk")
    named = here.values(one=JSONObject(pk="pk", reference="reference"))
    everything = everything.annotate(merged_here=ArraySubquery(named), moved_reports=moved_reports())
    return get_object_or_404(alarms.with_alarms(everything), pk=pk)


def shown(service_request: ServiceRequest, *, at: datetime) -> dict[str, Any]:
    """What is the same for every reader of the page."""
    verdicts = Prefetch("verdicts", Verdict.objects.order_by("round"))  # nobody was asked before it was ready
    reports = list(
        service_request.reports.with_is_told(at=at)
        .select_related("tenant__access_preferences", "tenancy__dwelling", "by")
        .prefetch_related("photos", *([verdicts] if service_request.times_done else []))
    )
    notifications = list(Notification.objects.filter(about=service_request.reference))
    story = Story(service_request, reports, notifications)
    told = [report for report in reports if report.is_told]  # type: ignore[attr-defined]  # annotated by `with_is_told`
    undelivered = [one for one in notifications if one.state == FAILED]
    if any(one.seen_at is None for one in undelivered):
        delivery.note_seen(at=at, about=service_request.reference)
    return {
        "service_request": service_request,
        "due": due_of(service_request, at=at),
        "reports": reports,
        "tenants": [report.tenant for report in reports],
        "access": access(service_request, reports, at=at),
        "may_take_apart": service_request.is_to_do,
        "outage": _outage(service_request, at=at),
        "merged": service_request.merged_here,  # type: ignore[attr-defined]  # annotated by `find`
        "out_of_reach": [report.tenant for report in told if channel_of(report.tenant) == Channel.LETTER],
        "undelivered": undelivered,
        "promises": promises(service_request, at=at),
        "promise_alarms": alarms.shown(service_request, at=at),
        "ledo": ledo(service_request),
        "payer_reason": reason_of(service_request.payer_rule),
        "objection": doubted(service_request),
        "visits": [(visit, window_in_words(visit.window)) for visit in service_request.visits.all()],
        "entries": story.entries(),
        "clocks": clocks.lines(service_request, story.history, at=at),
        "households": len(told),
        "nobody_left": bool(reports) and not told,
        "is_open": service_request.status in OPEN,
    }


def doubted(service_request: ServiceRequest) -> dict[str, Any] | None:
    """That the tenant does not agree to pay, with the rule that said so."""
    if not hasattr(service_request, "objection"):
        return None
    objection = service_request.objection
    return {"row": objection, "reason": reason_of(objection.rule), "source": source_of(objection.rule)}


def _outage(service_request: ServiceRequest, *, at: datetime) -> tuple[Outage, Any] | None:
    """What goes on now in its complex and explains it, with what it is in words."""
    outage = explaining([service_request], at=at).get(service_request.pk)
    return (outage, headline(outage)) if outage else None


def forms(service_request: ServiceRequest, move: Move | None, *, at: datetime) -> dict[str, Any]:
    """What staff can do now: exactly the moves of the workflow, a message, a note."""
    return {
        "moves": moves_from(service_request.status, actor=Actor.STAFF),
        "move_form": MoveForm(move, service_request, at=at) if move else None,
        "message_form": MessageForm(initial={"seen": service_request.version}, prefix="message"),
        "note_form": NoteForm(prefix="note"),
    }


def preview(service_request: ServiceRequest, form: MoveForm, *, by: User, at: datetime) -> Preview:
    """The message of this move with what the form says so far, made by what makes the real one."""
    if not form.tells:
        return Preview(why_not=_("The tenant gets no message of this step."))
    if missing := form.missing():
        return Preview(missing=missing)
    text = services.preview(service_request, form.move, said=form.said(), by=by, at=at)
    if text is None and form.tells_only_words and service_request.next_word_at:
        why_not = _("The tenant gets no message of this step, and still hears from us by %(moment)s. That stays due.")
        return Preview(why_not=why_not % {"moment": moment_of(service_request.next_word_at)})
    return without_links(text)


def without_links(text: Rendered | None) -> Preview:
    if text is None:
        return Preview(why_not=_("The tenant gets no message of this step."))
    return Preview(replace(text, body=LINK.sub(_("(a link for the tenant)"), text.body)))


def access(service_request: ServiceRequest, reports: list[Report], *, at: datetime) -> list[tuple[Tenant, Told]]:
    """What whoever comes must know of each household; nothing when the work is not in a home."""
    if service_request.dwelling_id is None:
        return []
    here = [report.tenant for report in reports if report.tenancy.dwelling_id == service_request.dwelling_id]
    known = [(tenant, preferences.told(tenant, at=at, on=timezone.localdate(at))) for tenant in here]
    return [(tenant, told) for tenant, told in known if told]


def promises(service_request: ServiceRequest, *, at: datetime) -> list[Promised]:
    first = _kept_or_not(_("First answer"), service_request.answer_by, service_request.answered_at, service_request, at)
    fixed = _kept_or_not(_("Repair due"), service_request.fix_by, service_request.done_at, service_request, at)
    rows = [first, fixed]
    if service_request.fix_by != service_request.first_fix_by:
        rows.append(
            Promised(_("Promised at first"), moment_of(service_request.first_fix_by), _("this is measured"), "plain")
        )
    if service_request.next_word_at and service_request.status in TO_DO:
        rows.append(_kept_or_not(_("News for the tenant"), service_request.next_word_at, None, service_request, at))
    return rows


def _kept_or_not(
    label: str, promised: datetime, kept_at: datetime | None, service_request: ServiceRequest, at: datetime
) -> Promised:
    moment = moment_of(promised)
    if kept_at:
        if kept_at <= promised:
            return Promised(label, moment, _("kept"), "kept")
        return Promised(label, moment, _("too late: %(moment)s") % {"moment": moment_of(kept_at)}, "broken")
    if service_request.status not in OPEN:
        return Promised(label, moment, _("not needed any more"), "plain")
    tone = {State.OVERDUE: "broken", State.TODAY: "soon", State.SOON: "soon"}.get(state_of(promised, at=at), "plain")
    return Promised(label, moment, until(promised, at=at), tone)


def ledo(service_request: ServiceRequest) -> list[tuple[str, str]]:
    """Location, element, defect and cause, and the trade that mends it, with VERA's names."""
    codes = [
        (_("Location"), vera.LOCATION, service_request.location_code),
        (_("Part"), vera.ELEMENT, service_request.element_code),
        (_("Defect"), vera.DEFECT, service_request.defect_code),
        (_("Cause"), vera.CAUSE, service_request.cause_code),
        (_("Trade"), vera.TRADE, service_request.trade),
    ]
    return [(label, vera.name(kind, code)) for label, kind, code in codes if code not in ("", vera.NOT_SPECIFIED)]
