"""The page of one request, and what can be sent from it. Nothing here writes a request: the services do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.models import Notification

from .. import services
from ..models import Objection, ServiceRequest
from ..workflow import Actor, Move, move_named, moves_from
from . import assigning, case, resending, taking_down
from .doubles import was_just_made
from .forms import AssignForm, MessageForm, MoveForm, NoteForm, Seen
from .objections import ObjectionForm
from .who import colleague_of

Page = Callable[..., HttpResponse]
TEMPLATE = "admin/requests/servicerequest/case.html"


def urls(admin: Any) -> list[URLPattern]:
    """The addresses below the request's own page."""

    def staff(page: Page, *, may: Callable[[HttpRequest], bool] = admin.has_change_permission) -> Page:
        def checked(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
            if not may(request):
                raise PermissionDenied
            return page(admin, request, pk, **kwargs)

        return admin.admin_site.admin_view(require_POST(checked))

    return [
        path("<int:pk>/move/<slug:name>/", staff(make_move), name="requests_servicerequest_move"),
        path("<int:pk>/move/<slug:name>/preview/", staff(show_preview), name="requests_servicerequest_preview"),
        path("<int:pk>/message/", staff(send_message), name="requests_servicerequest_message"),
        path("<int:pk>/note/", staff(add_note), name="requests_servicerequest_note"),
        path("<int:pk>/settle/", staff(settle_message), name="requests_servicerequest_settle"),
        path("<int:pk>/again/<int:notification>/", staff(send_again), name="requests_servicerequest_again"),
        path("<int:pk>/assign/", staff(assign), name="requests_servicerequest_assign"),
        path(
            "<int:pk>/objection/",
            staff(decide_objection, may=may_decide),
            name="requests_servicerequest_objection",
        ),
    ]


def show(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The request; `?move=…` opens the form of one move, `?do=assign` the list of colleagues.

    `?said=…` says what to tell the tenant whose report was taken down just now.
    """
    service_request = case.find(pk)
    offered = moves_from(service_request.status, actor=Actor.STAFF)
    chosen = next((move for move in offered if move.name == request.GET.get("move")), None)
    return _page(admin, request, service_request, chosen)


def make_move(admin: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    service_request, move, now = case.find(pk), _move_or_404(name), timezone.now()
    form = MoveForm(move, service_request, request.POST, at=now)
    if not form.is_valid():
        return _page(admin, request, service_request, move, move_form=form)
    try:
        services.make_move(
            pk,
            move,
            actor=Actor.STAFF,
            by=colleague_of(request),
            at=now,
            said=form.said(),
            seen=form.cleaned_data["seen"],
        )
    except services.NeedsMore as lacking:
        form.refuse(lacking.needs)
        return _page(admin, request, service_request, move, move_form=form)
    except (services.ChangedMeanwhile, services.MoveNotAllowed):
        if was_just_made(pk, move, form, by=colleague_of(request), at=now):
            messages.info(request, _("This was done already."))
            return _back_to(pk)
        return _changed_meanwhile(admin, request, pk, move)
    messages.success(request, _("Done: %(step)s.") % {"step": move.label})
    return _back_to(pk)


def show_preview(admin: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The message as it would be with what the form says now; changes nothing."""
    service_request, now = case.find(pk), timezone.now()
    form = MoveForm(_move_or_404(name), service_request, request.POST, at=now)
    form.full_clean()
    shown = case.preview(service_request, form, by=colleague_of(request), at=now)
    return render(request, "admin/requests/servicerequest/_preview.html", {"preview": shown})


def send_message(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    form = MessageForm(request.POST, prefix="message")
    if not form.is_valid():
        return _page(admin, request, case.find(pk), None, message_form=form)
    said = form.cleaned_data
    try:
        services.write_to_tenants(
            pk, by=colleague_of(request), body=said["body"], at=timezone.now(), seen=said["seen"], key=said["key"]
        )
    except (services.ChangedMeanwhile, services.NobodyLeft):
        current = case.find(pk)
        why = _still_here() if current.reports.told(at=timezone.now()).exists() else _nobody_left()
        again = MessageForm(_with_version(request, current, "message-seen"), prefix="message")
        return _page(admin, request, current, None, message_form=again, message_conflict=why, status=409)
    messages.success(request, _("Your message is on its way to the tenant."))
    return _back_to(pk)


def add_note(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    form = NoteForm(request.POST, prefix="note")
    service_request = case.find(pk)
    if not form.is_valid():
        return _page(admin, request, service_request, None, note_form=form)
    said = form.cleaned_data
    services.note(pk, by=colleague_of(request), body=said["body"], at=timezone.now(), key=said["key"])
    messages.success(request, _("Your note is saved. The tenant does not see it."))
    return _back_to(pk)


def settle_message(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    form, service_request = Seen(request.POST), case.find(pk)
    if not form.is_valid():
        return _page(admin, request, service_request, None)
    try:
        settled = services.settle_message(
            pk, by=colleague_of(request), at=timezone.now(), seen=form.cleaned_data["seen"]
        )
    except services.ChangedMeanwhile:
        said = _("Somebody changed this request while you were busy. Read what is new first. Nothing was done.")
        messages.warning(request, said)
        return _back_to(pk)
    if settled:
        messages.success(request, _("Done: no reply needed. The tenant gets no message of this."))
    else:
        messages.info(request, _("This was done already."))
    return _back_to(pk)


def send_again(admin: Any, request: HttpRequest, pk: int, notification: int) -> HttpResponse:
    """Put a message about this request that did not arrive in the queue once more."""
    failed = get_object_or_404(Notification, pk=notification, about=case.find(pk).reference)
    resending.send_again(request, [failed.pk], at=timezone.now())
    return _back_to(pk)


def assign(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    service_request = case.find(pk)
    to_me = "me" in request.POST
    form = AssignForm(request.POST, allow_nobody=True)
    if not to_me and not form.is_valid():
        return _page(admin, request, service_request, None, assign_form=form)
    colleague = colleague_of(request) if to_me else form.cleaned_data["to"]
    me, now = colleague_of(request), timezone.now()
    changed = services.assign([pk], to=colleague, by=me, at=now, seen=assigning.seen(request))
    level, said = assigning.one(case.find(pk), colleague, changed=bool(changed))
    messages.add_message(request, level, said)
    return _back_to(pk)


def decide_objection(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Once; what differs from what somebody decided before is shown again, and nothing is done."""
    form, me = ObjectionForm(request.POST), colleague_of(request)
    objection = get_object_or_404(Objection, service_request=pk)
    if not form.is_valid() and objection.decided_at is None:
        return _page(admin, request, case.find(pk), None, objection_form=form)
    said = form.cleaned_data
    try:
        services.decide_objection(
            objection.pk, upheld=said.get("upheld", False), answer=said.get("words", ""), by=me, at=timezone.now()
        )
    except services.AlreadyDecided:
        objection.refresh_from_db()
        if (objection.decided_by, objection.upheld, objection.answer) != (me, said.get("upheld"), said.get("words")):
            kept = form["words"].value()
            return _page(admin, request, case.find(pk), None, objection_kept=kept, objection_late=True, status=409)
        messages.info(request, _("This was done already."))
        return _back_to(pk)
    messages.success(request, _("Your answer is on its way to the tenant."))
    return _back_to(pk)


def may_decide(request: HttpRequest) -> bool:
    return request.user.has_perm("requests.change_objection")


def _page(
    admin: Any,
    request: HttpRequest,
    service_request: ServiceRequest,
    move: Move | None,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    now = timezone.now()
    may_change = admin.has_change_permission(request, service_request)
    shown = case.shown(service_request, at=now)
    context = {
        **admin.admin_site.each_context(request),
        **shown,
        **(case.forms(service_request, move, at=now) if may_change else {"moves": []}),
        "assign_form": _assign_form(request, service_request),
        "objection_form": ObjectionForm(),
        "objection_kept": "",
        "objection_late": False,
        "may_decide": may_decide(request),
        "said": taking_down.after_saving(shown["reports"], request.GET.get("said"), at=now),
        "preview": None,
        "conflict": "",
        "message_conflict": "",
        "kept_text": "",
        **extra,
        "may_change": may_change,
        "move": move,
        "opts": admin.opts,
        "original": service_request,
        "title": service_request.title,
        "is_mine": service_request.assignee_id == colleague_of(request).pk,
    }
    if form := context.get("move_form"):
        context["preview"] = case.preview(service_request, form, by=colleague_of(request), at=now)
    return TemplateResponse(request, TEMPLATE, context, status=status)


def _changed_meanwhile(admin: Any, request: HttpRequest, pk: int, move: Move) -> HttpResponse:
    """Somebody was first. Nothing was done; show what is true now, and keep what was typed."""
    current = case.find(pk)
    if move not in moves_from(current.status, actor=Actor.STAFF):
        kept_text = request.POST.get("note", "")
        return _page(
            admin, request, current, None, status=409, conflict=_not_any_more(move, current), kept_text=kept_text
        )
    form = MoveForm(move, current, _with_version(request, current, "seen"), at=timezone.now())
    return _page(admin, request, current, move, move_form=form, status=409, conflict=_still_here())


def _still_here() -> str:
    return _(
        "Somebody changed this request while you were busy, so nothing was done or sent. "
        "What you filled in is still here. Look at what happened, and send it again if it is still right."
    )


def _nobody_left() -> str:
    return _(
        "Everybody who reported this has moved out, so nobody would read your message. Nothing was sent. "
        "What you wrote is still here."
    )


def _not_any_more(move: Move, current: ServiceRequest) -> str:
    return _(
        "“%(step)s” is not possible any more: somebody changed this request, it is now “%(status)s”. "
        "Nothing was done or sent. What you wrote is kept below."
    ) % {"step": move.label, "status": current.get_status_display()}


def _assign_form(request: HttpRequest, service_request: ServiceRequest) -> AssignForm | None:
    if request.GET.get("do") != "assign":
        return None
    return AssignForm(initial={"to": service_request.assignee}, allow_nobody=True)


def _with_version(request: HttpRequest, current: ServiceRequest, field: str) -> Any:
    """What was sent, but as seen by somebody who looks at the page now."""
    data = request.POST.copy()
    data[field] = str(current.version)
    return data


def _move_or_404(name: str) -> Move:
    try:
        return move_named(name)
    except KeyError as unknown:
        raise Http404(f"There is no move {name}.") from unknown


def _back_to(pk: int) -> HttpResponse:
    return redirect("admin:requests_servicerequest_change", pk)
