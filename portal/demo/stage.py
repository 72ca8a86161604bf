"""What the stories of today need: people who are not in another story, moments, photos."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random

from django.utils import timezone

from dwellings.models import CommunalArea, Tenancy
from requests import photos
from requests.intake import catalogue
from requests.models import Attachment, Source
from requests.models.attachment import photo_path, thumbnail_path
from requests.promises import promise
from requests.services import Said
from requests.workflow import SCHEDULE, Actor, Move
from tenants.models import User

from . import clockwork, speech
from .case import Case
from .clockwork import Window
from .crew import Crew
from .people import Household
from .pictures import PICTURES
from .places import Place

LIVED_THERE = timedelta(days=220)  # long enough for every story


@dataclass
class Stage:
    """Opens cases and moves them, always by the rules; `at` is today."""

    crew: Crew
    at: datetime
    rng: Random
    places: list[Place]
    households: dict[str, list[Household]]  # by complex
    files: dict[str, bytes] = field(default_factory=dict)
    earlier: list[Case] = field(default_factory=list)  # over by now, but what goes on today came of it

    def __post_init__(self) -> None:
        self.planner: User = self.crew.who("planner")[0]  # the one of the demo: the queue has work for them
        self._taken: set[int] = set()

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """On a working day before today."""
        return clockwork.working_days_before(self.at, days, hour, minute)

    def received_so_that_fix_by(self, urgency: str, latest: datetime) -> datetime:
        """The last moment at which something came in that was to be fixed by `latest`."""
        days = 1
        while promise(urgency, at=self.ago(days, 9, 40)).fix_by > latest:
            days += 1
        return self.ago(days, 9, 40)

    def visit_after(self, at: datetime) -> Window:
        return clockwork.window_near(at, after=at, until=None)

    def household(self, complex_name: str | None = None) -> Household:
        """Somebody with an account, if there is one, who was in no story yet; of that complex, if it has one left."""
        since = timezone.localtime(self.at - LIVED_THERE).date()
        free = [
            (name == complex_name, household.tenancies[0].tenant.user is not None, household)
            for name, households in self.households.items()
            for household in households
            if household.until is None and household.since < since and id(household) not in self._taken
        ]
        best = max(fitness for *fitness, _ in free)
        chosen = self.rng.choice([household for *fitness, household in free if fitness == best])
        self._taken.add(id(chosen))
        return chosen

    def open(
        self,
        problem: str,
        *,
        at: datetime,
        text: str = "",
        source: str = Source.PORTAL,
        tenancy: Tenancy | None = None,
        area: CommunalArea | None = None,
        objection: str = "",
    ) -> Case:
        """Somebody reports this; in a complex that has such a place when it is about a shared part."""
        found = catalogue.shipped().get(problem)
        if found.communal and area is None:
            area = self._area(found.location_code)
        tenancy = tenancy or self.household(area.complex.name if area else None).tenancies[0]
        words = text or speech.about(problem).words(tenancy.tenant.language, self.rng)
        if tenancy.tenant.user is None:
            source = Source.PHONE
        by = None if source == Source.PORTAL else self.crew.contact(self.rng)
        place = area or tenancy.dwelling
        return Case.receive(found, place, tenancy, words, at=at, source=source, by=by, objection=objection)

    def lift_of(self, complex_name: str) -> CommunalArea:
        place = next(place for place in self.places if place.complex.name == complex_name)
        return next(area for area in place.communal_areas if area.location_code == "LIF")

    def _area(self, location_code: str) -> CommunalArea:
        areas = [area for place in self.places for area in place.communal_areas if len(place.homes) > 3]
        return next((area for area in areas if area.location_code == location_code), areas[0])

    def staff(self, case: Case, move: Move, at: datetime, **said: object) -> None:
        case.move(move, actor=Actor.STAFF, by=self.planner, at=at, said=Said(**said))  # type: ignore[arg-type]  # names of Said's own fields

    def schedule(self, case: Case, at: datetime, window: Window, *, note: str = "", visit: str = "") -> None:
        """Plan a visit; the move of the same name."""
        who, _ = speech.craftsman(case.row.trade, self.rng)
        self.staff(case, SCHEDULE, at, window=window, craftsman=who, note=note, visit=visit)

    def photo(self, case: Case, picture: str) -> None:
        """The first reporter sends a photo along."""
        photo, thumbnail = _developed(picture)
        attachment = Attachment(
            id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            report=case.reports[0],
            width=photo.width,
            height=photo.height,
            bytes=len(photo.bytes),
            sha256=photo.sha256,
            at=case.row.received_at,
        )
        attachment.image.name = photo_path(attachment, "")
        attachment.thumbnail.name = thumbnail_path(attachment, "")
        self.files[attachment.image.name] = photo.bytes
        self.files[attachment.thumbnail.name] = thumbnail
        case.photos.append(attachment)


@cache
def _developed(picture: str) -> tuple[photos.Photo, bytes]:
    """A drawing as it is kept when a tenant sends it, and its thumbnail."""
    photo = photos.reencode(io.BytesIO(PICTURES[picture]()))
    return photo, photos.thumbnail(photo.bytes)
