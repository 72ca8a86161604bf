"""One case, several households: a report is added to a case, split off again, or a whole case goes on in another.

Everybody keeps their own words, hears of it, and is asked in the end whether it is solved.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dwellings.models import Dwelling
from tenants.models import User
from tenants.notifications import outbox

from .. import notifications, workflow
from ..front_door.known import known_to
from ..intake.payer import Payer
from ..models import Objection, PromiseMove, Report, ReportMove, ServiceRequest, StatusChange
from ..promises import next_word_after, promise
from ..workflow import TO_DO, Actor, Outcome, Status
from .conversation import TOLD, count_as_news, write_to_staff
from .moves import ChangedMeanwhile, Said, apply_move, lock
from .recovery import hand_over, settle
from .six_weeks import count_again
from .taking_in import Intake, answers_in_words, next_reference

__all__ = ["CannotJoin", "CannotMerge", "CannotSplit", "WhyNot", "join", "merge", "split_off"]


_OTHER_PROBLEM = _("It turned out to be another problem than we thought at first.")
_TOGETHER = _("It continues together with another report, for which we had promised this day.")


class CannotJoin(Exception):
    """This is not a case that this household could be shown: done by now, of another complex, or something else."""


class WhyNot:
    """What stands in the way of taking cases apart or together."""

    NOT_OPEN = "not_open"  # closed, or ready and waiting for what the tenants say
    LAST_REPORT = "last_report"
    VISIT = "visit"  # somebody counts on a visit
    SAME = "same"
    ELSEWHERE = "elsewhere"  # not in the same complex
    OBJECTION = "objection"  # somebody does not agree that they pay, and waits for an answer
    EARLIER = "earlier"  # promised before the other one: its first promise would not be measured any more


class CannotSplit(Exception):
    """Nothing was done; `why` is one of WhyNot."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CannotMerge(CannotSplit):
    """As CannotSplit, for merging."""


# --- join -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def join(intake: Intake, service_request: ServiceRequest, *, at: datetime, key: uuid.UUID | None = None) -> Report:
    """Add what this household says to a case that they were, or would be, shown; they hear what it promises.

    Who reported it before keeps that report: the new words go to staff as a message, once per `key`.
    Raises CannotJoin.
    """
    held = lock(service_request.pk)
    if held not in known_to(intake.tenancy.dwelling, intake.problem, area=intake.area, at=at):
        raise CannotJoin
    tenant = intake.tenancy.tenant
    if before := held.reports.filter(tenant=tenant).first():
        write_to_staff(held.pk, tenant=tenant, body=intake.text, at=at, key=key)
        return before
    report = Report.objects.create(
        service_request=held,
        tenant=tenant,
        tenancy=intake.tenancy,
        text=intake.text,
        answers=answers_in_words(intake),
        source=intake.source,
        by=intake.by,
        at=at,
    )
    held.extra_hard = held.extra_hard or intake.extra_hard
    held.version += 1
    held.save(update_fields=["extra_hard", "version"])
    outbox.post(notifications.joined(held, report, at=at), at=at)
    return report


# --- split off --------------------------------------------------------------------------------------------------------


@transaction.atomic
def split_off(report: Report, by: User, at: datetime, *, seen: int | None = None) -> ServiceRequest:
    """Make a household's report a case of its own, with its photos and answers; they hear the new number and date.

    It was received when they reported it, and is measured by what was promised to such a report then: that it was
    in the wrong case was not theirs. What is promised now counts from today, as a moved promise with its reason.
    Raises CannotSplit and ChangedMeanwhile.
    """
    old = lock(report.service_request_id, seen=seen)
    report = Report.objects.select_for_update(of=("self",)).select_related("tenant", "tenancy__dwelling").get(
        pk=report.pk
    )  # fmt: skip
    if report.service_request_id != old.pk:
        raise ChangedMeanwhile
    _check_split(old, report)
    new = _case_of_its_own(old, report, by=by, at=at)
    _leave(old, report, at=at)
    _take_over(report, new, by=by, at=at)
    _count_the_six_weeks(old, new)
    for message in notifications.split_off(new, report, old=old, at=at):
        outbox.post(message, at=at)
    return new


