"""Staff report for somebody: on the telephone, at the desk, by letter, e-mail or WhatsApp.

It becomes what a tenant's own report becomes, and is confirmed in the way that reaches this tenant.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dwellings.models import Tenancy
from tenants.models import Tenant

from ..models import Report, ServiceRequest
from .joining import join
from .submission import NotYourHome, receive
from .taking_in import Intake

__all__ = ["take_down", "taken_down"]


@transaction.atomic
def take_down(intake: Intake, *, key: uuid.UUID, at: datetime, joins: ServiceRequest | None = None) -> Report:
    """A report of `intake.tenancy`, as a new case or added to `joins`; danger to life is registered, too.

    The same words from the same form (`key`) count once. Who reported `joins` before keeps that report, and the
    words go to staff as a message. Raises NotYourHome when the tenancy has ended, and CannotJoin.
    """
    tenant = intake.tenancy.tenant
    once = _key_of(intake, key)
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)  # two clicks come one after the other
    if before := taken_down(intake, key=key):
        return before
    _check_home(intake, at=at)
    report = receive(intake, at=at)[1] if joins is None else join(intake, joins, at=at, key=once)
    if report.at == at and report.by == intake.by:  # made just now
        report.key = once
        report.save(update_fields=["key"])
    return report


def taken_down(intake: Intake, *, key: uuid.UUID) -> Report | None:
    """What these words from this form became; nothing when they are new."""
    return Report.objects.filter(key=_key_of(intake, key)).first()


def _key_of(intake: Intake, key: uuid.UUID) -> uuid.UUID:
    """Of this form with these words: going back and filling in something else is another report."""
    said = (intake.tenancy.pk, intake.problem.key, intake.area and intake.area.pk, intake.text)
    return uuid.uuid5(key, repr(said))


def _check_home(intake: Intake, *, at: datetime) -> None:
    """They rent it today, and what they share is in their own building."""
    current = Tenancy.objects.current(on=timezone.localdate(at)).filter(pk=intake.tenancy.pk)
    elsewhere = intake.area is not None and intake.area.complex_id != intake.tenancy.dwelling.complex_id
    if elsewhere or intake.problem.communal != (intake.area is not None) or not current.exists():
        raise NotYourHome
