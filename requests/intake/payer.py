"""Who pays, said beforehand, with the reason and where it is written.

The law: article 7:206 BW (the landlord repairs, but for small repairs and what the tenant is liable for),
7:217 and 7:240 BW, and the Besluit kleine herstellingen (Stb. 2003, 168), whose list goes by letter. In two
kinds of letters the tenant's duty ends where somebody cannot reach it. The corporation may be more generous:
that is what `paid_by` in the catalogue says. What it never does here is refuse: a tenant may always disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .catalogue import Problem

__all__ = [
    "BY_THE_TENANT", "REASONS", "SOURCES", "Decision", "Payer", "asks_own_property", "asks_reach", "decide",
    "reason_of", "source_of",
]  # fmt: skip


class Payer(TextChoices):
    CORPORATION = "corporation", _("the corporation")
    PLAN = "plan", _("the service plan")
    TENANT = "tenant", _("the tenant")
    SERVICE_COSTS = "service_costs", _("the service costs")
    OTHER = "other", _("somebody else")


BY_THE_TENANT = "BEW"  # DEFECTOORZAAK: bewonersgedrag
OFTEN_OWN = frozenset({"cupboard", "tiles", "fence", "blinds", "shed"})  # things that tenants put in themselves
IF_REACHABLE = frozenset("mnoqsu")  # the tenant's job only where it can be reached without special means

LAW = {
    "a": _("Painting and wallpapering inside is a small repair."),
    "b": _("Filling holes and small cracks inside is a small repair."),
    "c": _("Fastening loose parts inside, such as a rail, knob or socket, is a small repair."),
    "d": _("Replacing small parts inside, such as a tap washer, lock, key or shower hose, is a small repair."),
    "e": _("Keeping hinges, locks and taps running smoothly is a small repair."),
    "f": _("Keeping taps from freezing is for the tenant."),
    "g": _("Replacing lamps is for the tenant."),
    "h": _("Replacing a broken pane or mirror is a small repair if it costs little."),
    "i": _("Bleeding and topping up the heating, and cleaning filters and grilles, is a small repair."),
    "j": _("Putting up draught strips is a small repair."),
    "k": _("Small parts outside, such as a letter box or lamp, are for the tenant."),
    "l": _("Keeping up your own garden, path and fence is for the tenant."),
    "m": _("Sweeping a chimney or duct that you can reach is for the tenant."),
    "n": _("Keeping a drain that you can reach clean and unblocked is for the tenant."),
    "o": _("Keeping a refuse chute or bin room that you can reach clean is for the tenants."),
    "p": _("Cleaning the home and the shared rooms is for the tenants."),
    "q": _("Washing windows and frames that you can reach is for the tenant."),
    "r": _("Getting rid of pests is for the tenant if it costs little and the building did not cause it."),
    "s": _("Cleaning a gutter that you can reach is for the tenant."),
    "t": _("Clearing away litter is for the tenant."),
    "u": _("Removing graffiti that you can reach is for the tenant if it costs little."),
    "v": _("Emptying a cesspit or septic tank is for the tenant."),
}
BW_206, BW_217 = _("Article 7:206 of the Dutch Civil Code"), _("Article 7:217 of the Dutch Civil Code")
SMALL_REPAIRS = _("Small repairs decree (Besluit kleine herstellingen), letter %(letter)s")

REASONS: Mapping[str, str | Promise] = {
    "corporation": _("We keep the home in good repair. You pay nothing."),
    "emergency": _("There is danger, so first we come. Costs do not matter now."),
    "not_reachable": _("You cannot reach it safely, so we do it. You pay nothing."),
    "damage": _("Damage by you, somebody in your home or a visitor is for the tenant, even if it was an accident."),
    "own_property": _("You, or the tenant before you, put this in. You look after what is your own."),
    "cover_plan": _("You have our service plan. That pays for this small repair."),
    "cover_glass": _("You pay into the glass fund. That pays for a broken pane."),
    "cover_drain": _("You pay into the drain fund. That pays for unblocking."),
    "service_costs": _("This is paid from the service costs that all tenants of the building pay."),
    "third_party": _("This belongs to somebody else, such as the municipality or the grid company."),
    "objection": _("You did not agree that you pay, and you were right. You pay nothing."),
} | {f"law_{letter}": text for letter, text in LAW.items()}

SOURCES: Mapping[str, str | Promise] = {
    "corporation": BW_206,
    "emergency": BW_206,
    "not_reachable": BW_206,
    "damage": _("Article 7:218 of the Dutch Civil Code"),
    "own_property": _("Article 7:216 of the Dutch Civil Code, and your own alterations (ZAV)"),
    "cover_plan": _("Your service plan"),
    "cover_glass": _("The glass fund"),
    "cover_drain": _("The drain fund"),
    "service_costs": _("Article 7:237 of the Dutch Civil Code"),
    "third_party": _("It is not the corporation's property"),
    "objection": _("Our answer to your objection"),
}


def reason_of(rule: str) -> str:
    """One sentence; empty for a rule that is no longer used."""
    return str(REASONS.get(rule, ""))


def source_of(rule: str) -> str:
    """Where it is written; empty for a rule that is no longer used."""
    if rule.startswith("law_"):
        return str(SMALL_REPAIRS) % {"letter": rule.removeprefix("law_")}
    return str(SOURCES.get(rule, ""))


@dataclass(frozen=True)
class Decision:
    """Who pays and by which rule; `price` in whole euros when the corporation offers to do the tenant's job."""

    payer: Payer
    rule: str
    price: int | None = None

    @property
    def reason(self) -> str:
        return reason_of(self.rule)

    @property
    def source(self) -> str:
        return source_of(self.rule)

    @property
    def free(self) -> bool:
        """Whether the tenant need not be asked anything about money."""
        return self.payer in (Payer.CORPORATION, Payer.PLAN, Payer.SERVICE_COSTS)


