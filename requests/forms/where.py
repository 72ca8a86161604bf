"""Where it is and what is wrong: one choice per page of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dwellings.models import CommunalArea, Dwelling

from ..intake import catalogue, communal, offered


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
        self.fields["home"].choices = [(key, home.address) for key, home in self.homes.items()]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field

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

    def __init__(
        self, *args: Any, tree: catalogue.Tree, kind: str, areas: Sequence[CommunalArea], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tree = tree
        shared = areas if tree.places(communal=True) else []
        self.areas = {f"area-{area.pk}": area for area in shared}
        self.at_home = [(place.key, place.label) for place in offered.places_of_home(tree, kind)]
        self.in_building = _told_apart(self.areas)
        self.fields["place"].choices = [*self.at_home, *self.in_building]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field

    @property
    def answers(self) -> dict[str, object]:
        """The fields of a draft that follow from the choice; another place forgets the problem."""
        key = self.cleaned_data["place"]
        area = self.areas.get(key)
        place = communal.place_of(area.location_code, self.tree).key if area else key
        return {"place": place, "communal_area": area}


class AreaForm(forms.Form):
    """Which of several shared parts of the same kind: lift 1 or lift 2."""

    area = forms.ChoiceField(
        label=_("Which one is it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose which one it is."),
            "invalid_choice": _("This is not in your building. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, areas: Sequence[CommunalArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {str(area.pk): area for area in areas}
        self.fields["area"].choices = _told_apart(self.areas)  # type: ignore[attr-defined]  # a field of choices, to the stubs any field

    @property
    def chosen(self) -> CommunalArea:
        return self.areas[self.cleaned_data["area"]]


class ThingForm(forms.Form):
    """What is broken there."""

    thing = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it is about. Is it not in the list? Choose the last one."),
            "invalid_choice": _("This does not belong to the place you chose. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, tree: catalogue.Tree, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.things = tree.things(place)
        self.fields["thing"].choices = [(thing.key, thing.label) for thing in self.things]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field


class ProblemForm(forms.Form):
    """What is wrong with it."""

    problem = forms.ChoiceField(
        label=_("What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is wrong. Is it not in the list? Choose the last one."),
            "invalid_choice": _("This does not belong to what you chose before. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, problems: Sequence[catalogue.Problem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"].choices = [(one.key, one.label) for one in problems]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field


def _told_apart(areas: Mapping[str, CommunalArea]) -> list[tuple[str, str]]:
    """Each area by its name; the corporation's own name beside it where two would read the same."""
    names = {key: communal.name_of(area) for key, area in areas.items()}
    often = Counter(names.values())
    return [
        (key, name if often[name] == 1 else f"{name} ({area.name})")
        for (key, name), area in zip(names.items(), areas.values(), strict=True)
    ]
