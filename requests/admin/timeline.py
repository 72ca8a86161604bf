"""Everything that happened to a request, as staff see it: one list, the newest first. Marks are not in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from tenants.models import Notification, User
from tenants.notifications import failures
from tenants.notifications.models import Channel

from ..models import Message, Objection, Report, ReportMove, ServiceRequest, StatusChange, Verdict, Visit
from ..workflow import DECLINE, REOPEN, SCHEDULE, Actor
from . import events
from .due import moment_of

FAILED = Notification.State.FAILED
HANDED_OUT = re.compile(r"→ (?P<name>.+)")  # the note that services.assign leaves
NOBODY = "–"


@dataclass(frozen=True)
class Delivery:
    """A mail or text that was written on an occasion, and what became of it."""

    subject: str
    address: str
    how: str
    failed: bool
    refused: bool  # and tried again
    error: str
    pk: int


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind` picks the looks; `who` and `text` are people's own words."""

    at: datetime
    kind: str  # step, tenant, staff, note, promise, verdict, delivery
    icon: str
    title: str
    who: str = ""
    text: str = ""
    detail: str = ""
    is_loud: bool = False
    deliveries: tuple[Delivery, ...] = ()


def moved_reports() -> ArraySubquery:
    """Of a request: its reports that went on with another case, or came from one.

    Each name is looked up by itself: joined, four tables are crossed while the database has not counted them yet.
    """
    moves = ReportMove.objects.filter(Q(old=OuterRef("pk")) | Q(new=OuterRef("pk"))).order_by("at", "pk")
    cases = {"name": _of(Report, "report", "tenant__name")}
    cases |= {end: _of(ServiceRequest, end, "reference") for end in ("old", "new")}
    parts = {"first": "first_name", "last": "last_name", "email": "email"}
    by = {part: _of(User, "by", field) for part, field in parts.items()}
    return ArraySubquery(moves.values(one=JSONObject(at="at", **cases, **by)))


def _of(model: type[Model], key: str, field: str) -> Subquery:
    return Subquery(model._default_manager.filter(pk=OuterRef(key)).values(field))


