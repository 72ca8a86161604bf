"""Forms for what counts from a day on. What cannot be is said at the field."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...models import Category
from ...models.norms import Weekday
from ...promises import BOUNDS, Holiday, Terms, Urgency

DAYS, HOURS = "days", "hours"
FARTHEST = timedelta(days=3653)  # ten years: nobody means a later day, and the calendar ends somewhere


class DayInput(forms.DateInput):
    """The browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class FromADay(forms.Form):
    """Counts from today or later: what was promised before was promised by what counted then."""

    valid_from = forms.DateField(label=gettext_lazy("Counts from"), widget=DayInput())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["valid_from"].initial = today
        self.order_fields([*(name for name in self.fields if name != "valid_from"), "valid_from"])

    def clean_valid_from(self) -> date:
        return day_to_come(self.cleaned_data["valid_from"], self.today)


def day_to_come(day: date, today: date) -> date:
    if day < today:
        raise ValidationError(_("This day is over. Choose today or a later day."))
    if day > today + FARTHEST:
        raise ValidationError(_("This is more than ten years away. Choose an earlier day."))
    return day


def _number(label: Any, name: str) -> forms.IntegerField:
    least, most = BOUNDS[name]
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=False,
        help_text=gettext_lazy("working days"),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _between(least, most)),
    )


def _between(least: int, most: int) -> Any:
    return format_lazy(gettext_lazy("Fill in a whole number from {least} to {most}."), least=least, most=most)


class NormForm(FromADay):
    """One class of urgency, for all categories or for one."""

    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices)
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[("", gettext_lazy("All categories")), *Category.choices],
        required=False,
    )
    as_others = forms.BooleanField(
        label=gettext_lazy("No norm of its own any more: this category goes with all others"), required=False
    )
    answer = _number(gettext_lazy("First answer within"), "answer")
    fix = forms.IntegerField(label=gettext_lazy("Repaired within"), required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"),
        choices=[(DAYS, gettext_lazy("working days")), (HOURS, gettext_lazy("hours by the clock, day and night"))],
        initial=DAYS,
        widget=forms.RadioSelect,
    )
    word = _number(gettext_lazy("News at least every"), "word")

    @property
    def terms(self) -> Terms | None:
        """Of a valid form."""
        if self.cleaned_data["as_others"]:
            return None
        answer, word, fix = (self.cleaned_data[name] for name in ("answer", "word", "fix"))
        in_hours = self.cleaned_data["unit"] == HOURS
        return Terms(answer=answer, word=word, **{"fix_hours" if in_hours else "fix": fix})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("as_others"):
            if not cleaned.get("category"):
                self.add_error("category", _("Choose the category that goes with all others from now on."))
            return cleaned
        for name in ("answer", "fix", "word"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Fill in a number."))
        self._check_fix(cleaned)
        return cleaned

    def _check_fix(self, cleaned: dict[str, Any]) -> None:
        fix, answer, unit = cleaned.get("fix"), cleaned.get("answer"), cleaned.get("unit")
        if fix is None:
            return
        least, most = BOUNDS["fix_hours" if unit == HOURS else "fix"]
        if not least <= fix <= most:
            self.add_error("fix", str(_between(least, most)))
        if unit == DAYS and answer is not None and answer > fix:
            self.add_error("answer", _("The first answer comes before the repair. Choose fewer days."))


def first_values(urgency: str, category: str, terms: Terms | None) -> dict[str, Any]:
    """What counts now, to be changed."""
    if terms is None:
        return {"urgency": urgency, "category": category}
    in_hours = terms.fix is None
    return {
        "urgency": urgency,
        "category": category,
        "answer": terms.answer,
        "fix": terms.fix_hours if in_hours else terms.fix,
        "unit": HOURS if in_hours else DAYS,
        "word": terms.word,
    }


class HoursForm(FromADay):
    """The same hours for one or more days of the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"), choices=Weekday.choices, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    opens = forms.TimeField(
        label=gettext_lazy("Opens"), required=False, widget=ClockInput(), help_text=gettext_lazy("empty: closed")
    )
    closes = forms.TimeField(
        label=gettext_lazy("Closes"),
        required=False,
        widget=ClockInput(),
        help_text=gettext_lazy("A promise for a day holds until this time."),
    )

    @property
    def hours(self) -> tuple[time, time] | None:
        """Of a valid form; none: closed."""
        opens, closes = self.cleaned_data["opens"], self.cleaned_data["closes"]
        return (opens, closes) if opens and closes else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if {"opens", "closes"} & set(self.errors):
            return cleaned
        if (opens is None) != (closes is None):
            missing = "closes" if closes is None else "opens"
            self.add_error(missing, _("Fill in both times, or none when the office is closed."))
        elif opens and closes and closes <= opens:
            self.add_error("closes", _("The office must close after it opens. Choose a later time."))
        return cleaned


class HolidayForm(FromADay):
    holiday = forms.ChoiceField(label=gettext_lazy("Public holiday"), choices=Holiday.choices)
    worked = forms.TypedChoiceField(
        label=gettext_lazy("On this day"),
        choices=[("no", gettext_lazy("the office is closed")), ("yes", gettext_lazy("we work"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class ClosingDayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=DayInput())
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("for example: company outing")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        return day_to_come(self.cleaned_data["day"], self.today)
