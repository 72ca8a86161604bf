"""Where it is and what is wrong: a choice per page, or in the tenant's own words."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dwellings.models import Dwelling

from ..forms import AreaForm, HomeForm, PlaceForm, ProblemForm, ThingForm
from ..front_door import catalogues, search
from ..intake import communal, offered
from ..intake.catalogue import Problem, Thing
from ..models import Draft
from .draft import Card, draft_required, filled_in, onwards, page, read_and_send, way_of
from .safety import call_first
from .way import Way

__all__ = ["area", "call", "find", "home", "place", "problem", "thing"]

KIND_ICONS = {Dwelling.Kind.HOME: "home", Dwelling.Kind.STORAGE: "storage", Dwelling.Kind.PARKING: "parking"}
LONGEST_QUERY = 200

Groups = list[tuple[str, list[Card]]]


@read_and_send
@draft_required
def home(request: HttpRequest, draft: Draft) -> HttpResponse:
    way = way_of(draft)
    if not way.homes:
        return redirect("requests:report")  # which says so
    form = HomeForm(filled_in(request), homes=way.homes, initial={"home": str(draft.dwelling_id)})
    if request.method == "POST" and form.is_valid():
        return onwards(draft, "report_home", {"dwelling": form.chosen})
    cards = [
        Card(
            value=str(home.pk),
            label=f"{home.street} {home.house_number}",
            icon=KIND_ICONS[Dwelling.Kind(home.kind)],
            note=home.city,
        )
        for home in way.homes
    ]
    return _choose(request, way, "report_home", form["home"], [("", cards)])


@read_and_send
@draft_required
def place(request: HttpRequest, draft: Draft) -> HttpResponse:
    way = way_of(draft)
    if draft.dwelling is None:
        return redirect(way.url("report_home"))
    chosen = f"area-{draft.communal_area_id}" if draft.communal_area_id else draft.place
    form = PlaceForm(
        filled_in(request), tree=way.tree, kind=draft.dwelling.kind, areas=way.areas, initial={"place": chosen}
    )
    if request.method == "POST" and form.is_valid():
        return _place_chosen(draft, way, form.answers)
    at_home = [Card(value=key, label=name, icon=_icon_of(way, key)) for key, name in form.at_home]
    in_building = [
        Card(value=key, label=name, icon=communal.place_of(form.areas[key].location_code, way.tree).icon)
        for key, name in form.in_building
    ]
    own = _("In or around your home") if draft.dwelling.kind == Dwelling.Kind.HOME else _("At the place you rent")
    groups = [(own, at_home), (_("What you share with your neighbours"), in_building)]
    shown = groups if in_building else [("", at_home)]
    return _choose(request, way, "report_place", form["place"], shown, searches=True)


@read_and_send
@draft_required
def area(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Which of several lifts: asked when the tenant found "the lift" in their own words."""
    way = way_of(draft)
    areas = way.areas_of_the_place()
    if not areas:
        return redirect(way.url("report_place"))
    form = AreaForm(filled_in(request), areas=areas, initial={"area": str(draft.communal_area_id or "")})
    if request.method == "POST" and form.is_valid():
        return onwards(draft, "report_problem" if way.problem else "report_area", {"communal_area": form.chosen})
    icon = _icon_of(way, draft.place)
    cards = [Card(value=key, label=name, icon=icon) for key, name in form.fields["area"].choices]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field
    return _choose(request, way, "report_area", form["area"], [("", cards)])


@read_and_send
@draft_required
def find(request: HttpRequest, draft: Draft) -> HttpResponse:
    """In their own words: what they may mean. Choosing one answers place, thing and problem at once."""
    way = way_of(draft)
    if draft.dwelling is None:
        return redirect(way.url("report_home"))
    if request.method == "POST":
        return _found(draft, way, request.POST.get("problem", ""))
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    if not query:
        return redirect(way.url("report_place"))
    keys = search.find(
        query,
        version=draft.catalogue_id or catalogues.current_version(),
        places=_places_here(way),
        language=get_language() or "nl",
    )
    found = [found for key in keys if (found := way.tree.find(key))]
    context = page(way, "report_place") | {"query": query, "groups": _alike_together(found), "searches": True}
    return render(request, "requests/report_search.html", context | {"back": way.url("report_place")})


@read_and_send
@draft_required
def thing(request: HttpRequest, draft: Draft) -> HttpResponse:
    way = way_of(draft)
    if missing := way.missing_before("report_thing"):
        return redirect(way.url(missing))
    if not way.has_things:
        return redirect(way.url("report_problem"))
    if request.method == "POST" and "problem" in request.POST:
        chosen = ProblemForm(request.POST, problems=way.tree.problems(draft.place))
        if chosen.is_valid():
            return _problem_chosen(draft, way.tree.get(chosen.cleaned_data["problem"]))
    form = ThingForm(filled_in(request), tree=way.tree, place=draft.place, initial={"thing": draft.thing})
    if request.method == "POST" and form.is_valid():
        return _thing_chosen(draft, way, form.cleaned_data["thing"])
    things = [_thing_with_problems(way, thing) for thing in form.things]
    context = page(way, "report_thing") | {"field": form["thing"], "things": things, "problem": draft.problem}
    return render(request, "requests/report_thing.html", context)


