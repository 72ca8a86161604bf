"""What tenants fill in. A form cleans; a service writes."""

from .answers import MarkForm, MessageForm, VerdictForm
from .telling import CostsForm, DetailsForm, WordsForm
from .where import AreaForm, HomeForm, PlaceForm, ProblemForm, ThingForm

__all__ = [
    "AreaForm",
    "CostsForm",
    "DetailsForm",
    "HomeForm",
    "MarkForm",
    "MessageForm",
    "PlaceForm",
    "ProblemForm",
    "ThingForm",
    "VerdictForm",
    "WordsForm",
]
