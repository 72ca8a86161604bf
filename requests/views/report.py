"""Report a repair: one subject per page, kept on the server from the first answer on.

The draft's id is in the address. It is the form's key too: however often the last page is sent, by a
double click, by going back or from two tabs, it becomes one request.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dwellings.models import CommunalArea, Dwelling
from tenants.access import tenant_required
from tenants.models import Tenant

from .. import services
from ..forms import HomeForm, PlaceForm, ProblemForm, WordsForm
from ..intake import catalogue, communal
from ..models import Draft, ServiceRequest
from ..photos import PhotoRefused
from ..promises import promise
from . import plain_words
from .draft import Card, draft_required, homes_of, page, problem_of

read_and_send = require_http_methods(["GET", "HEAD", "POST"])


@read_and_send
@tenant_required
def report(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Danger first: who must call must not begin to type."""
    homes = homes_of(tenant)
    if request.method == "POST" and homes:
        draft = services.start_draft(tenant=tenant, at=timezone.now())
        if len(homes) == 1:
            services.keep_answers(draft.pk, tenant=tenant, at=timezone.now(), dwelling=homes[0])
        return redirect("requests:report_home" if len(homes) > 1 else "requests:report_place", draft.pk)
    unsent = Draft.objects.of(tenant).unsent().exclude(problem="").order_by("-touched_at").first()
    problem = problem_of(unsent) if unsent else None
    return render(
        request,
        "requests/report.html",
        {"homes": homes, "unsent": unsent, "unsent_subject": problem.label if problem else ""},
    )


@read_and_send
@draft_required
def home(request: HttpRequest, draft: Draft) -> HttpResponse:
    homes = homes_of(draft.tenant)
    if not homes:
        return redirect("requests:report")  # which says so
    form = HomeForm(_filled_in(request), homes=homes, initial={"home": str(draft.dwelling_id)})
    if request.method == "POST" and form.is_valid():
        answers: dict[str, object] = {"dwelling": form.chosen}
        if form.chosen != draft.dwelling:  # another home has other rooms and another building
            answers |= {"place": "", "problem": "", "communal_area": None}
        _keep(draft, answers)
        return redirect("requests:report_place", draft.pk)
    icons = {Dwelling.Kind.HOME: "home", Dwelling.Kind.STORAGE: "storage", Dwelling.Kind.PARKING: "parking"}
    cards = [
        Card(
            value=str(home.pk),
            label=f"{home.street} {home.house_number}",
            icon=icons[Dwelling.Kind(home.kind)],
            note=home.city,
        )
        for home in homes
    ]
    context = page(draft, "report_home", homes) | {"field": form["home"], "groups": [("", cards)]}
    return render(request, "requests/report_choice.html", context)


@read_and_send
@draft_required
def place(request: HttpRequest, draft: Draft) -> HttpResponse:
    if draft.dwelling is None:
        return redirect("requests:report_home", draft.pk)
    areas = list(CommunalArea.objects.filter(complex=draft.dwelling.complex_id).order_by("name"))
    chosen = f"area-{draft.communal_area_id}" if draft.communal_area_id else draft.place
    form = PlaceForm(_filled_in(request), kind=draft.dwelling.kind, areas=areas, initial={"place": chosen})
    if request.method == "POST" and form.is_valid():
        answers = form.answers
        if answers["place"] != draft.place:
            answers["problem"] = ""
        _keep(draft, answers)
        return redirect("requests:report_problem", draft.pk)
    at_home = [Card(value=key, label=name, icon=plain_words.place_icon(key)) for key, name in form.at_home]
    in_building = [
        Card(value=key, label=name, icon=plain_words.place_icon(communal.place_of(form.areas[key].location_code).key))
        for key, name in form.in_building
    ]
    own = _("In or around your home") if draft.dwelling.kind == Dwelling.Kind.HOME else _("At the place you rent")
    groups = [(own, at_home), (_("What you share with your neighbours"), in_building)]
    return _choose(request, draft, "report_place", form["place"], groups if in_building else [("", at_home)])


@read_and_send
@draft_required
def problem(request: HttpRequest, draft: Draft) -> HttpResponse:
    choices = catalogue.problems(draft.place)
    if not choices:
        return redirect("requests:report_place", draft.pk)
    form = ProblemForm(_filled_in(request), place=draft.place, initial={"problem": draft.problem})
    if request.method == "POST" and form.is_valid():
        chosen = catalogue.get(form.cleaned_data["problem"])
        if chosen.phone_only:
            return redirect("requests:report_call", draft.pk, chosen.key)
        _keep(draft, {"problem": chosen.key})
        return redirect("requests:report_words", draft.pk)
    cards = [Card(value=choice.key, label=choice.label) for choice in choices]
    return _choose(request, draft, "report_problem", form["problem"], [("", cards)])