def _thing_with_problems(way: Way, thing: Thing) -> tuple[Card, list[Card]]:
    """The thing and what may be wrong with it; one with a single problem is chosen at once."""
    problems = way.tree.problems(way.draft.place, thing)
    single = len(problems) == 1
    note = problems[0].label if single and thing.key != "other" else ""
    card = Card(value=thing.key, label=thing.label, icon=thing.icon, note=note)
    return card, [] if single else [Card(value=one.key, label=one.label) for one in problems]


@read_and_send
@draft_required
def problem(request: HttpRequest, draft: Draft) -> HttpResponse:
    way = way_of(draft)
    if missing := way.missing_before("report_problem"):
        return redirect(way.url(missing))
    if not way.problems:  # the thing is not at this place
        return redirect(way.url("report_thing"))
    form = ProblemForm(filled_in(request), problems=way.problems, initial={"problem": draft.problem})
    if request.method == "POST" and form.is_valid():
        return _problem_chosen(draft, way.tree.get(form.cleaned_data["problem"]))
    cards = [Card(value=choice.key, label=choice.label) for choice in way.problems]
    return _choose(request, way, "report_problem", form["problem"], [("", cards)])


@require_safe
@draft_required
def call(request: HttpRequest, draft: Draft, problem: str) -> HttpResponse:
    """Too dangerous for a form."""
    way = way_of(draft)
    acute = way.tree.find(problem)
    if acute is None or not acute.phone_only:
        return redirect(way.url(way.missing_before("report_check") or "report_problem"))
    back = way.missing_before("report_details") or "report_problem"
    return render(request, "requests/report_call.html", {"draft": draft, "problem": acute, "back": way.url(back)})


def _place_chosen(draft: Draft, way: Way, answers: dict[str, object]) -> HttpResponse:
    """A place with one problem needs no more questions to find it."""
    problems = way.tree.problems(str(answers["place"]))
    if len(problems) == 1 and not problems[0].phone_only:
        only = problems[0]
        return onwards(draft, "report_problem", answers | {"thing": only.thing.key, "problem": only.key})
    return onwards(draft, "report_place", answers)


def _thing_chosen(draft: Draft, way: Way, thing: str) -> HttpResponse:
    """A thing with one problem needs no page of its own."""
    problems = way.tree.problems(draft.place, thing)
    if len(problems) == 1:
        return _problem_chosen(draft, problems[0])
    return onwards(draft, "report_thing", {"thing": thing})


def _problem_chosen(draft: Draft, chosen: Problem) -> HttpResponse:
    if chosen.phone_only:
        return call_first(draft, chosen)
    return onwards(draft, "report_problem", {"thing": chosen.thing.key, "problem": chosen.key})


def _places_here(way: Way) -> list[str]:
    assert way.draft.dwelling is not None
    own = offered.places_of_home(way.tree, way.draft.dwelling.kind)
    return [place.key for place in (*own, *offered.places_in_building(way.tree, way.areas))]


def _found(draft: Draft, way: Way, key: str) -> HttpResponse:
    """Place, thing and problem at once; of what is shared, also which part of the building if there is only one."""
    chosen = way.tree.find(key)
    if chosen is None or chosen.place.key not in _places_here(way):
        return redirect(way.url("report_place"))
    if chosen.phone_only:
        return call_first(draft, chosen)
    areas = offered.areas_at(chosen.place, way.tree, way.areas)
    answers: dict[str, object] = {
        "place": chosen.place.key,
        "communal_area": areas[0] if len(areas) == 1 else None,
        "thing": chosen.thing.key,
        "problem": chosen.key,
    }
    return onwards(draft, "report_place" if len(areas) > 1 else "report_problem", answers)


def _alike_together(found: list[Problem]) -> Groups:
    """The same problem at several places under one heading, where its best one stood; all else as it comes."""
    order = list(dict.fromkeys(problem.label for problem in found))
    groups: Groups = []
    for several, labels in groupby(order, lambda label: sum(problem.label == label for problem in found) > 1):
        if several:
            groups += [(label, _cards(found, label, places=True)) for label in labels]
        else:
            groups.append(("", [card for label in labels for card in _cards(found, label, places=False)]))
    return groups


def _cards(found: list[Problem], label: str, *, places: bool) -> list[Card]:
    return [
        Card(value=one.key, label=one.place.label, icon=one.place.icon)
        if places
        else Card(value=one.key, label=one.label, icon=one.thing.icon, note=one.place.label)
        for one in found
        if one.label == label
    ]


def _icon_of(way: Way, key: str) -> str:
    place = way.tree.place(key)
    return place.icon if place else ""


def _choose(
    request: HttpRequest, way: Way, name: str, field: object, groups: Groups, *, searches: bool = False
) -> HttpResponse:
    context = page(way, name) | {"field": field, "groups": groups, "searches": searches, "query": ""}
    return render(request, "requests/report_choice.html", context)
