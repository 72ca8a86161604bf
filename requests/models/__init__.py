"""The rows of a service request. Constraints here are the promises of the product."""

from .attachment import Attachment
from .draft import Draft
from .history import PromiseMove, StatusChange
from .message import Message
from .report import Report
from .satisfaction import Survey, Verdict
from .service_request import Category, Kind, Payer, ServiceRequest, Source
from .visit import Visit

__all__ = [
    "Attachment",
    "Category",
    "Draft",
    "Kind",
    "Message",
    "Payer",
    "PromiseMove",
    "Report",
    "ServiceRequest",
    "Source",
    "StatusChange",
    "Survey",
    "Verdict",
    "Visit",
]
