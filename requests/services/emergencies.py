"""Danger that a tenant signals, and staff who see it. Nothing here waits for anything else."""

from datetime import datetime, timedelta

from django.db import transaction

from dwellings.models import Dwelling
from tenants.models import Tenant, User

from ..intake.catalogue import Problem
from ..intake.dangers import OTHER, danger_of
from ..models import Emergency

__all__ = ["ONCE_PER", "see_emergency", "signal_emergency", "signal_problem"]

ONCE_PER = timedelta(minutes=15)


@transaction.atomic
def signal_emergency(
    *, tenant: Tenant, danger: str, dwelling: Dwelling | None, at: datetime, about: str = ""
) -> Emergency:
    """Keep that this person is in danger: once per quarter of an hour, however often it is said.

    `danger` is a key of `dangers.NAMES`; `about` says what OTHER is. Said again with a home that was not
    known before, the home is added.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)  # both clicks of a double click come here
    lately = Emergency.objects.of(tenant, danger, since=at - ONCE_PER)
    known = (lately.filter(about=about) if danger == OTHER else lately).first()
    if known is None:
        return Emergency.objects.create(tenant=tenant, danger=danger, about=about, dwelling=dwelling, at=at)
    if known.dwelling_id is None and dwelling is not None:
        known.dwelling = dwelling
        known.save(update_fields=["dwelling"])
    return known


def signal_problem(problem: Problem, *, tenant: Tenant, dwelling: Dwelling | None, at: datetime) -> Emergency:
    """A problem was chosen that is for the telephone only."""
    where_and_what = f"{problem.place.name_nl}: {problem.problem_nl}"
    return signal_emergency(
        tenant=tenant, danger=danger_of(problem), dwelling=dwelling, at=at, about=where_and_what[:200]
    )


@transaction.atomic
def see_emergency(pk: int, *, by: User, note: str, at: datetime) -> bool:
    """Somebody of staff has seen it; False when somebody had already. What they write is never lost.

    Raises Emergency.DoesNotExist.
    """
    emergency = Emergency.objects.select_for_update(of=("self",)).get(pk=pk)
    first, note = emergency.seen_at is None, note.strip()
    if first:
        emergency.seen_at, emergency.seen_by = at, by
    if note and note not in emergency.note:
        said = note if first else f"{by}: {note}"
        emergency.note = f"{emergency.note}\n{said}".strip()
    emergency.save(update_fields=["seen_at", "seen_by", "note"])
    return first
