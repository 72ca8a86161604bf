"""What we do after a promise that we broke, as its tenant reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..intake.catalogue import in_language
from ..models import Recovery, ServiceRequest
from ..workflow import Status
from .plain_words import day

__all__ = ["Amends", "amends", "with_recovery"]

_FIELDS = ("why", "promised", "hear_by", "new_day", "gesture_nl", "gesture_en")


@dataclass(frozen=True)
class Amends:
    title: str
    sentences: tuple[str, ...]


def with_recovery(requests: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """With the last recovery that is not settled, in the same statement."""
    running = Recovery.objects.running().filter(service_request=OuterRef("pk")).order_by("-begun_at", "-pk")
    fields = {name: F(name) for name in _FIELDS}
    contact = {"first": F("contact__first_name"), "last": F("contact__last_name")}
    return requests.annotate(recovery_now=Subquery(running.values(one=JSONObject(**fields, **contact))[:1]))


def amends(service_request: Any, *, at: datetime) -> Amends | None:
    """`service_request` comes with the annotation of `with_recovery`; None when nothing was broken."""
    recovery = service_request.recovery_now
    if recovery is None or not service_request.is_to_do:
        return None
    is_known = service_request.status != Status.SCHEDULED  # staff wrote down what became of the visit: nobody came
    return Amends(_title(recovery, is_known), tuple(_sentences(recovery, is_known, at=at)))


def _title(recovery: dict[str, Any], is_known: bool) -> str:
    if recovery["new_day"]:
        return _("You have a new date")
    if recovery["why"] == Recovery.Why.VISIT_MISSED and not is_known:
        return _("Did nobody come on %(day)s?") % {"day": day(_moment(recovery["promised"]))}
    return _("This is what we are doing now")


def _sentences(recovery: dict[str, Any], is_known: bool, *, at: datetime) -> Iterable[str]:
    if recovery["new_day"]:
        yield _("We did not keep what we had promised for %(day)s. We are sorry.") % {
            "day": day(_moment(recovery["promised"]))
        }
        yield _("Your new date is %(day)s.") % {"day": day(_moment(recovery["new_day"]))}
    else:
        yield from _until_there_is_a_day(recovery, is_known, at=at)
    if recovery["gesture_nl"]:
        yield _("You will get this from us: %(what)s.") % {
            "what": in_language(nl=recovery["gesture_nl"], en=recovery["gesture_en"])
        }


def _until_there_is_a_day(recovery: dict[str, Any], is_known: bool, *, at: datetime) -> Iterable[str]:
    if recovery["why"] == Recovery.Why.VISIT_MISSED and is_known:
        missed = {"day": day(_moment(recovery["promised"]))}
        yield _("We were to come on %(day)s, and nobody came. That is our mistake. We are sorry.") % missed
    elif recovery["why"] == Recovery.Why.VISIT_MISSED:
        yield _("We have not heard that the craftsman was there. Did nobody come? Then that is our mistake.")
    name = f"{recovery['first'] or ''} {recovery['last'] or ''}".strip()
    by_name = _("%(name)s is looking after it from now on.") % {"name": name}
    yield by_name if name else _("Our planners will look at it first.")
    hear_by = _moment(recovery["hear_by"])
    said = {"day": day(hear_by), "time": date_format(timezone.localtime(hear_by), "H:i")}
    if hear_by > at:
        yield _("We will give you a new date before %(day)s, %(time)s.") % said
    else:
        yield _("You should have had a new date before %(day)s, %(time)s. It is at the top of our list.") % said


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