def asks_reach(problem: Problem) -> bool:
    """Whether it matters if the tenant can reach it."""
    return problem.paid_by.startswith("law_") and problem.paid_by[-1] in IF_REACHABLE


def asks_own_property(problem: Problem) -> bool:
    """Whether a tenant may well have put it in. Asked seldom: never when there is a hurry or about what is shared."""
    if problem.communal or problem.urgency not in ("N", "P") or problem.thing.key == "other":
        return False
    ours_or_small = problem.paid_by == "corporation" or problem.paid_by.startswith("law_")
    return ours_or_small and problem.thing.key in OFTEN_OWN


def decide(
    problem: Problem,
    *,
    covers: Collection[str] = (),
    cause: str = "",
    reachable: bool | None = None,
    own_property: bool = False,
) -> Decision:
    """Who pays for this problem. An answer for every problem and every combination of what the tenant says.

    `covers`: what the tenancy pays for every month (plan, glass, drain). `cause`: VERA DEFECTOORZAAK as the tenant
    says, empty for ordinary use. `reachable`: None when nobody asked. `own_property`: the tenant's own alteration.
    """
    if problem.phone_only:
        return Decision(Payer.CORPORATION, "emergency")
    if cause == BY_THE_TENANT:
        return Decision(Payer.TENANT, "damage", problem.price)
    if own_property:
        return Decision(Payer.TENANT, "own_property", problem.price)
    if problem.cover and problem.cover in covers:
        return Decision(Payer.PLAN, f"cover_{problem.cover}")
    if asks_reach(problem) and reachable is False:
        return Decision(Payer.CORPORATION, "not_reachable")
    return _by_the_catalogue(problem, cause)


def _by_the_catalogue(problem: Problem, cause: str) -> Decision:
    if problem.paid_by == "corporation":
        return Decision(Payer.CORPORATION, "corporation")
    if problem.paid_by == "service_costs":
        return Decision(Payer.SERVICE_COSTS, "service_costs")
    if problem.paid_by == "third_party":
        return Decision(Payer.OTHER, "third_party")
    if cause and problem.paid_by != "own_property":
        # Storm, fire, break-in or wear: neither a small repair that was left undone nor the tenant's doing.
        return Decision(Payer.CORPORATION, "corporation")
    return Decision(Payer.TENANT, problem.paid_by, problem.price)
