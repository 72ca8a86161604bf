"""What staff see and do: the queue, and the page of one request."""

from .catalogue import CatalogueVersionAdmin, SynonymAdmin
from .emergencies import EmergencyAdmin
from .letters import LetterAdmin
from .menu import letters_badge, unseen_badge
from .norms import CalendarAdmin, NormAdmin
from .objections import ObjectionAdmin
from .outages import OutageAdmin
from .policy import GestureAdmin
from .queue import ServiceRequestAdmin
from .self_help import SelfHelpAdmin
from .undelivered import UndeliveredAdmin

__all__ = [
    "CalendarAdmin",
    "CatalogueVersionAdmin",
    "EmergencyAdmin",
    "GestureAdmin",
    "LetterAdmin",
    "NormAdmin",
    "ObjectionAdmin",
    "OutageAdmin",
    "SelfHelpAdmin",
    "ServiceRequestAdmin",
    "SynonymAdmin",
    "UndeliveredAdmin",
    "letters_badge",
    "unseen_badge",
]
