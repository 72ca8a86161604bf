"""One tenant on the line: what they can report, what is known about it, and what follows from what was said so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dwellings.models import CommunalArea, Outage, Tenancy
from tenants import preferences
from tenants.models import User

from ... import services
from ...forms import DetailsForm, field_name
from ...front_door import catalogues, known, repeats, search
from ...intake import catalogue, offered, payer
from ...intake.outages import headline
from ...intake.urgency import urgency_of
from ...models import Draft, ServiceRequest, Source
from ...promises import Urgency, promise
from . import aloud
from .forms import TakeDownForm

__all__ = ["Call"]

LONGEST_QUERY = 200


@dataclass(frozen=True)
class Choice:
    """A problem to choose: where and what, how soon and who pays."""

    problem: catalogue.Problem
    label: str
    note: str


class Call:
    """Reads what it needs once, when it is asked. `data` is what the page sent; `judged` when it is to be saved."""

    def __init__(self, tenancy: Tenancy, data: Mapping[str, str], *, at: datetime, judged: bool = False) -> None:
        self.tenancy, self.data, self.at, self.judged = tenancy, dict(data), at, judged
        self.dwelling, self.tenant = tenancy.dwelling, tenancy.tenant

    # --- who it is ----------------------------------------------------------------------------------------------------

    @cached_property
    def open_here(self) -> list[ServiceRequest]:
        """What goes on in this home already, or was reported by it."""
        theirs = Q(dwelling=self.dwelling) | Q(reports__tenancy=self.tenancy)
        return list(ServiceRequest.objects.open().filter(theirs).distinct().order_by("-received_at", "-pk")[:10])

    @cached_property
    def outages_here(self) -> list[tuple[Outage, str | Lazy]]:
        here = Outage.objects.current(at=self.at).at_dwelling(self.dwelling)
        return [(outage, headline(outage)) for outage in here.order_by("starts_at", "pk")]

    @cached_property
    def access(self) -> preferences.Told:
        return preferences.told(self.tenant, at=self.at, on=timezone.localdate(self.at))

    # --- what can be chosen -------------------------------------------------------------------------------------------

    @cached_property
    def version(self) -> int:
        return catalogues.current_version()

    @cached_property
    def tree(self) -> catalogue.Tree:
        return catalogues.tree(self.version)

    @cached_property
    def areas(self) -> list[CommunalArea]:
        return list(CommunalArea.objects.filter(complex=self.dwelling.complex_id).order_by("name"))

    @cached_property
    def places(self) -> list[tuple[str, list[catalogue.Place]]]:
        """The rooms of the home, and what its building shares."""
        own = offered.places_of_home(self.tree, self.dwelling.kind)
        shared = offered.places_in_building(self.tree, self.areas)
        groups = [(_("In or around the home"), own), (_("Shared with neighbours"), shared)]
        return [(name, places) for name, places in groups if places]

    @cached_property
    def place_keys(self) -> list[str]:
        return [place.key for _name, places in self.places for place in places]

    @property
    def place(self) -> str:
        asked = self.data.get("place", "")
        return asked if asked in self.place_keys else ""

    @property
    def words(self) -> str:
        return " ".join(self.data.get("find", "").replace("\x00", "").split())[:LONGEST_QUERY]

    @cached_property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """The problems to choose from: what the words may mean, or all of the place by thing."""
        groups = self._found() if self.words else self._at_the_place() if self.place else []
        shown = {choice.problem.key for _name, choices in groups for choice in choices}
        if self.problem and self.problem.key not in shown:
            return [("", [self._choice(self.problem)]), *groups]
        return groups

    @property
    def nothing_found(self) -> bool:
        return bool(self.words) and not self._found()

    def _found(self) -> list[tuple[str, list[Choice]]]:
        found = [self._choice(self.tree.get(key)) for key in self._keys if self.tree.find(key)]
        return [("", found)] if found else []

    @cached_property
    def _keys(self) -> list[str]:
        within = [self.place] if self.place else self.place_keys
        return search.find(self.words, version=self.version, places=within, language=get_language() or "nl")

    def _at_the_place(self) -> list[tuple[str, list[Choice]]]:
        return [
            (thing.label, [self._choice(one, alone=True) for one in self.tree.problems(self.place, thing)])
            for thing in self.tree.things(self.place)
        ]

    def _choice(self, problem: catalogue.Problem, *, alone: bool = False) -> Choice:
        pays = payer.decide(problem, covers=self.covers).payer
        label = problem.label if alone else f"{problem.place.label} – {problem.label}"
        who_pays = _("pays: %(payer)s") % {"payer": pays.label}
        return Choice(problem, label, f"{Urgency(problem.urgency).label} · {who_pays}")

    # --- what was said ------------------------------------------------------------------------------------------------

    @cached_property
    def problem(self) -> catalogue.Problem | None:
        """What was chosen, if this home has it. Also what a tenant may only phone about: they are on the phone."""
        chosen = self.tree.find(self.data.get("problem", ""))
        return chosen if chosen and chosen.place.key in self.place_keys else None

    @cached_property
    def details(self) -> forms.Form | None:
        """The questions of the problem, as the tenant's own form asks them."""
        if self.problem is None:
            return None
        if self.judged:
            return DetailsForm(self.data, problem=self.problem, draft=Draft())
        form = DetailsForm(problem=self.problem, draft=Draft())
        form.initial.update({name: self.data[name] for name in form.fields if name in self.data})
        return form

    @cached_property
    def said(self) -> dict[str, Any]:
        """What was answered so far."""
        if self.problem is None:
            return {}
        answered = DetailsForm(self.data, problem=self.problem, draft=Draft())
        answered.full_clean()
        return answered.cleaned_data

    @cached_property
    def area(self) -> CommunalArea | None:
        of_the_place = self._areas_of_the_place
        if len(of_the_place) == 1:
            return of_the_place[0]
        return next((area for area in of_the_place if str(area.pk) == self.data.get("area")), None)

    @property
    def asks_where(self) -> bool:
        return len(self._areas_of_the_place) > 1

    @cached_property
    def _areas_of_the_place(self) -> list[CommunalArea]:
        return offered.areas_at(self.problem.place, self.tree, self.areas) if self.problem else []

    @cached_property
    def form(self) -> TakeDownForm:
        return TakeDownForm(
            self.data if self.judged else None,
            initial=dict(self.data),
            areas=self._areas_of_the_place,
            known=self.known,
            decision=self.decision,
        )

    # --- what follows from it -----------------------------------------------------------------------------------------

    @property
    def knows_where(self) -> bool:
        return self.problem is not None and (self.area is not None or not self.problem.communal)

    @cached_property
    def known(self) -> known.Known:
        if self.problem is None or not self.knows_where:
            return known.Known()
        return known.known_to(self.dwelling, self.problem, area=self.area, at=self.at)

    @cached_property
    def covers(self) -> set[str]:
        current = self.tenancy.covers.current(on=timezone.localdate(self.at))
        return set(current.values_list("kind", flat=True))

    @cached_property
    def decision(self) -> payer.Decision | None:
        if self.problem is None:
            return None
        return payer.decide(
            self.problem,
            covers=self.covers,
            cause=self.said.get("cause", ""),
            reachable=_yes_or_no(self.said.get("reachable")),
            own_property=self.said.get("own_property") == "yes",
        )

    @cached_property
    def before(self) -> repeats.Before | None:
        if self.problem is None or not self.knows_where or self.form.joined:
            return None
        return repeats.before(self.dwelling, self.area, self.problem, self.at)

    @property
    def aloud(self) -> aloud.Aloud | None:
        """What to tell the tenant before it is saved."""
        if self.problem is None:
            return None
        case, urgency = self.form.joined, self._urgency
        promised = promise(urgency, self.problem.category, at=self.at)
        return aloud.before_saving(
            tenant=self.tenant,
            urgency=case.urgency if case else urgency,
            answer_by=case.answer_by if case else promised.answer_by,
            fix_by=case.fix_by if case else promised.fix_by,
            since=case.received_at if case else None,
            at=self.at,
        )

    @property
    def _urgency(self) -> str:
        assert self.problem is not None
        hard = bool(self.said.get("extra_hard"))
        return urgency_of(self.problem, answers=self._answers, extra_hard=hard, repeat=self.before is not None)

    @property
    def _answers(self) -> dict[str, str]:
        asked = self.problem.questions if self.problem else ()
        return {question.key: self.said.get(field_name(question), "") for question in asked}

    # --- when it is right ---------------------------------------------------------------------------------------------

    def is_complete(self) -> bool:
        """Judges both forms, so that everything that is wrong is said at once."""
        right = [form.is_valid() for form in (self.details, self.form) if form is not None]
        return self.problem is not None and all(right)

    def intake(self, *, by: User) -> services.Intake:
        """Of a call that was judged; to be taken down only when it is complete."""
        assert self.problem is not None
        said = self.form.cleaned_data
        return services.Intake(
            tenancy=self.tenancy,
            problem=self.problem,
            text=said.get("text", ""),
            area=self.area,
            source=said.get("source", Source.PHONE),
            by=by,
            cause=self.said.get("cause", ""),
            reachable=_yes_or_no(self.said.get("reachable")),
            own_property=self.said.get("own_property") == "yes",
            extra_hard=bool(self.said.get("extra_hard")),
            answers=self._answers,
            objection=self.form.objection,
            agreed_price=self.form.agreed_price,
        )


def _yes_or_no(answer: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(answer or "")