def _check_split(old: ServiceRequest, report: Report) -> None:
    if old.status not in TO_DO:
        raise CannotSplit(WhyNot.NOT_OPEN)
    if not old.reports.exclude(pk=report.pk).exists():
        raise CannotSplit(WhyNot.LAST_REPORT)
    if old.dwelling_id == report.tenancy.dwelling_id and old.visits.planned().exists():
        raise CannotSplit(WhyNot.VISIT)


def _case_of_its_own(old: ServiceRequest, report: Report, *, by: User, at: datetime) -> ServiceRequest:
    opened_it = old.reports.order_by("at", "pk").first() == report
    then, now = (promise(old.urgency, old.category, at=moment) for moment in (report.at, at))
    heard = old.answered_at if old.answered_at and old.answered_at >= report.at else at
    new = ServiceRequest.objects.create(
        reference=next_reference(at),
        **{name: getattr(old, name) for name in _SAME_PROBLEM},
        **({name: getattr(old, name) for name in _OF_WHO_OPENED_IT} if opened_it else {}),
        dwelling=report.tenancy.dwelling if old.dwelling_id else None,
        split_from=old,
        source=report.source,
        received_at=report.at,
        answer_by=then.answer_by,
        answered_at=heard,
        first_fix_by=then.fix_by,
        fix_by=now.fix_by,
        next_word_at=next_word_after(old.urgency, old.category, at=at),
        watch_at=at,
        times_done=report.verdicts.aggregate(Max("round"))["round__max"] or 0,  # rounds of this household go on
    )
    StatusChange.objects.create(
        service_request=new, move=StatusChange.RECEIPT, new_status=Status.RECEIVED, actor=Actor.STAFF, by=by, at=at
    )
    _record_promise(new, then.fix_by, by=by, at=at, reason=_OTHER_PROBLEM)
    return new


_SAME_PROBLEM = (
    "kind", "communal_area", "problem", "subject", "title_nl", "title_en", "room_nl", "room_en", "thing", "shared",
    "location_code", "element_code", "defect_code", "category", "trade", "urgency", "assignee",
)  # fmt: skip
# Not true of another household, or never asked of it; that somebody pays is not assumed.
_OF_WHO_OPENED_IT = ("stated_cause_code", "payer", "payer_rule", "extra_hard", "repeat_of", "repeat_why")


def _leave(old: ServiceRequest, report: Report, *, at: datetime) -> None:
    """The case goes on without this household, and where nobody of it lives any more, at somebody's who is left.

    Who pays, and from when the six weeks count, may be different now: its promise is looked at again.
    """
    rest = list(old.reports.exclude(pk=report.pk).select_related("tenancy").order_by("at", "pk"))
    homes = [one.tenancy.dwelling_id for one in rest]
    if old.dwelling_id and old.dwelling_id not in homes:
        old.dwelling = Dwelling.objects.get(pk=homes[0])
    if old.payer == Payer.TENANT and report.at <= min(one.at for one in rest):
        old.payer, old.payer_rule, old.agreed_price = Payer.CORPORATION, "corporation", None  # the others never agreed
    old.watch_at = at
    old.version += 1
    old.save(update_fields=["dwelling", "payer", "payer_rule", "agreed_price", "watch_at", "version"])


