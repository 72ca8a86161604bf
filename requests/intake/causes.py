"""How it happened, in the tenant's words: the VERA causes (DEFECTOORZAAK) that a problem may ask about."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import vera
from .catalogue import Problem

__all__ = ["choices", "in_words"]

ORDINARY = ""  # ordinary use, or the tenant does not know
IN_WORDS = {
    "BEW": gettext_lazy("By accident or by mistake: me, somebody in my home or a visitor"),
    "BRA": gettext_lazy("Fire"),
    "OUD": gettext_lazy("It is old"),
    "SLT": gettext_lazy("It is worn"),
    "SOP": gettext_lazy("It was not installed well"),
    "STO": gettext_lazy("Storm or other weather"),
    "VAN": gettext_lazy("Burglary or vandalism"),
    "VGE": gettext_lazy("The corporation asked for it"),
    "WAT": gettext_lazy("Water: a leak or a flood"),
}


def in_words(cause: str) -> str:
    """What a tenant reads; the name in the list for a code that is not in use any more."""
    if cause == ORDINARY:
        return _("Ordinary use, or I do not know")
    return str(IN_WORDS.get(cause) or vera.name(vera.CAUSE, cause))


def choices(problem: Problem) -> list[tuple[str, str]]:
    """What to choose from; nothing when the problem does not ask. Ordinary use comes first."""
    if not problem.causes:
        return []
    return [(cause, in_words(cause)) for cause in (ORDINARY, *problem.causes)]
