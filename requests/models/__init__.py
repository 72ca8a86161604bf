"""The rows of a service request. Constraints here are the promises of the product."""

from ..intake.payer import Payer
from .alarm import Alarm
from .attachment import Attachment
from .catalogue import (
    SHEET_MODELS,
    CatalogueGuide,
    CataloguePlace,
    CatalogueProblem,
    CatalogueQuestion,
    CatalogueStep,
    CatalogueThing,
    CatalogueUpload,
    CatalogueVersion,
    SearchSynonym,
    SheetRow,
)
from .draft import Draft, Ended, PayerAnswer
from .history import PromiseMove, ReportMove, StatusChange
from .intake import Emergency, Objection, OutageFollower, SelfHelp
from .kinds import Category, Kind, Repeat, Source
from .message import Message
from .norms import ClosingDay, HolidayRule, Norm, OpeningHours
from .recovery import DigestDay, Gesture, Recovery
from .report import Report
from .satisfaction import Survey, Verdict
from .search import SearchWord
from .service_request import ServiceRequest
from .visit import Visit

__all__ = [
    "SHEET_MODELS",
    "Alarm",
    "Attachment",
    "CatalogueGuide",
    "CataloguePlace",
    "CatalogueProblem",
    "CatalogueQuestion",
    "CatalogueStep",
    "CatalogueThing",
    "CatalogueUpload",
    "CatalogueVersion",
    "Category",
    "ClosingDay",
    "DigestDay",
    "Draft",
    "Emergency",
    "Ended",
    "Gesture",
    "HolidayRule",
    "Kind",
    "Message",
    "Norm",
    "Objection",
    "OpeningHours",
    "OutageFollower",
    "Payer",
    "PayerAnswer",
    "PromiseMove",
    "Recovery",
    "Repeat",
    "Report",
    "ReportMove",
    "SearchSynonym",
    "SearchWord",
    "SelfHelp",
    "ServiceRequest",
    "SheetRow",
    "Source",
    "StatusChange",
    "Survey",
    "Verdict",
    "Visit",
]
