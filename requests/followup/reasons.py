"""Why an alarm stands, and what helps: in plain words, for staff."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..models import Alarm, ServiceRequest
from ..promises import statutory
from ..workflow import Status, WaitingReason

__all__ = ["about", "day_of", "in_short", "reason", "what_helps"]

Kind = Alarm.Kind
_WITHOUT_A_DAY = (Kind.BROKEN, Kind.BADLY_BROKEN, Kind.VISIT_MISSED)


def about(service_request: ServiceRequest) -> str:
    return f"{service_request.reference} {service_request.title}, {service_request.place}"


def reason(kind: str, service_request: ServiceRequest) -> str:
    """One line, such as "No visit is planned; promised by Tue 24 Nov. 17:00"."""
    said = {"moment": _moment(service_request.fix_by), "first": _moment(service_request.first_fix_by)}
    if kind == Kind.AT_RISK and service_request.status == Status.IN_PROGRESS:
        return _("The work is not ready; promised by %(moment)s") % said
    if kind == Kind.AT_RISK:
        return _("No visit is planned in time; promised by %(moment)s") % said
    if kind == Kind.BROKEN:
        return _("Promised by %(moment)s, and no new day") % said
    if kind == Kind.BADLY_BROKEN:
        return _("First promised by %(first)s: three times the term is over") % said
    if kind == Kind.VISIT_MISSED and service_request.status == Status.SCHEDULED:
        return _("The visit is over, and nobody said what became of it")
    if kind == Kind.VISIT_MISSED:
        return _("Nobody came to the visit, and there is no new day")
    return _six_weeks(kind, service_request)


def in_short(kind: str, service_request: ServiceRequest) -> str:
    """The same in a few words, where the day stands beside it."""
    begun = service_request.status == Status.IN_PROGRESS
    admitted = service_request.status != Status.SCHEDULED
    words = {
        Kind.AT_RISK: _("In danger: not ready yet") if begun else _("In danger: no visit planned in time"),
        Kind.BROKEN: _("Promise broken, no new day yet"),
        Kind.BADLY_BROKEN: _("Promise badly broken, no new day"),
        Kind.VISIT_MISSED: _("Visit missed, no new day yet") if admitted else _("Nobody said how the visit went"),
    }
    return words[Kind(kind)] if kind in words else _six_weeks(kind, service_request)


def _six_weeks(kind: str, service_request: ServiceRequest) -> str:
    since = service_request.statutory_since or service_request.received_at
    said = {"day": day_of(statutory.over_at(since))}
    if kind == Kind.SIX_WEEKS_OVER:
        return _("Six weeks of the law: over since %(day)s") % said
    return _("Six weeks of the law: over on %(day)s") % said


def what_helps(kind: str, service_request: ServiceRequest) -> str:
    """What to do about it, for the page of the request."""
    if kind == Kind.VISIT_MISSED and service_request.status == Status.SCHEDULED:
        return _("Phone the craftsman. Then write down what became of the visit: ready, or a new visit.")
    if kind in _WITHOUT_A_DAY and service_request.waiting_reason == WaitingReason.TENANT:
        return _("We wait for the tenant. Phone them, or give a new day.")
    if kind in _WITHOUT_A_DAY:
        return _("Plan a visit now: that gives the tenant a new day.")
    if kind == Kind.AT_RISK and service_request.status == Status.IN_PROGRESS:
        return _("Ask how the work goes. Not ready in time? Plan a visit, and say why.")
    if kind == Kind.AT_RISK:
        return _("Plan a visit before that moment. Not possible? Plan it later, and say why.")
    if kind != Kind.SIX_WEEKS_OVER:
        return _("Plan a visit within the six weeks. After that the tenant can go to the rent tribunal.")
    if service_request.status in (Status.SCHEDULED, Status.IN_PROGRESS):
        return _("The tenant can go to the rent tribunal now. See to it that the work ends soon, and phone them.")
    return _("The tenant can go to the rent tribunal now. Plan the first visit that you can, and phone them.")


def day_of(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D j N")


def _moment(moment: datetime) -> str:
    return f"{day_of(moment)} {date_format(timezone.localtime(moment), 'H:i')}"
