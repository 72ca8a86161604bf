"""What a tenant tells besides choosing: the extra questions, who pays, their own words and photos."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ..intake import causes
from ..intake.catalogue import Problem, Question
from ..intake.details import asks_details
from ..intake.payer import asks_own_property, asks_reach
from ..intake.urgency import asks_extra_hard
from ..models import Draft, PayerAnswer
from .words import Words

__all__ = ["CostsForm", "DetailsForm", "WordsForm", "field_name"]

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
ANSWER_IT = {"required": _("Answer this question. Then we know who must come, and how soon.")}


def _yes_or_no(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=YES_NO, widget=forms.RadioSelect, error_messages=ANSWER_IT
    )


def _extra_hard() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("This is extra hard for our household"),
        help_text=_("For example with a small child, an illness or a wheelchair. You do not have to tell us why."),
        required=False,
    )


class DetailsForm(forms.Form):
    """What else to know about this problem: its own questions, how it happened, and what decides who pays."""

    def __init__(self, data: Any = None, *, problem: Problem, draft: Draft) -> None:
        super().__init__(data, initial=_said_before(problem, draft))
        self.problem, self.draft = problem, draft
        for question in problem.questions:
            self.fields[field_name(question)] = _field_of(question)
        if problem.causes:
            self.fields["cause"] = forms.ChoiceField(
                label=_("How did it happen?"),
                choices=causes.choices(problem),
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": _("Choose one of these.")},
            )
            self.fields["cause"].sometimes_required = True  # type: ignore[attr-defined]  # our own, for the template
        if asks_reach(problem):
            self.fields["reachable"] = _yes_or_no(
                _("Can you reach it safely?"), _("Without a high ladder, and without special tools.")
            )
        if asks_own_property(problem):
            self.fields["own_property"] = _yes_or_no(
                _("Did you put it in yourself?"), _("Or did you take it over from the tenant before you?")
            )
        if asks_extra_hard(problem):
            self.fields["extra_hard"] = _extra_hard()

    @property
    def answers(self) -> dict[str, object]:
        """The fields of a draft."""
        said = self.cleaned_data
        answers = dict(self.draft.answers)
        for question in self.problem.questions:
            answers[question.key] = said[field_name(question)]
        return {
            "answers": answers,
            "cause_code": said.get("cause", ""),
            "reachable": said["reachable"] == "yes" if "reachable" in said else None,
            "own_property": said["own_property"] == "yes" if "own_property" in said else None,
            "extra_hard": said.get("extra_hard", False),
            "details_given": True,
        }


def field_name(question: Question) -> str:
    """One in which people write is called so: their words are kept when the form comes too late."""
    return f"q-{question.key}-words" if question.kind == "text" else f"q-{question.key}"


def _said_before(problem: Problem, draft: Draft) -> dict[str, object]:
    yes_or_no = {True: "yes", False: "no", None: ""}
    asked = [question for question in problem.questions if question.key in draft.answers]
    return {field_name(question): draft.answers[question.key] for question in asked} | {
        "cause": draft.cause_code,
        "reachable": yes_or_no[draft.reachable],
        "own_property": yes_or_no[draft.own_property],
        "extra_hard": draft.extra_hard,
    }


def _field_of(question: Question) -> forms.Field:
    if question.kind == "text":
        return ShortWords(label=question.label, required=question.required, error_messages=ANSWER_IT)
    return forms.ChoiceField(
        label=question.label,
        choices=question.choices,
        widget=forms.RadioSelect,
        required=question.required,
        error_messages=ANSWER_IT | {"invalid_choice": _("Choose one of these.")},
    )


class ShortWords(forms.CharField):
    """A line: what is pasted from elsewhere loses its line breaks, and what no keyboard has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").replace("\x00", "").split())


class CostsForm(forms.Form):
    """What the tenant says to "this is yours". Whoever does not agree says why."""

    answer = forms.ChoiceField(
        choices=PayerAnswer.choices,
        error_messages={"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")},
    )
    objection = Words(
        label=_("Why do you not agree?"),
        rows=3,
        required=False,
        help_text=_("One of us will read this and look at it again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["objection"].sometimes_required = True  # type: ignore[attr-defined]  # our own, for the template

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == PayerAnswer.DISAGREE and not cleaned.get("objection", "x"):
            self.add_error("objection", _("Write in one sentence why you do not agree. Then we can look at it."))
        return cleaned


class ManyPhotos(forms.ClearableFileInput):
    allow_multiple_selected = True


class Photos(forms.FileField):
    """Any number of files; what they are is for `photos` to find out."""

    widget = ManyPhotos

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        return [file for file in data or [] if file]


class WordsForm(forms.Form):
    """The tenant's own words, and photos; whether it is extra hard, when nothing else was asked."""

    text = Words(
        label=_("In your own words"),
        help_text=_("What do you see or hear, and since when? Please do not write anything about your health."),
        error_messages={"required": _("Write what is wrong. One sentence is enough.")},
    )
    photos = Photos(
        label=_("Photos"),
        required=False,
        help_text=_("One photo from close by and one of the whole. At most 5 photos of at most 10 MB each."),
    )

    def __init__(self, *args: Any, problem: Problem | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if problem and asks_extra_hard(problem) and not asks_details(problem):  # else it was asked there
            self.fields["extra_hard"] = _extra_hard()

    @property
    def answers(self) -> dict[str, object]:
        """The fields of a draft, of what is right."""
        return {name: self.cleaned_data[name] for name in ("text", "extra_hard") if name in self.cleaned_data}