class Story:
    """The rows of one request, told in order."""

    def __init__(
        self, service_request: ServiceRequest, reports: list[Report], notifications: Iterable[Notification]
    ) -> None:
        self.service_request, self.reports = service_request, reports
        self.people = {report.tenant.user_id: report.tenant.name for report in reports if report.tenant.user_id}
        self.planned: dict[int, Visit] = {}
        self.told: dict[str, list[Notification]] = {}
        for notification in notifications:
            self.told.setdefault(notification.occasion, []).append(notification)

    @cached_property
    def history(self) -> list[StatusChange]:
        """The steps of the workflow, in order of time."""
        steps = list(self.service_request.history.select_related("by"))
        for change in steps:
            change.service_request = self.service_request
        return steps

    def _verdicts(self) -> list[Entry | None]:
        if not self.service_request.times_done:
            return []  # nobody was asked yet
        return [_verdict(verdict, report) for report in self.reports for verdict in report.verdicts.all()]

    def entries(self) -> list[Entry]:
        self.planned = self._planned_by(self.history)
        every = [
            *self._disagreement(),  # sent with the report, so at the same moment; told after it
            *(self._step(change) for change in self.history),
            *(self._message(message) for message in self.service_request.messages.select_related("by", "tenant")),
            *self._verdicts(),
            *self._promise_moves(),
            *self._joined(),
            *self._left(),
            *self._moved(),
        ]
        # What is left was told on no occasion above: holding messages and reminders.
        every += [_told(notification) for rows in self.told.values() for notification in rows]
        happened = [entry for entry in every if entry is not None]
        return sorted(happened, key=lambda entry: entry.at, reverse=True)

    def _planned_by(self, history: list[StatusChange]) -> dict[int, Visit]:
        """The visit that each step planned. They were made in the same order; if one is missing, none is named."""
        steps = [change.pk for change in history if change.move == SCHEDULE.name]
        visits = sorted(self.service_request.visits.all(), key=lambda visit: visit.pk)
        return dict(zip(steps, visits, strict=True)) if len(steps) == len(visits) else {}

    def _step(self, change: StatusChange) -> Entry:
        is_receipt = change.move == StatusChange.RECEIPT
        received = [f"received-{report.pk}" for report in self.reports]
        occasions = [*received, f"split-{change.service_request_id}"] if is_receipt else [f"change-{change.pk}"]
        is_in_the_verdict = change.move == REOPEN.name and change.actor == Actor.TENANT
        is_in_the_title = change.move == DECLINE.name and self.service_request.merged_into_id is not None
        return Entry(
            at=change.at,
            kind="step",
            icon="flag" if is_receipt else "arrow_forward",
            title=events.happened(change, visit=self.planned.get(change.pk)),
            who=self._who(change.actor, change.by),
            text="" if is_in_the_verdict or is_in_the_title else change.note,
            detail=events.detail(change),
            is_loud=change.move == REOPEN.name,
            deliveries=self._told_on(*occasions),
        )

    def _message(self, message: Message) -> Entry:
        if message.tenant is not None:
            title = _("Complaint from the tenant") if message.is_complaint else _("Message from the tenant")
            icon, loud, who = "feedback" if message.is_complaint else "chat", message.is_complaint, message.tenant.name
            return Entry(message.at, "tenant", icon, title, who, message.body, is_loud=loud)
        who = str(message.by)
        if message.internal and (handed_out := HANDED_OUT.fullmatch(message.body)):
            name = handed_out["name"]
            title = _("Assigned to nobody") if name == NOBODY else _("Assigned to %(name)s") % {"name": name}
            return Entry(message.at, "step", "person", title, who)
        if message.internal:
            return Entry(message.at, "note", "edit_note", _("Note, only for colleagues"), who, message.body)
        told = self._told_on(f"message-{message.pk}")
        return Entry(message.at, "staff", "reply", _("Message to the tenant"), who, message.body, deliveries=told)

    def _told_on(self, *occasions: str) -> tuple[Delivery, ...]:
        return tuple(_delivery(row) for occasion in occasions for row in self.told.pop(occasion, ()))

    def _who(self, actor: str, by: Any) -> str:
        if actor == Actor.CLOCK:
            return _("by itself")
        if by is None:
            return str(Actor(actor).label)
        return self.people.get(by.pk, str(by)) if actor == Actor.TENANT else str(by)

    def _left(self) -> Iterable[Entry]:
        """Who had moved out when there was something to tell."""
        for report in self.reports:
            if report.left_at:
                title = _("Moved out: hears nothing more of this")
                yield Entry(report.left_at, "step", "no_accounts", title, report.tenant.name)

    def _joined(self) -> Iterable[Entry]:
        """Households that added their report; what they wrote stands with the reports."""
        for report in self.reports:
            if told := self._told_on(f"joined-{report.pk}"):
                title = _("One more household reported this")
                yield Entry(report.at, "tenant", "group_add", title, report.tenant.name, deliveries=told)

    def _moved(self) -> Iterable[Entry]:
        """Reports that went on with another case, or came from one."""
        for move in self.service_request.moved_reports:  # type: ignore[attr-defined]  # annotated, see `moved_reports`
            came = _("The report of %(name)s came from %(old)s") % move
            went = _("The report of %(name)s goes on as %(new)s") % move
            title = came if move["new"] == self.service_request.reference else went
            by = User(first_name=move["first"], last_name=move["last"], email=move["email"])
            yield Entry(datetime.fromisoformat(move["at"]), "step", "call_merge", title, str(by))

    def _disagreement(self) -> Iterable[Entry]:
        """That somebody did not agree to pay, and what was decided."""
        objection: Objection | None = getattr(self.service_request, "objection", None)
        if objection is None:
            return
        who = next((report.tenant.name for report in self.reports if report.pk == objection.report_id), "")
        yield Entry(objection.at, "tenant", "gavel", _("The tenant does not agree to pay"), who, objection.words)
        if objection.decided_at is not None:
            title = _("Objection: the tenant is right, we pay") if objection.upheld else _("Objection: the tenant pays")
            told = self._told_on(f"objection-{objection.pk}")
            by, answer = str(objection.decided_by), objection.answer
            yield Entry(objection.decided_at, "staff", "gavel", title, by, answer, deliveries=told)

    def _promise_moves(self) -> Iterable[Entry]:
        if self.service_request.fix_by == self.service_request.first_fix_by:
            return  # the promise never moved: nothing to look up
        for move in self.service_request.promise_moves.select_related("by"):
            days = {"old": moment_of(move.old_fix_by), "new": moment_of(move.new_fix_by)}
            title = _("Promised day moved from %(old)s to %(new)s") % days
            yield Entry(
                move.at,
                "promise",
                "event_repeat",
                title,
                self._who(move.actor, move.by),
                move.reason,
                is_loud=True,
                deliveries=self._told_on(f"promise-{move.pk}"),
            )


def _verdict(verdict: Verdict, report: Report) -> Entry | None:
    if verdict.answered_at is None:
        return None
    return Entry(
        at=verdict.answered_at,
        kind="verdict",
        icon="how_to_vote",
        title=_("Is it solved?"),
        who=report.tenant.name,
        text=verdict.words,
        detail=verdict.get_answer_display(),
        is_loud=verdict.answer == Verdict.Answer.NOT_SOLVED,
    )


def _told(notification: Notification) -> Entry:
    delivery = _delivery(notification)
    icon = "unsubscribe" if delivery.failed else "mail"
    return Entry(
        notification.queued_at, "delivery", icon, delivery.subject, is_loud=delivery.failed, deliveries=(delivery,)
    )


def _delivery(notification: Notification) -> Delivery:
    return Delivery(
        subject=notification.title,
        address=notification.address,
        how=f"{notification.get_channel_display()}, {_state_of(notification)}",
        failed=notification.state == FAILED,
        refused=notification.is_refused,
        error=failures.in_words(notification.error),
        pk=notification.pk,
    )


def _state_of(notification: Notification) -> str:
    if notification.channel != Channel.LETTER or notification.state == FAILED:
        return notification.get_state_display()
    return _("to print") if notification.state == Notification.State.QUEUED else _("printed")
