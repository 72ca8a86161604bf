"""Two years of requests: who reports what, when and through which door, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from dwellings.models import CommunalArea, Complex, Dwelling
from requests.intake.catalogue import Problem
from requests.models import Source
from tenants.models import Tenant

from . import chances, clockwork
from .case import Case
from .crew import Crew
from .opinions import Voice
from .people import Household
from .places import Place
from .plot import Plot, Scene, play
from .speech import Theme, draw

YEARS = 2
SPEAKS_FIRST = 0.75  # the first tenant of a household reports, and not the co-tenant
NEIGHBOURS = {"lift_stuck": 2.0, "entrance_door_broken": 0.7, "stairwell_dark": 0.4}  # others who report it too
AREAS = {  # where in a building (VERA location) a problem at a place of the catalogue can be
    "entrance": ("ENT", "POR"),
    "stairwell": ("POR", "GAL"),
    "lift": ("LIF",),
    "shared_spaces": ("BER", "FIE", "SCO"),
}
AT_HOUSES_ONLY = frozenset({"fence_broken", "outside_other"})


@dataclass
class History:
    """Writes the requests of whole complexes, up to `at`.

    `covers` is what a tenancy pays for every month, by its id().
    """

    crew: Crew
    at: datetime
    rng: Random
    covers: Mapping[int, Collection[str]]

    def __post_init__(self) -> None:
        last = timezone.localtime(self.at).date()
        first = last - timedelta(days=365 * YEARS)
        self._calendar = chances.Calendar(first, last, chances.storm_days(first, last, self.rng))

    def cases(self, place: Place, households: list[Household], *, tick: Callable[[], None]) -> Iterator[Case]:
        """Every request of these households; `tick` is called once per home."""
        by_home: dict[int, list[Household]] = defaultdict(list)
        for household in households:
            by_home[id(household.dwelling)].append(household)
        for residents in by_home.values():
            yield from self._of_home(residents, place, households)
            tick()

    def _of_home(self, residents: list[Household], place: Place, around: list[Household]) -> Iterator[Case]:
        for _ in range(chances.poisson(chances.yearly_rate(self.rng) * YEARS, self.rng)):
            day = self._calendar.day(self.rng)
            living = [household for household in residents if household.lives_there(day)]
            case = self._case(living[0], place, around, day) if living else None
            if case is not None:
                yield case

    def _case(self, household: Household, place: Place, around: list[Household], day: date) -> Case | None:
        """Something breaks in this home on this day; None when that is later than `at`."""
        category, theme, problem, spot = self._what(household.dwelling, place, day)
        voices = self._voices(household, theme, around, day)
        source = self._source(voices[0].tenancy.tenant, problem)
        received = clockwork.local(day, *chances.minute_of_day(source, self.rng))
        received += timedelta(seconds=self.rng.randrange(60))
        if received > self.at:
            return None
        by = None if source == Source.PORTAL else self.crew.contact(self.rng)
        first = voices[0]
        covers = self.covers.get(id(first.tenancy), ())
        case = Case.receive(problem, spot, first.tenancy, first.text, at=received, source=source, by=by, covers=covers)
        scene = Scene(problem, theme, place.care, category.mean_visits, self.crew, voices)
        play(case, Plot(case, scene, self.rng).write(), until=self.at)
        return case

    def _what(
        self, dwelling: Dwelling, place: Place, day: date
    ) -> tuple[chances.Category, Theme, Problem, Dwelling | CommunalArea]:
        """What is wrong, and where; drawn again as long as this complex has no such place."""
        while True:
            category = self._calendar.category(day, self.rng)
            theme, problem = draw(category.name, chances.season(day), self.rng)
            spot = self._spot(problem, dwelling, place)
            if spot is not None:
                return category, theme, problem, spot

    def _spot(self, problem: Problem, dwelling: Dwelling, place: Place) -> Dwelling | CommunalArea | None:
        if problem.communal:
            codes = AREAS[problem.place.key]
            areas = [area for area in place.communal_areas if area.location_code in codes]
            return self.rng.choice(areas) if areas else None
        if problem.key in AT_HOUSES_ONLY and place.complex.kind != Complex.Kind.HOUSES:
            return None
        return dwelling

    def _voices(self, household: Household, theme: Theme, around: list[Household], day: date) -> tuple[Voice, ...]:
        others = sum(chances.poisson(NEIGHBOURS.get(key, 0), self.rng) for key in theme.problems)
        near = [other for other in around if other is not household and other.lives_there(day)] if others else []
        chosen = [household, *self.rng.sample(near, min(others, len(near)))]
        return tuple(self._voice(each, theme) for each in chosen)

    def _voice(self, household: Household, theme: Theme) -> Voice:
        first = self.rng.random() < SPEAKS_FIRST
        tenancy = household.tenancies[0 if first else -1]
        return Voice(tenancy, theme.words(tenancy.tenant.language, self.rng), household.strictness)

    def _source(self, tenant: Tenant, problem: Problem) -> str:
        """What is dangerous is told by telephone; who has no address cannot write an e-mail."""
        source = chances.channel(has_account=tenant.user is not None, rng=self.rng)
        if problem.phone_only:
            return Source.PHONE
        if not tenant.email and source in (Source.EMAIL, Source.WHATSAPP):
            return Source.PHONE if tenant.phone else Source.LETTER
        return source
