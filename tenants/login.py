"""How people come in: a code by e-mail or a passkey, no passwords, and no way to make an account oneself.

allauth does the work; this module says how it speaks, and hands its mails to the outbox, so that a page
never waits for a mail server. A known and an unknown address get the same page after the same work: only
who reads the mail learns which it was.
"""

import hashlib
import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from . import known_browsers
from .models import Language, Tenant, User
from .notifications import outbox

UNKNOWN_ACCOUNT = "unknown_account"

TOO_OFTEN = _(
    "You filled in a wrong code or asked for a code too often. Ask for a new code. "
    "Does that not work? Then wait fifteen minutes and try again."
)
PATIENCE = _("You did this too often in a short time. Wait a few minutes and try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Codes, mails and refusals in our own words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Look in the e-mail again, or ask for a new code."),
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": PATIENCE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An account exists because the corporation has a tenancy or an employee."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        kind = template_prefix.rsplit("/", 1)[-1]
        at = timezone.now()
        rendered = outbox.render_text(
            f"account_{kind}",
            {
                "code": context.get("code", ""),
                "at": timezone.localtime(at),
                "corporation_name": settings.CORPORATION_NAME,
                "emergency_phone": settings.EMERGENCY_PHONE,
            },
            language=_language_of(email),
        )
        outbox.post_secret(
            address=email,
            kind=f"account_{kind}",
            occasion=_occasion(kind, email),
            subject=rendered.subject,
            body=rendered.body,
            html=rendered.html,
            at=at,
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff to their work, tenants to theirs."""
        return reverse("admin:index") if request.user.is_staff else reverse("home")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """From now on this browser does not wait for what strangers do to the address."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user.email)
        return response

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Never by password, also when an operator gave this account one."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        labels = {"mfa_reauthenticate": _("Use a code"), "mfa_reauthenticate:webauthn": _("Use a passkey")}
        return [method | {"description": labels[method["id"]]} for method in methods if method["id"] in labels]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has no second factor yet has nothing to prove themselves with once more."""
        return bool(self.get_reauthentication_methods(self.request.user))


class MFAAdapter(DefaultMFAAdapter):
    """The second factor in our own words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Look in your app for the newest code, and fill it in."),
        "cannot_generate_recovery_codes": _("First set up a passkey or an app. After that you can make spare codes."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("My passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": number}


def note_proof(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Who has just set up a second factor has just used it: connected to allauth's signal for that."""
    proof = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
    record_authentication(request, user, "mfa", **proof)


def _language_of(email: str) -> str:
    """The language this person chose; for staff and strangers that of the page they are on."""
    addressed = Tenant.objects.alias(address=Lower("user__email"))  # as the index has it
    tenant = addressed.filter(address=email.lower()).only("language").first()
    return tenant.language if tenant else get_language() or Language.DUTCH


def _occasion(kind: str, email: str) -> str:
    """Every code is an occasion of its own; a stranger is told once a day that we do not know them."""
    if kind != UNKNOWN_ACCOUNT:
        return f"{kind}-{uuid.uuid4()}"
    address = hashlib.sha256(email.lower().encode()).hexdigest()
    return f"{kind}-{timezone.localdate():%Y%m%d}-{address[:32]}"