@require_safe
@draft_required
def call(request: HttpRequest, draft: Draft, problem: str) -> HttpResponse:
    """Too dangerous for a form."""
    acute = next((choice for choice in catalogue.problems(draft.place) if choice.key == problem), None)
    if acute is None or not acute.phone_only:
        return redirect("requests:report_problem", draft.pk)
    return render(request, "requests/report_call.html", {"draft": draft, "problem": acute})


@read_and_send
@draft_required
def words(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The tenant's own words and photos. Photos are kept even when the words are not right yet."""
    chosen = problem_of(draft)
    if chosen is None:
        return redirect("requests:report_problem", draft.pk)
    if request.method == "POST" and "remove" in request.POST:
        return _remove_photo(request, draft)
    files = request.FILES if request.method == "POST" else None
    form = WordsForm(_filled_in(request), files, initial={"text": draft.text})
    if request.method == "POST":
        form.is_valid()
        for refusal in _keep_photos(draft, form.cleaned_data.get("photos", [])):
            form.add_error("photos", refusal)
        if "text" in form.cleaned_data:
            _keep(draft, {"text": form.cleaned_data["text"]})
        if not form.errors:
            return redirect("requests:report_check", draft.pk)
    return _show_words(request, draft, form)


@read_and_send
@draft_required
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything on one page, what is promised, and the button that sends it."""
    now, chosen = timezone.now(), problem_of(draft)
    if chosen is None or not draft.text:
        return redirect("requests:report_words", draft.pk)
    if request.method == "POST":
        return _send(request, draft)
    context = {
        "problem": chosen,
        "photos": list(draft.photos.all()),
        "fix_by": promise(chosen.urgency, at=now).fix_by,
        "craft": plain_words.craft(chosen.trade),
    }
    return render(request, "requests/report_check.html", page(draft, "report_check", homes_of(draft.tenant)) | context)


@require_safe
@tenant_required
def sent(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """The confirmation; as often as it is asked for."""
    service_request = get_object_or_404(ServiceRequest.objects.of(tenant, on=timezone.localdate()), reference=reference)
    context = {"service_request": service_request, "subject": plain_words.subject(service_request)}
    return render(request, "requests/sent.html", context)


def _filled_in(request: HttpRequest) -> QueryDict | None:
    """What was sent: also when that is nothing."""
    return request.POST if request.method == "POST" else None


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        service_request = services.submit(draft.pk, tenant=draft.tenant, at=timezone.now())
    except services.NotYourHome:
        refusal = _(
            "You do not rent this home any more, so we did not send your request. Your answers are still here. "
            "Choose a home that you rent."
        )
        messages.error(request, refusal)
        return redirect("requests:report_home", draft.pk)
    except services.DraftIncomplete:
        messages.error(
            request, _("Something is missing, so we did not send your request. Your answers are still here.")
        )
        return redirect("requests:report_words", draft.pk)
    return redirect("requests:sent", service_request.reference)


def _keep(draft: Draft, answers: dict[str, object]) -> None:
    services.keep_answers(draft.pk, tenant=draft.tenant, at=timezone.now(), **answers)


def _keep_photos(draft: Draft, uploads: list[UploadedFile[bytes]]) -> list[str]:
    """Keep what can be kept; say what could not."""
    refused = []
    for upload in uploads:
        try:
            services.add_photo(draft.pk, upload, tenant=draft.tenant, at=timezone.now())
        except PhotoRefused as refusal:
            refused.append(f"{upload.name}: {refusal.message}" if len(uploads) > 1 else str(refusal.message))
        except services.DraftFull:
            refused.append(_("You can send 5 photos with a request. We kept the first 5, the others were not saved."))
            break
    return refused


def _remove_photo(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Take one photo out, and keep what was typed meanwhile."""
    try:
        photo = uuid.UUID(request.POST["remove"])
    except ValueError:
        return redirect("requests:report_words", draft.pk)
    services.remove_photo(draft.pk, photo, tenant=draft.tenant)
    form = WordsForm(request.POST)
    if form.is_valid():
        _keep(draft, {"text": form.cleaned_data["text"]})
        return redirect("requests:report_words", draft.pk)
    return _show_words(request, draft, form)


def _show_words(request: HttpRequest, draft: Draft, form: WordsForm) -> HttpResponse:
    photos = list(draft.photos.all())
    room = settings.PHOTOS_PER_REPORT - len(photos)
    context = {"form": form, "problem": problem_of(draft), "photos": photos, "room": room}
    return render(request, "requests/report_words.html", page(draft, "report_words", homes_of(draft.tenant)) | context)


def _choose(
    request: HttpRequest, draft: Draft, name: str, field: object, groups: list[tuple[str, list[Card]]]
) -> HttpResponse:
    context = page(draft, name, homes_of(draft.tenant)) | {"field": field, "groups": groups}
    return render(request, "requests/report_choice.html", context)
