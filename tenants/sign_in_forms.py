"""The forms on allauth's pages, with our labels, hints and errors."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.core import ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import attempts, known_browsers
from .models import User


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            help_text=_("The address that we know of you."),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            max_length=254,
            error_messages={
                "required": _("Fill in your e-mail address."),
                "invalid": _("This is not an e-mail address. It looks like this: name@example.com."),
            },
        )

    def clean(self) -> dict[str, Any]:
        cleaned_data: dict[str, Any] = super().clean()
        if not self.errors:
            visitor = known_browsers.visitor(self.request, cleaned_data["login"])
            if not (self._from_a_calm_network(visitor) and attempts.may_ask(visitor, at=timezone.now())):
                self.add_error("login", get_adapter().validation_error("too_many_login_attempts"))
        return cleaned_data

    def _clean_without_password(self, email: str, phone: None) -> dict[str, Any]:
        """allauth's looks through all accounts, and asks once more when it found one."""
        found = User.objects.with_address(email)
        self.user = found if found and found.is_active else None
        return self.cleaned_data

    def _from_a_calm_network(self, visitor: attempts.Visitor) -> bool:
        """Whether not too many addresses are tried from there. Who is known does not wait for their neighbours."""
        return bool(visitor.browser) or ratelimit.consume(self.request, action="addresses_of_a_network")


def code_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        help_text=help_text,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input"}),
        error_messages={"required": _("Fill in the code.")},
    )


class SignInCodeForm(ConfirmLoginCodeForm):
    code = code_field(_("Six digits, for example 123456."))


class _Counted:
    """Guesses at a second factor are counted where they are kept when the cache is not, before anything is compared."""

    user: User

    def clean_code(self) -> str:
        at = timezone.now()
        if not attempts.may_guess_factor(self.user, at=at):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]  # of the form that it is mixed in
        attempts.factor_was_right(self.user, at=at)
        return code


class SecondFactorForm(_Counted, AuthenticateForm):
    code = code_field(_("The six digits in your app, or one of your spare codes."))


class ProveAgainForm(_Counted, ReauthenticateForm):
    code = code_field(_("The six digits in your app, or one of your spare codes."))


class AppForm(ActivateTOTPForm):
    code = code_field(_("The six digits that your app shows now."))


def name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        help_text=_("So that you know which one it is, for example: my telephone."),
        max_length=60,
        required=required,
        error_messages={"required": _("Fill in a name.")},
    )


class PasskeyForm(AddWebAuthnForm):
    """Always one that replaces the code too, as the word passkey promises: the box is ticked and not shown."""

    name = name_field(required=False)
    passwordless = forms.BooleanField(initial=True, required=False, widget=forms.CheckboxInput(attrs={"hidden": True}))


class PasskeyNameForm(EditWebAuthnForm):
    name = name_field(required=True)
