"""What must not wait for a form: the dangers that are asked about before anything is typed, and whom to call.

112 is for danger to life; 0800-9009 is the grid companies' number for gas and power (free, day and night).
The steps to take are steps of the catalogue's guides (Z01–Z14).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .catalogue import Problem, Step, Tree

__all__ = ["DANGERS", "GRID", "LIFE", "NAMES", "OTHER", "OURS", "Call", "Danger", "danger", "danger_of", "find"]

LIFE = "112"
GRID = "0800-9009"
OURS = "ours"  # the corporation's own emergency number
OTHER = "other"  # a problem of the catalogue that is for the telephone, and no danger of the table


@dataclass(frozen=True)
class Call:
    """A number to call, and whose it is."""

    number: str
    link: str
    whose: str | Promise


@dataclass(frozen=True)
class Danger:
    """`numbers`: whom to call, the first one first.

    `guides`: those of the catalogue that say what to do now; of a guide that is also about less than danger
    only the steps with these `pictures`.
    """

    key: str
    icon: str
    name: str | Promise
    numbers: tuple[str, ...]
    guides: tuple[str, ...]
    pictures: tuple[str, ...] = ()

    @property
    def calls(self) -> list[Call]:
        return [_call(number) for number in self.numbers]

    @property
    def may_cost_a_life(self) -> bool:
        return LIFE in self.numbers

    def steps(self, tree: Tree) -> list[Step]:
        """What to do now, as the catalogue has it; whoever edits it may have taken a guide or a step out."""
        there = [step for key in self.guides if key in tree.guides for step in tree.guides[key].steps]
        return [step for step in there if not self.pictures or step.picture in self.pictures]


DANGERS = (
    Danger("gas", "flame", _("I smell gas"), (GRID, LIFE, OURS), ("Z01",)),
    Danger(
        "carbon_monoxide", "bell", _("The carbon monoxide alarm goes off"), (LIFE, OURS), ("Z01",),
        ("windows-open", "leave-home", "ambulance"),
    ),
    Danger(
        "fire", "fire", _("Fire, smoke or sparks"), (LIFE, OURS), ("Z13", "Z12"), ("leave-fire", "water-near-power")
    ),
    Danger(
        "water_near_power", "drop", _("Water near power, or a lot of water"), (OURS, LIFE), ("Z02",),
        ("main-tap-close", "water-near-power", "main-switch-off", "bucket", "ask-neighbours"),
    ),
    Danger(
        "sewage", "drain", _("Dirty water comes up from the sewer"), (OURS,), ("Z05",),
        ("no-flush", "ask-neighbours", "phone-outside"),
    ),
    Danger("lift", "lift", _("Somebody is stuck in the lift"), (OURS, LIFE), ("Z14",)),
    Danger(
        "door", "lock", _("My front door cannot be locked"), (OURS,), ("Z09",),
        ("hinge-screws", "keep-plate", "graphite-lock"),
    ),
    Danger(
        "cold", "heating", _("No heating in frost, and somebody cannot cope"), (OURS,), ("Z03",),
        ("plug-in", "gas-works", "thermostat-up", "pressure-gauge", "fill-boiler", "reset-button"),
    ),
)  # fmt: skip
NAMES: tuple[tuple[str, str | Promise], ...] = (
    *((danger.key, danger.name) for danger in DANGERS),
    (OTHER, _("Something else that cannot wait")),
)

# Problems of the shipped catalogue that are for the telephone; of a corporation's own, their guide tells.
_OF_PROBLEM: Mapping[str, str] = {
    "gas_smell": "gas", "gas_pipe_leaks": "gas", "carbon_monoxide": "carbon_monoxide",
    "hall_co_alarm": "carbon_monoxide", "sparking_socket": "fire", "water_pipe_burst": "water_near_power",
    "water_near_power": "water_near_power", "sewage_backing_up": "sewage", "toilet_sewage": "sewage",
    "person_in_lift": "lift", "front_door_not_locking": "door",
}  # fmt: skip
_OF_GUIDE: Mapping[str, str] = {"Z02": "water_near_power", "Z05": "sewage", "Z09": "door", "Z14": "lift"}


def danger(key: str) -> Danger:
    """Raises KeyError for a danger that is not in the table."""
    return {danger.key: danger for danger in DANGERS}[key]


def find(key: str) -> Danger | None:
    return next((danger for danger in DANGERS if danger.key == key), None)


def danger_of(problem: Problem) -> str:
    """Which danger a problem is that must be phoned: a key of the table, or OTHER."""
    by_guide = _OF_GUIDE.get(problem.guide.key, OTHER) if problem.guide else OTHER
    return _OF_PROBLEM.get(problem.key, by_guide)


def _call(number: str) -> Call:
    if number == OURS:
        return Call(settings.EMERGENCY_PHONE, settings.EMERGENCY_PHONE_LINK, settings.CORPORATION_NAME)
    whose = {LIFE: _("when a life is in danger"), GRID: _("the fault line for gas and power, free")}
    return Call(number, f"tel:{number.replace('-', '')}", whose[number])
