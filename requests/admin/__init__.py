"""What staff see and do: the queue, and the page of one request."""

from .catalogue import CatalogueVersionAdmin, SynonymAdmin
from .emergencies import EmergencyAdmin, unseen_badge
from .norms import CalendarAdmin, NormAdmin
from .objections import ObjectionAdmin
from .outages import OutageAdmin
from .queue import ServiceRequestAdmin
from .self_help import SelfHelpAdmin

__all__ = [
    "CalendarAdmin",
    "CatalogueVersionAdmin",
    "EmergencyAdmin",
    "NormAdmin",
    "ObjectionAdmin",
    "OutageAdmin",
    "SelfHelpAdmin",
    "ServiceRequestAdmin",
    "SynonymAdmin",
    "unseen_badge",
]
