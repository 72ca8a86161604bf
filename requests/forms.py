"""What tenants fill in. A form cleans; a service writes."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dwellings.models import CommunalArea, Dwelling

from .intake import catalogue, communal
from .models import Verdict

__all__ = ["HomeForm", "MarkForm", "MessageForm", "PlaceForm", "ProblemForm", "VerdictForm", "WordsForm"]

MOST_CHARACTERS = 2000
# Nobody cooks or showers in a storage room or on a parking place.
PLACES_WITHOUT_ROOMS = ("hall", "power_water_gas", "outside")


class Words(forms.CharField):
    """Somebody's own words: at most 2,000 characters, where a new line counts as one."""

    widget = forms.Textarea
    sometimes_required = False  # then the label does not say that it may be left empty

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {
            "rows": rows,
            "data-counter": MOST_CHARACTERS,
            "data-left": _("{n} characters left"),
            "data-over": _("{n} characters too many"),
        }

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\x00", "").strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        if (over := len(value) - MOST_CHARACTERS) > 0:
            raise forms.ValidationError(
                ngettext(
                    "Your text is %(n)d character too long. Make it shorter: there is room for 2,000.",
                    "Your text is %(n)d characters too long. Make it shorter: there is room for 2,000.",
                    over,
                ),
                code="too_long",
                params={"n": over},
            )


class HomeForm(forms.Form):
    """Which of the tenant's homes; somebody else's is not a choice."""

    home = forms.ChoiceField(
        label=_("For which home or place?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the home or place that this is about."),
            "invalid_choice": _("You do not rent this home. Choose one of your own."),
        },
    )

    def __init__(self, *args: Any, homes: Sequence[Dwelling], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = {str(home.pk): home for home in homes}
        self.fields["home"].choices = [(key, home.address) for key, home in self.homes.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Dwelling:
        return self.homes[self.cleaned_data["home"]]


class PlaceForm(forms.Form):
    """Where in the home, or which shared part of the building."""

    place = forms.ChoiceField(
        label=_("Where is it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose where it is."),
            "invalid_choice": _("This place does not belong to your home. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, kind: str, areas: Sequence[CommunalArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {f"area-{area.pk}": area for area in areas}
        self.at_home = [
            (place.key, place.label)
            for place in catalogue.places(communal=False)
            if kind == Dwelling.Kind.HOME or place.key in PLACES_WITHOUT_ROOMS
        ]
        self.in_building = _told_apart(self.areas)
        self.fields["place"].choices = [*self.at_home, *self.in_building]  # type: ignore[attr-defined]

    @property
    def answers(self) -> dict[str, object]:
        """The fields of a draft that follow from the choice; another place forgets the problem."""
        key = self.cleaned_data["place"]
        area = self.areas.get(key)
        place = communal.place_of(area.location_code).key if area else key
        return {"place": place, "communal_area": area}


def _told_apart(areas: Mapping[str, CommunalArea]) -> list[tuple[str, str]]:
    """Each area by its name; the corporation's own name beside it where two would read the same."""
    names = {key: communal.name_of(area) for key, area in areas.items()}
    often = Counter(names.values())
    return [
        (key, name if often[name] == 1 else f"{name} ({area.name})")
        for (key, name), area in zip(names.items(), areas.values(), strict=True)
    ]


class ProblemForm(forms.Form):
    """What is wrong there."""

    problem = forms.ChoiceField(
        label=_("What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is wrong. Is it not in the list? Choose the last one."),
            "invalid_choice": _("This does not belong to the place you chose. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(problem.key, problem.label) for problem in catalogue.problems(place)]
        self.fields["problem"].choices = choices  # type: ignore[attr-defined]


class ManyPhotos(forms.ClearableFileInput):
    allow_multiple_selected = True


class Photos(forms.FileField):
    """Any number of files; what they are is for `photos` to find out."""

    widget = ManyPhotos

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:  # type: ignore[override]
        return [file for file in data or [] if file]


class WordsForm(forms.Form):
    """The tenant's own words, and photos."""

    text = Words(
        label=_("In your own words"),
        help_text=_("What do you see or hear, and since when? Please do not write anything about your health."),
        error_messages={"required": _("Write what is wrong. One sentence is enough.")},
    )
    photos = Photos(
        label=_("Photos"),
        required=False,
        help_text=_("At most 5 photos of at most 10 MB each. A photo helps the craftsman bring the right parts."),
    )


class MessageForm(forms.Form):
    """A message to staff. `key` is the form's own: however often it is sent, it counts once."""

    body = Words(
        label=_("Your message"),
        rows=3,
        error_messages={"required": _("Write your message first.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class VerdictForm(forms.Form):
    """Is it solved? "No" needs words."""

    round = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=Verdict.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    words = Words(
        label=_("What is not right yet?"),
        rows=4,
        required=False,
        help_text=_("Only if it is not solved. Then your words help us to do it right this time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].sometimes_required = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == Verdict.Answer.NOT_SOLVED and not cleaned.get("words", "x"):
            self.add_error("words", _("Write what is not right yet. Then we know what to do."))
        return cleaned


class MarkForm(forms.Form):
    """The mark, 1 to 10, and why."""

    mark = forms.TypedChoiceField(
        label=_("Which mark do you give for the way we handled this?"),
        choices=[(mark, mark) for mark in range(1, 11)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a mark from 1 to 10.")},
    )
    reason = Words(label=_("Why do you give this mark?"), rows=3, required=False)
