"""The way through a report: which pages this draft has, which one comes next, and which answer is still missing.

A page is there only when it has something to ask. From the first problem to the last it ends in an answer:
a request, a neighbour's case, a telephone number, or what the tenant can do.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone

from dwellings.models import CommunalArea, Dwelling

from .. import services
from ..front_door import catalogues, known
from ..intake import catalogue, offered, payer
from ..intake.details import asks_details
from ..models import Draft

__all__ = ["PAGES", "STEPS", "Way"]

# Every page in its order, and the step of four that the tenant sees.
STEPS = {
    "report_home": 1,
    "report_place": 1,
    "report_area": 1,
    "report_thing": 2,
    "report_problem": 2,
    "report_details": 3,
    "report_known": 3,
    "report_help": 3,
    "report_costs": 3,
    "report_words": 3,
    "report_check": 4,
}
PAGES = tuple(STEPS)
FEW = 6  # problems that fit on one page, so that nobody is asked for the thing first


class Way:
    """The pages of one draft as it is now. Reads what it needs once, when it is asked."""

    def __init__(self, draft: Draft, *, at: datetime) -> None:
        self.draft, self.at = draft, at

    @cached_property
    def tree(self) -> catalogue.Tree:
        return catalogues.tree_of(self.draft)

    @cached_property
    def homes(self) -> list[Dwelling]:
        return list(Dwelling.objects.of(self.draft.tenant, on=timezone.localdate(self.at)))

    @cached_property
    def areas(self) -> list[CommunalArea]:
        """What the tenant shares with neighbours."""
        if self.draft.dwelling is None:
            return []
        return list(CommunalArea.objects.filter(complex=self.draft.dwelling.complex_id).order_by("name"))

    @cached_property
    def problem(self) -> catalogue.Problem | None:
        """What was chosen, if it can be reported here."""
        chosen = self.tree.find(self.draft.problem)
        return None if chosen is None or chosen.phone_only else chosen

    @cached_property
    def problems(self) -> list[catalogue.Problem]:
        """What there is to choose from at the place, and of the thing when there are many."""
        if not self.has_things:
            return self.tree.problems(self.draft.place)
        thing = self.draft.thing or (self.problem.thing.key if self.problem else "")
        return self.tree.problems(self.draft.place, thing) if thing else []

    @cached_property
    def has_things(self) -> bool:
        place = self.draft.place
        return len(self.tree.problems(place)) > FEW and len(self.tree.things(place)) > 1

    @cached_property
    def known(self) -> known.Known:
        """What others reported already, and outages."""
        if self.draft.dwelling is None or self.problem is None:
            return known.Known()
        return known.known_to(self.draft.dwelling, self.problem, area=self.draft.communal_area, at=self.at)

    @cached_property
    def decision(self) -> payer.Decision | None:
        """Who pays; what the tenancy is covered for is looked up only where it matters."""
        if self.problem is None:
            return None
        uncovered = payer.decide(
            self.problem,
            cause=self.draft.cause_code,
            reachable=self.draft.reachable,
            own_property=bool(self.draft.own_property),
        )
        if uncovered.free or not self.problem.cover:
            return uncovered
        try:
            return services.intake_of(self.draft, at=self.at).decision(at=self.at)
        except (services.NotYourHome, services.DraftIncomplete):
            return uncovered

    @property
    def costs_something(self) -> bool:
        return self.draft.joins_id is None and self.decision is not None and not self.decision.free

    def has(self, page: str) -> bool:
        """Whether this page has something to ask."""
        problem = self.problem
        match page:
            case "report_home":
                return self.draft.dwelling is None or len(self.homes) > 1
            case "report_area":
                place = self.tree.place(self.draft.place)
                return self.draft.communal_area is None and place is not None and place.communal
            case "report_thing":
                return self.has_things
            case "report_problem":
                return len(self.problems) > 1
            case "report_details":
                return problem is not None and asks_details(problem)
            case "report_known":
                return bool(self.known)
            case "report_help":
                return problem is not None and problem.guide is not None and self.draft.joins_id is None
            case "report_costs":
                return self.costs_something
        return True

    def lacks(self, page: str) -> bool:
        """Whether the way stops at this page until it is answered."""
        draft = self.draft
        match page:
            case "report_home":
                return draft.dwelling is None
            case "report_place":
                return self.tree.place(draft.place) is None
            case "report_area":
                return self.has(page)
            case "report_thing":
                return self.problem is None and self.has_things and not self.problems
            case "report_problem":
                return self.problem is None
            case "report_details":
                return self.has(page) and not draft.details_given
            case "report_costs":
                return not draft.payer_answer and self.has(page)
            case "report_words":
                return not draft.text
        return False

    def missing_before(self, page: str) -> str:
        """The first page before this one that is still to be answered; nothing when there is none."""
        before = PAGES[: PAGES.index(page)]
        return next((earlier for earlier in before if self.lacks(earlier)), "")

    def after(self, page: str) -> str:
        """Where an answer on this page leads: to the next page, or when all was told already, to what is new."""
        later = PAGES[PAGES.index(page) + 1 :]
        if not self.draft.text:
            return next(name for name in later if self.has(name))
        news = (name for name in later if self.lacks(name) or (name == "report_known" and self._is_new()))
        return next(news, "report_check")

    def before(self, page: str) -> str:
        """The page that one came from, for "back"; nothing on the first."""
        earlier = reversed(PAGES[: PAGES.index(page)])
        return next((name for name in earlier if self._was_shown(name)), "")

    def _was_shown(self, page: str) -> bool:
        return self.draft.known_seen if page == "report_known" else self.has(page)

    def _is_new(self) -> bool:
        return not self.draft.known_seen and self.has("report_known")

    def url(self, page: str) -> str:
        return reverse(f"requests:{page}", args=[self.draft.pk])

    def areas_of_the_place(self) -> list[CommunalArea]:
        return offered.areas_at(self.tree.place(self.draft.place), self.tree, self.areas)
