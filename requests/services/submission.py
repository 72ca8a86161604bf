"""What one household says becomes a case: from a draft of the tenant, or from whatever staff took down."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dwellings.models import Dwelling, Tenancy
from tenants.models import Tenant
from tenants.notifications import outbox

from .. import notifications
from ..front_door import catalogues, repeats
from ..intake.catalogue import Problem
from ..intake.details import asks_details
from ..intake.urgency import asks_extra_hard, urgency_of
from ..models import Draft, Objection, PayerAnswer, Report, ServiceRequest, StatusChange
from ..promises import promise, statutory
from ..workflow import Actor, Status
from .drafts import DraftSent
from .joining import join
from .taking_in import Intake, answers_in_words, naming, next_reference

__all__ = ["DraftIncomplete", "Intake", "NotYourHome", "answers_in_words", "intake_of", "naming", "receive", "submit"]


class DraftIncomplete(Exception):
    """Something is still to be answered; `missing` is what: home, area, problem, details, costs or words."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


class NotYourHome(Exception):
    """The tenant does not rent this home today."""


@transaction.atomic
def submit(draft_id: uuid.UUID, *, tenant: Tenant, at: datetime) -> ServiceRequest:
    """Make the draft a request and confirm it. Sent before: the same request again, and nothing else happens.

    A draft that joins a case becomes a report in it. Raises Draft.DoesNotExist, DraftIncomplete, NotYourHome,
    CannotJoin, and DraftSent when the draft ended in another way, such as on another device.
    """
    draft = Draft.objects.of(tenant).select_for_update(of=("self",)).get(pk=draft_id)
    if draft.sent_as is not None:
        return draft.sent_as
    if draft.ended:
        raise DraftSent
    intake = intake_of(draft, at=at)
    _check(draft, intake, at=at)
    service_request, report = _send(draft, intake, at=at)
    draft.photos.update(draft=None, report=report)
    draft.sent_as = service_request
    draft.save(update_fields=["sent_as"])
    return service_request


def intake_of(draft: Draft, *, at: datetime) -> Intake:
    """What a draft says so far. Raises DraftIncomplete and NotYourHome."""
    problem = catalogues.tree_of(draft).find(draft.problem)
    if draft.dwelling is None:
        raise DraftIncomplete("home")
    if problem is None or problem.phone_only:
        raise DraftIncomplete("problem")
    _check_area(draft, problem)
    return Intake(
        tenancy=_tenancy(draft.dwelling, draft.tenant, at=at),
        problem=problem,
        text=draft.text.strip(),
        area=draft.communal_area,
        cause=draft.cause_code,
        reachable=draft.reachable,
        own_property=bool(draft.own_property),
        extra_hard=draft.extra_hard and asks_extra_hard(problem),
        answers=draft.answers,
        objection=draft.objection if draft.payer_answer == PayerAnswer.DISAGREE else "",
        agreed_price=draft.agreed_price if draft.payer_answer == PayerAnswer.PAID else None,
    )


@transaction.atomic
def receive(intake: Intake, *, at: datetime) -> tuple[ServiceRequest, Report]:
    """A new case with its first report, confirmed to the tenant. "I do not agree" puts it up for review."""
    service_request = _open_case(intake, at=at)
    report = Report.objects.create(
        service_request=service_request,
        tenant=intake.tenancy.tenant,
        tenancy=intake.tenancy,
        text=intake.text,
        answers=answers_in_words(intake),
        source=intake.source,
        by=intake.by,
        at=at,
    )
    if intake.objection:
        rule, words = service_request.payer_rule, intake.objection
        Objection.objects.create(service_request=service_request, report=report, rule=rule, words=words, at=at)
    StatusChange.objects.create(
        service_request=service_request,
        move=StatusChange.RECEIPT,
        new_status=service_request.status,
        actor=Actor.STAFF if intake.by else Actor.TENANT,
        by=intake.by or intake.tenancy.tenant.user,
        at=at,
    )
    outbox.post(notifications.received(service_request, report, objects=bool(intake.objection)), at=at)
    return service_request, report


def _send(draft: Draft, intake: Intake, *, at: datetime) -> tuple[ServiceRequest, Report]:
    if draft.joins is None:
        return receive(intake, at=at)
    return draft.joins, join(intake, draft.joins, at=at)


def _check(draft: Draft, intake: Intake, *, at: datetime) -> None:
    """Everything that must be asked was answered. Raises DraftIncomplete."""
    if asks_details(intake.problem) and not draft.details_given:
        raise DraftIncomplete("details")
    if draft.joins is None and not _agreed(intake, at=at):
        raise DraftIncomplete("costs")
    if not intake.text:
        raise DraftIncomplete("words")


def _agreed(intake: Intake, *, at: datetime) -> bool:
    """It costs the tenant nothing, or they said yes to this very price, or they do not agree and say why."""
    decision = intake.decision(at=at)
    accepted = decision.price is not None and intake.agreed_price == decision.price
    return decision.free or accepted or bool(intake.objection)


def _tenancy(dwelling: Dwelling, tenant: Tenant, *, at: datetime) -> Tenancy:
    today = timezone.localtime(at).date()
    tenancy = Tenancy.objects.of(tenant).current(on=today).filter(dwelling=dwelling).first()
    if tenancy is None:
        raise NotYourHome
    return tenancy


def _check_area(draft: Draft, problem: Problem) -> None:
    """What neighbours share is somewhere, and in their own building."""
    if problem.communal and draft.communal_area is None:
        raise DraftIncomplete("area")
    if draft.communal_area and draft.dwelling and draft.communal_area.complex_id != draft.dwelling.complex_id:
        raise NotYourHome


def _open_case(intake: Intake, *, at: datetime) -> ServiceRequest:
    problem, area = intake.problem, intake.area
    decision = intake.decision(at=at)
    before = repeats.before(intake.tenancy.dwelling, area, problem, at)
    urgency = urgency_of(problem, answers=intake.answers, extra_hard=intake.extra_hard, repeat=before is not None)
    promised = promise(urgency, problem.category, at=at)
    return ServiceRequest.objects.create(
        reference=next_reference(at),
        dwelling=None if area else intake.tenancy.dwelling,
        communal_area=area,
        **naming(problem),
        location_code=area.location_code if area else problem.location_code,
        element_code=problem.element_code,
        defect_code=problem.defect_code,
        category=problem.category,
        trade=problem.trade,
        urgency=urgency,
        stated_cause_code=intake.cause,
        payer=decision.payer,
        payer_rule=decision.rule,
        agreed_price=intake.agreed_price,
        extra_hard=intake.extra_hard,
        repeat_of=before.service_request if before else None,
        repeat_why=before.why if before else "",
        status=Status.IN_REVIEW if intake.objection else Status.RECEIVED,
        needs_attention=bool(intake.objection),
        source=intake.source,
        received_at=at,
        answer_by=promised.answer_by,
        first_fix_by=promised.fix_by,
        fix_by=promised.fix_by,
        next_word_at=promised.next_word_at,
        watch_at=at,
        statutory_since=at if statutory.counts(decision.payer) else None,
    )
