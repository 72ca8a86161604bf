"""A draft becomes a request, once."""

import uuid
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone, translation

from dwellings.models import Dwelling, Tenancy
from tenants.models import Tenant
from tenants.notifications import outbox

from .. import notifications
from ..intake import catalogue
from ..models import Draft, Report, ServiceRequest, Source, StatusChange
from ..promises import promise
from ..workflow import Actor, Status


class DraftIncomplete(Exception):
    """A home, a problem or the tenant's own words are still missing."""


class NotYourHome(Exception):
    """The tenant does not rent this home today."""


@transaction.atomic
def submit(draft_id: uuid.UUID, *, tenant: Tenant, at: datetime) -> ServiceRequest:
    """Make the draft a request and confirm it. Sent before: the same request again, and nothing else happens.

    Raises Draft.DoesNotExist, DraftIncomplete and NotYourHome.
    """
    draft = Draft.objects.of(tenant).select_for_update(of=("self",)).get(pk=draft_id)
    if draft.sent_as is not None:
        return draft.sent_as
    if draft.dwelling is None or not draft.problem or not draft.text.strip():
        raise DraftIncomplete
    tenancy = _tenancy(draft.dwelling, tenant, at=at)
    _check_area(draft)

    service_request = _receive(draft, at=at)
    report = Report.objects.create(
        service_request=service_request,
        tenant=tenant,
        tenancy=tenancy,
        text=draft.text.strip(),
        source=Source.PORTAL,
        at=at,
    )
    StatusChange.objects.create(
        service_request=service_request,
        move=StatusChange.RECEIPT,
        new_status=Status.RECEIVED,
        actor=Actor.TENANT,
        by=tenant.user,
        at=at,
    )
    draft.photos.update(draft=None, report=report)
    draft.sent_as = service_request
    draft.save(update_fields=["sent_as"])
    outbox.post(notifications.received(service_request, report), at=at)
    return service_request


def _tenancy(dwelling: Dwelling, tenant: Tenant, *, at: datetime) -> Tenancy:
    today = timezone.localtime(at).date()
    tenancy = Tenancy.objects.of(tenant).current(on=today).filter(dwelling=dwelling).first()
    if tenancy is None:
        raise NotYourHome
    return tenancy


def _check_area(draft: Draft) -> None:
    """What neighbours share is in their own building."""
    if draft.communal_area and draft.dwelling and draft.communal_area.complex_id != draft.dwelling.complex_id:
        raise NotYourHome


def _receive(draft: Draft, *, at: datetime) -> ServiceRequest:
    try:
        problem = catalogue.get(draft.problem)
    except KeyError as unknown:
        raise DraftIncomplete from unknown
    with translation.override("nl"):
        subject = problem.title[:120]
    promised = promise(problem.urgency, at=at)
    return ServiceRequest.objects.create(
        reference=_next_reference(at),
        dwelling=None if draft.communal_area else draft.dwelling,
        communal_area=draft.communal_area,
        problem=problem.key,
        subject=subject,
        location_code=draft.communal_area.location_code if draft.communal_area else problem.location_code,
        element_code=problem.element_code,
        defect_code=problem.defect_code,
        category=problem.category,
        trade=problem.trade,
        urgency=problem.urgency,
        payer=problem.payer,
        source=Source.PORTAL,
        received_at=at,
        answer_by=promised.answer_by,
        first_fix_by=promised.fix_by,
        fix_by=promised.fix_by,
        next_word_at=promised.next_word_at,
    )


def _next_reference(at: datetime) -> str:
    """The year and a number that never comes back, such as 2026-004123."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('requests_reference')")
        (number,) = cursor.fetchone()
    return f"{timezone.localtime(at).year}-{number:06d}"
