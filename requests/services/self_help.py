"""What became of a guide: solved is a request avoided, until it comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants.models import Tenant

from ..front_door import catalogues
from ..models import Draft, Ended, SelfHelp
from .drafts import end_draft, resume_draft

__all__ = ["CannotReopen", "record", "reopen"]


class CannotReopen(Exception):
    """It came back already, or it was solved too long ago."""


@transaction.atomic
def record(draft: Draft, result: str, *, at: datetime) -> SelfHelp | None:
    """Keep the answer to the guide of the draft's problem; "solved" ends the draft. Later answers replace earlier ones.

    None when the problem has no guide. Raises DraftSent.
    """
    problem = catalogues.tree_of(draft).find(draft.problem)
    if problem is None or problem.guide is None or draft.dwelling is None:
        return None
    if result == SelfHelp.Result.SOLVED:
        end_draft(draft.pk, tenant=draft.tenant, at=at, how=Ended.SOLVED)
    said = {
        "tenant": draft.tenant,
        "dwelling": draft.dwelling,
        "problem": problem.key,
        "guide": problem.guide.key,
        "result": result,
        "at": at,
        "reopened_at": None,
    }
    row, _ = SelfHelp.objects.update_or_create(draft=draft, defaults=said)
    return row


@transaction.atomic
def reopen(self_help_id: int, *, tenant: Tenant, at: datetime) -> Draft:
    """It is back: go on with the report where it ended. Raises SelfHelp.DoesNotExist and CannotReopen."""
    row = SelfHelp.objects.select_for_update(of=("self",)).get(pk=self_help_id, tenant=tenant)
    if row.draft_id is None or not row.may_reopen(at=at):
        raise CannotReopen
    row.reopened_at = at
    row.save(update_fields=["reopened_at"])
    return resume_draft(row.draft_id, tenant=tenant, at=at)
