"""What a tenant will see with this version, in either language. It is only looked at: no report is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ...front_door import catalogues
from ...intake import causes, payer
from ...intake.catalogue import Place, Problem, Thing, Tree, build
from ...intake.urgency import urgency_of
from ...promises import Urgency, promise
from .page import find, show
from .paying import Sentence, decisions
from .sheet import complaints

__all__ = ["show_preview"]

LANGUAGES = (("nl", "Nederlands"), ("en", "English"))


@dataclass(frozen=True)
class Asked:
    """A question with its answers; `raised` says which one makes it more urgent."""

    label: str
    required: bool
    answers: list[tuple[str, bool]]


@dataclass(frozen=True)
class Soon:
    """A class of urgency and the day that goes with it when it comes in now."""

    label: str
    fix_by: str


@dataclass(frozen=True)
class Leaf:
    """The end of the path, all texts in the language that was chosen."""

    title: str
    hint: str
    phone_only: bool
    soon: Soon
    sooner: Soon | None
    asked: list[Asked]
    guide: str
    steps: list[tuple[int, str, str]]
    paying: list[Sentence]
    shared: str


def show_preview(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """`?place=`, `?thing=` and `?problem=` are the taps; `?language=` is nl or en."""
    version = find(pk)
    language = "en" if request.GET.get("language") == "en" else "nl"
    rows = catalogues.rows_of(pk)[0] if version.is_draft else None  # of what was published the tree is kept
    faults = complaints(rows) if rows else []
    context: dict[str, Any] = {"language": language, "languages": LANGUAGES, "faults": faults}
    if faults:
        nothing: dict[str, Any] = {
            "places": [],
            "place": None,
            "things": [],
            "thing": None,
            "problems": [],
            "leaf": None,
        }
        return show(admin, request, "preview", version, **context, **nothing)
    tree = build(rows.sheets) if rows else catalogues.tree(pk)
    with translation.override(language):
        context |= _path(tree, request)
    return show(admin, request, "preview", version, **context)


def _path(tree: Tree, request: HttpRequest) -> dict[str, Any]:
    problem = tree.find(request.GET.get("problem", ""))
    place = problem.place if problem else tree.place(request.GET.get("place", ""))
    things = tree.things(place) if place else []
    wanted = problem.thing.key if problem else request.GET.get("thing", "")
    thing = next((one for one in things if one.key == wanted), None)
    return {
        "places": [
            (_("In the home"), _cards(tree.places(communal=False))),
            (_("In the building"), _cards(tree.places(communal=True))),
        ],
        "problem_key": problem.key if problem else "",
        "place": _card(place) if place else None,
        "things": _cards(things),
        "thing": _card(thing) if thing else None,
        "problems": [(one.key, one.label) for one in tree.problems(place, thing)] if place and thing else [],
        "leaf": _leaf(problem) if problem else None,
    }


def _cards(those: list[Any]) -> list[tuple[str, str, str]]:
    return [_card(one) for one in those]


def _card(one: Place | Thing) -> tuple[str, str, str]:
    return one.key, one.label, one.icon


def _leaf(problem: Problem) -> Leaf:
    worst = {question.key: question.raises for question in problem.questions if question.raises}
    sooner = urgency_of(problem, answers=worst, extra_hard=False, repeat=False)
    guide = problem.guide
    return Leaf(
        title=problem.title,
        hint=problem.hint,
        phone_only=problem.phone_only,
        soon=_soon(problem.urgency, problem.category),
        sooner=_soon(sooner, problem.category) if sooner != problem.urgency else None,
        asked=_asked(problem),
        guide=guide.label if guide else "",
        steps=[(step.number, step.picture, step.label) for step in guide.steps] if guide else [],
        paying=decisions(problem),
        shared=problem.shared,
    )


def _soon(urgency: str, category: str) -> Soon:
    fix_by = timezone.localtime(promise(urgency, category, at=timezone.now()).fix_by)
    return Soon(str(Urgency(urgency).label), date_format(fix_by, "l j F, H:i"))


def _asked(problem: Problem) -> list[Asked]:
    """In the order of the form: the extra questions, how it happened, whether it can be reached, whose it is."""
    asked = [
        Asked(
            one.label, one.required, [(label, bool(one.raises) and value == one.raises) for value, label in one.choices]
        )
        for one in problem.questions
    ]
    if problem.causes:
        asked.append(Asked(_("How did it happen?"), True, [(label, False) for _key, label in causes.choices(problem)]))
    yes_no = [(_("Yes"), False), (_("No"), False)]
    if payer.asks_reach(problem):
        asked.append(Asked(_("Can you reach it safely?"), True, yes_no))
    if payer.asks_own_property(problem):
        asked.append(Asked(_("Did you put it in yourself?"), True, yes_no))
    return asked
