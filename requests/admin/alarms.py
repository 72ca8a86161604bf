"""What stands about the promise of a request, on its page: why, what helps, and what we do to make up for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.notifications.models import Notification

from .. import services
from ..followup.reasons import reason, what_helps
from ..intake.catalogue import in_language
from ..models import Alarm, Gesture, Recovery, ServiceRequest
from ..workflow import Status
from .due import moment_of
from .who import colleague_of

__all__ = ["Shown", "Standing", "shown", "urls", "with_alarms"]


@dataclass(frozen=True)
class Standing:
    """One alarm."""

    title: str
    reason: str
    helps: str
    level: str
    since: str
    is_breach: bool


@dataclass(frozen=True)
class Made:
    """A recovery: what the tenant was told, by when they hear a new day, which one it became, and the gesture."""

    pk: int
    told: str
    new_day: str
    waits: bool
    is_late: bool
    gesture: str


@dataclass(frozen=True)
class Shown:
    alarms: list[Standing]
    recoveries: list[Made]
    offer: str  # what staff may give now, once


def with_alarms(requests: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """With the standing alarms, the recoveries and the gesture of the class, in the same statement."""
    here = {"service_request": OuterRef("pk")}
    alarms = Alarm.objects.standing().filter(**here).worst_first()
    apology = Notification.objects.filter(occasion=Concat(Value("recovery-"), Cast(OuterRef("pk"), CharField())))
    sent = apology.filter(sent_at__isnull=False).order_by("sent_at").values("sent_at")
    recoveries = Recovery.objects.filter(**here).order_by("begun_at", "pk").annotate(told_at=Subquery(sent[:1]))
    gesture = Gesture.objects.filter(urgency=OuterRef("urgency"))
    return requests.annotate(
        standing_alarms=ArraySubquery(alarms.values(one=_fields("kind", "level", "raised_at"))),
        recoveries_here=ArraySubquery(
            recoveries.values(one=_fields(*_OF_A_RECOVERY, first="contact__first_name", last="contact__last_name"))
        ),
        gesture_here=Subquery(gesture.values(one=_fields("what_nl", "what_en"))[:1]),
    )


_OF_A_RECOVERY = (
    "pk", "why", "told_at", "hear_by", "new_day", "dated_at", "gesture_nl", "gesture_en", "gesture_at", "settled_at",
)  # fmt: skip


def _fields(*names: str, **others: str) -> JSONObject:
    return JSONObject(**{name: F(name) for name in names}, **{name: F(field) for name, field in others.items()})


def shown(service_request: Any, *, at: datetime) -> Shown:
    """`service_request` comes with the annotations of `with_alarms`."""
    recoveries = service_request.recoveries_here
    gesture = service_request.gesture_here
    given = any(one["gesture_at"] for one in recoveries)
    return Shown(
        alarms=[_alarm(one, service_request) for one in service_request.standing_alarms],
        recoveries=[_made(one, service_request, at=at) for one in recoveries],
        offer=in_language(nl=gesture["what_nl"], en=gesture["what_en"]) if gesture and recoveries and not given else "",
    )


def _alarm(one: dict[str, Any], service_request: ServiceRequest) -> Standing:
    kind = Alarm.Kind(one["kind"])
    title = str(kind.label)
    return Standing(
        title=title[:1].upper() + title[1:],
        reason=reason(kind, service_request),
        helps=what_helps(kind, service_request),
        level=str(Alarm.Level(one["level"]).label),
        since=moment_of(_moment(one["raised_at"])),
        is_breach=kind in Alarm.BREACHES,
    )


def _made(one: dict[str, Any], service_request: ServiceRequest, *, at: datetime) -> Made:
    waits = one["dated_at"] is None and one["settled_at"] is None
    admitted = one["why"] == Recovery.Why.VISIT_MISSED and service_request.status != Status.SCHEDULED
    return Made(
        pk=one["pk"],
        told=_told(one, waits=waits, admitted=admitted),
        new_day=_new_day(one),
        waits=waits,
        is_late=waits and _moment(one["hear_by"]) < at,
        gesture=_gesture(one),
    )


def _told(one: dict[str, Any], *, waits: bool, admitted: bool) -> str:
    """An apology that is not true any more when it can leave is not sent. `admitted`: staff said that nobody came."""
    said = {"name": f"{one['first'] or ''} {one['last'] or ''}".strip()}
    if one["told_at"] is None:
        return _not_told(said, waits=waits, admitted=admitted)
    said["moment"] = moment_of(_moment(one["told_at"]))
    if said["name"]:
        return _("The tenant had our apology on %(moment)s, and heard that %(name)s looks after it.") % said
    return _("The tenant had our apology on %(moment)s, and heard that our planners look after it.") % said


def _not_told(said: dict[str, str], *, waits: bool, admitted: bool) -> str:
    if not waits:
        return _("The tenant had no separate apology: the new day, or the end of the work, came first.")
    if admitted and said["name"]:
        return _("The mail that says that nobody came has our apology, and that %(name)s looks after it.") % said
    if admitted:
        return _("The mail that says that nobody came has our apology, and that our planners look after it.")
    if said["name"]:
        return _("The tenant has not had our apology yet; %(name)s looks after it.") % said
    return _("The tenant has not had our apology yet; our planners look after it.")


def _new_day(one: dict[str, Any]) -> str:
    if one["new_day"]:
        return _("New day: %(day)s.") % {"day": moment_of(_moment(one["new_day"]))}
    if one["settled_at"]:
        return ""
    return _("They hear a new day before %(moment)s.") % {"moment": moment_of(_moment(one["hear_by"]))}


def _gesture(one: dict[str, Any]) -> str:
    if not one["gesture_at"]:
        return ""
    what = in_language(nl=one["gesture_nl"], en=one["gesture_en"])
    return _("Given on %(moment)s: %(what)s.") % {"moment": moment_of(_moment(one["gesture_at"])), "what": what}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- the gesture ------------------------------------------------------------------------------------------------------


def urls(admin: Any) -> list[URLPattern]:
    def page(request: HttpRequest, pk: int, recovery: int) -> HttpResponse:
        if not admin.has_change_permission(request):
            raise PermissionDenied
        return give_gesture(request, pk, recovery)

    address = "<int:pk>/gesture/<int:recovery>/"
    return [path(address, admin.admin_site.admin_view(require_POST(page)), name="requests_servicerequest_gesture")]


def give_gesture(request: HttpRequest, pk: int, recovery: int) -> HttpResponse:
    """One button: what the corporation gives for this class, once."""
    if not Recovery.objects.filter(pk=recovery, service_request=pk).exists():
        raise Http404("Not of this request.")
    try:
        given = services.give_gesture(recovery, by=colleague_of(request), at=timezone.now())
    except services.GestureDecided:
        messages.info(request, _("This was done already."))
    except services.NoGesture:
        messages.warning(request, _("There is no gesture for this class any more. Nothing was done or sent."))
    else:
        messages.success(request, _("Given: %(what)s. The tenant hears of it.") % {"what": given.gesture})
    return redirect("admin:requests_servicerequest_change", pk)
