"""What households pay for every month beside the rent, and what is out of order today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from dwellings.models import Outage, ServiceCover, Tenancy

from . import clockwork
from .crew import Crew
from .places import WITH_GARAGE, Place

SHARES = {ServiceCover.Kind.PLAN: 0.6, ServiceCover.Kind.GLASS: 0.4, ServiceCover.Kind.DRAIN: 0.5}
OF_THE_DEMO = (ServiceCover.Kind.PLAN, ServiceCover.Kind.DRAIN)  # the tenant of the demo has no glass fund


def covers(tenancies: Iterable[Tenancy], rng: Random) -> list[ServiceCover]:
    """For who rents a home today; a partner is covered by the same contract."""
    primary = [one for one in tenancies if one.role == Tenancy.Role.PRIMARY and one.period.upper is None]
    return [
        ServiceCover(tenancy=tenancy, kind=kind, period=tenancy.period)
        for tenancy in primary
        for kind, share in SHARES.items()
        if rng.random() < share
    ]


def of_the_demo(home: Tenancy) -> list[ServiceCover]:
    return [ServiceCover(tenancy=home, kind=kind, period=home.period) for kind in OF_THE_DEMO]


def outages(places: list[Place], crew: Crew, *, at: datetime) -> list[Outage]:
    """The lift stands still where the tenant of the demo lives, and elsewhere the water is off next week."""
    lift = next(place for place in places if place.complex.name == WITH_GARAGE)
    water = next(place for place in places if place.complex.kind == "low_rise")
    planner = crew.who("planner")[0]
    since = clockwork.working_days_before(at, 1, 15, 10)
    announced = clockwork.working_days_before(at + timedelta(days=9), 1, 9, 0)
    return [
        Outage(
            what=Outage.What.LIFT,
            complex=lift.complex,
            words="Een onderdeel van de deur is besteld. De liftmonteur zet het er meteen in.",
            starts_at=since,
            until=clockwork.working_days_before(at + timedelta(days=4), 1, 17, 0),
            made_by=planner,
            made_at=since + timedelta(minutes=12),
        ),
        Outage(
            what=Outage.What.WATER,
            planned=True,
            complex=water.complex,
            words="Wij vernieuwen de hoofdkraan. Vul op tijd een paar flessen.",
            starts_at=announced,
            until=announced + timedelta(hours=3),
            made_by=planner,
            made_at=since,
        ),
    ]