# --- merge ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(
    duplicate: ServiceRequest, into: ServiceRequest, by: User, at: datetime, *, seen: int | None = None
) -> ServiceRequest:
    """Everybody who reported `duplicate` goes on with `into`, and hears by when that is promised.

    `into` is the one that was promised first: the figures measure that promise, and of `duplicate` nothing any more.
    `duplicate` closes by the workflow. Who reported both keeps both reports. Raises CannotMerge,
    ChangedMeanwhile and MoveNotAllowed; nothing has changed then.
    """
    locked = {pk: lock(pk) for pk in sorted({duplicate.pk, into.pk})}  # always in the same order
    old, new = locked[duplicate.pk], locked[into.pk]
    if seen is not None and old.version != seen:
        raise ChangedMeanwhile
    check_merge(old, new)
    old.merged_into = new
    said = Said(note=f"→ {new.reference}", outcome=Outcome.DUPLICATE)
    if moved := _carry_over(old, new, by=by, at=at):
        for message in notifications.promise_moved(new, moved):
            outbox.post(message, at=at)
    apply_move(old, workflow.DECLINE, actor=Actor.STAFF, by=by, at=at, said=said)
    there_already = new.reports.values("tenant")
    for report in old.reports.exclude(tenant__in=there_already).select_for_update(of=("self",)):
        _take_over(report, new, by=by, at=at)
    _count_the_six_weeks(new)
    return new


def check_merge(duplicate: ServiceRequest, into: ServiceRequest) -> None:
    """Raises CannotMerge when the one cannot go on as the other."""
    if duplicate.pk == into.pk:
        raise CannotMerge(WhyNot.SAME)
    if duplicate.status not in TO_DO or into.status not in TO_DO:
        raise CannotMerge(WhyNot.NOT_OPEN)
    if duplicate.place.complex_id != into.place.complex_id:
        raise CannotMerge(WhyNot.ELSEWHERE)
    if duplicate.first_fix_by < into.first_fix_by:
        raise CannotMerge(WhyNot.EARLIER)
    if duplicate.visits.planned().exists():
        raise CannotMerge(WhyNot.VISIT)
    if Objection.objects.filter(service_request=duplicate, upheld=None).exists():
        raise CannotMerge(WhyNot.OBJECTION)


def _carry_over(old: ServiceRequest, new: ServiceRequest, *, by: User, at: datetime) -> PromiseMove | None:
    """What was promised or asked in the one holds in the other; returns how the promise of `new` moved, if it did.

    The day that was promised in `new` holds, as long as it is to come: its tenants count on that. When it is over, the
    day of `old` is its new day, if that is to come.
    """
    moved = None
    if new.fix_by <= at < old.fix_by:
        earlier, new.fix_by = new.fix_by, old.fix_by
        moved = _record_promise(new, earlier, by=by, at=at, reason=_TOGETHER)
        if not new.tenant_waits_for_reply:
            count_as_news(new, at=at)
    if old.tenant_waits_for_reply and old.next_word_at and new.next_word_at:
        new.next_word_at = min(old.next_word_at, new.next_word_at)
    hand_over(old, new, at=at)
    new.tenant_waits_for_reply = new.tenant_waits_for_reply or old.tenant_waits_for_reply
    new.needs_attention = new.needs_attention or old.needs_attention
    new.extra_hard = new.extra_hard or old.extra_hard
    new.times_done = max(new.times_done, old.times_done)  # rounds in which the households were asked
    new.watch_at = at
    new.version += 1
    new.save(update_fields=_CARRIED_OVER)
    settle(new, at=at)
    return moved


_CARRIED_OVER = [*TOLD, "fix_by", "extra_hard", "times_done", "watch_at"]


def _take_over(report: Report, new: ServiceRequest, *, by: User, at: datetime) -> None:
    """The report with its photos, answers and verdicts; the row says where it came from."""
    ReportMove.objects.create(report=report, old_id=report.service_request_id, new=new, by=by, at=at)
    report.service_request = new
    report.save(update_fields=["service_request"])


def _count_the_six_weeks(*cases: ServiceRequest) -> None:
    for case in cases:
        count_again(case)
        case.save(update_fields=["statutory_since"])


def _record_promise(
    service_request: ServiceRequest, old: datetime, *, by: User, at: datetime, reason: Promise
) -> PromiseMove | None:
    """The reason is kept in the language of the corporation's own words."""
    if old == service_request.fix_by:
        return None
    with translation.override("nl"):
        in_dutch = str(reason)
    return PromiseMove.objects.create(
        service_request=service_request,
        old_fix_by=old,
        new_fix_by=service_request.fix_by,
        actor=Actor.STAFF,
        by=by,
        at=at,
        reason=in_dutch,
    )
