"""The form of the access preferences, for tenants and for staff."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import preferences
from .models import AccessPreferences, Language, Tenant

MOST = 120
EMAIL, LETTER = "email", "letter"  # how we write to somebody


def _line(label: Any, help_text: Any) -> forms.CharField:
    too_long = _("Make it shorter: there is room for %(limit_value)d characters, and you wrote %(show_value)d.")
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=MOST,
        required=False,
        error_messages={"max_length": too_long},
    )


class AccessForm(forms.Form):
    """What the craftsman knows. Only what helps to get in: never why."""

    at_home = forms.MultipleChoiceField(
        label=_("When are you usually at home?"),
        choices=[
            (AccessPreferences.PartOfDay.MORNING, _("In the morning (8–12)")),
            (AccessPreferences.PartOfDay.AFTERNOON, _("In the afternoon (12–18)")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    not_on = _line(_("When does it not suit you?"), _("For example: not on Thursday."))
    call_first = forms.BooleanField(label=_("Phone me before you come"), required=False)
    key_with = _line(
        _("Does somebody else have the key?"), _("Write with whom. For example: the neighbours at number 12.")
    )
    pet = forms.BooleanField(label=_("I have a pet"), required=False)
    hearing = forms.BooleanField(label=_("Ring long or knock hard: I do not always hear the bell"), required=False)
    language = forms.ChoiceField(
        label=_("In which language do we write to you?"),
        choices=Language.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a language."),
            "invalid_choice": _("We do not write in this language. Choose Dutch or English."),
        },
    )

    by = forms.ChoiceField(
        label=_("How do we write to you?"),
        help_text=_("A letter takes two days or more. Codes to sign in always come by e-mail."),
        choices=[(EMAIL, _("By e-mail")), (LETTER, _("By letter, to your home"))],
        widget=forms.RadioSelect,
        required=False,  # a page that was open before it was asked
        error_messages={
            "invalid_choice": _("We write by e-mail or by letter. Choose one of them."),
        },
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        known = preferences.of(tenant)
        initial: dict[str, Any] = {"language": tenant.language, "by": LETTER if tenant.wants_letters else EMAIL}
        if known is not None:
            initial |= {name: getattr(known, name) for name in preferences.FIELDS}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.tenant = tenant
        if not tenant.email:
            del self.fields["by"]  # all that is left is a letter
        if not tenant.phone:
            self.fields["call_first"].help_text = _("We do not have your phone number yet. Call us on %(phone)s.") % {
                "phone": settings.EMERGENCY_PHONE
            }

    def save(self, *, at: datetime) -> None:
        """Keep what was said for a year; mails follow the language."""
        said = {name: self.cleaned_data[name] for name in preferences.FIELDS}
        preferences.keep(self.tenant, said, language=self.cleaned_data["language"], at=at)
        self._keep_how_we_write()

    def _keep_how_we_write(self) -> None:
        if by := self.cleaned_data.get("by"):
            preferences.write_by_letter(self.tenant, letters=by == LETTER)


class StaffAccessForm(AccessForm):
    """What staff fill in for somebody who phones, and the instruction that is theirs alone."""

    two_people_until = forms.DateField(
        label=_("Come with two, until"),
        help_text=_("Only staff see this. Empty: one person is enough. It ends by itself after this day."),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        required=False,
        error_messages={"invalid": _("Choose a day.")},
    )

    def __init__(self, *args: Any, tenant: Tenant, today: date, **kwargs: Any) -> None:
        super().__init__(*args, tenant=tenant, **kwargs)
        self.today, known = today, preferences.of(tenant)
        self.initial["two_people_until"] = known.two_people_until if known else None

    def clean_two_people_until(self) -> date | None:
        until: date | None = self.cleaned_data["two_people_until"]
        if until is None or until == self.initial["two_people_until"]:
            return until
        if until < self.today:
            raise forms.ValidationError(_("This day is over. Choose a day from today on, or leave it empty."))
        if until > self.today.replace(year=self.today.year + 1, day=min(self.today.day, 28)):
            raise forms.ValidationError(_("At most one year from today. After that, look whether it is still needed."))
        return until

    def save(self, *, at: datetime) -> None:
        """What the tenant said is only said again when it changed: an instruction of staff makes nothing newer."""
        if set(self.changed_data) - {"two_people_until", "by"}:
            super().save(at=at)
        self._keep_how_we_write()
        preferences.come_with_two(self.tenant, until=self.cleaned_data["two_people_until"])
