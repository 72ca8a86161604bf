"""What tenants fill in. A form cleans; a service writes. `Once` is for the forms of staff, too."""

from .answers import ComplaintForm, MarkForm, MessageForm, VerdictForm
from .once import Once
from .telling import CostsForm, DetailsForm, WordsForm, field_name
from .where import AreaForm, HomeForm, PlaceForm, ProblemForm, ThingForm

__all__ = [
    "AreaForm",
    "ComplaintForm",
    "CostsForm",
    "DetailsForm",
    "HomeForm",
    "MarkForm",
    "MessageForm",
    "Once",
    "PlaceForm",
    "ProblemForm",
    "ThingForm",
    "VerdictForm",
    "WordsForm",
    "field_name",
]
