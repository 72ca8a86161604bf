"""Pages of the demo: come in as anybody, read what was sent, see every part of the pages.

They do not exist anywhere else.
"""

import re
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from requests.forms import MarkForm
from requests.views import Entry
from tenants.models import User
from tenants.notifications import quiet_hours

from .mailbox import letters

EMAIL_OF_ROLE = {
    "tenant": "huurder@demo.example",
    "planner": "planner@demo.example",
    "manager": "manager@demo.example",
}
COLOURS = [
    "brand", "brand-ink", "brand-text", "brand-soft", "brand-line", "ground", "paper", "sunken", "line", "field",
    "ink", "ink-2", "ok", "warn", "err", "info",
]  # fmt: skip
# A mail is somebody else's page: it may style itself and follow its links, and nothing more.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-top-navigation"

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """Open to everybody at this machine in the demo; does not exist elsewhere, whatever `Host` a request names."""

    @login_not_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO or not _is_here(request):
            raise Http404("Only in the demo.")
        return view(request, *args, **kwargs)

    return wrapped


def _is_here(request: HttpRequest) -> bool:
    try:
        return ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except ValueError:
        return False  # a socket without addresses: who is behind it is not known


@require_POST
@demo_only
def sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """Become one of the three people of the demo."""
    if role not in EMAIL_OF_ROLE:
        raise Http404("Nobody of that kind.")
    user = User.objects.filter(email=EMAIL_OF_ROLE[role]).first()
    if user is None:  # pages are there before the corporation is
        messages.info(request, _("The demo is still being made. Try again in a few seconds."))
        return redirect("home")
    login(request, user)
    UserSession.objects.create_from_request(request)  # allauth does so for who comes in by its own pages
    return redirect("admin:index" if role == "planner" else "home")


@require_safe
@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """What was sent; and at night, until when the rest waits."""
    now = timezone.now()
    leaves = quiet_hours.earliest(now)
    context = {"letters": letters(), "held_until": leaves if leaves > now else None}
    return render(request, "demo/mailbox.html", context | {"never_quiet": len(set(settings.QUIET_HOURS)) == 1})


@require_safe
@demo_only
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """A mail as a mail program shows it."""
    found = next((letter for letter in letters() if letter.key == key and letter.html), None)
    if found is None:
        raise Http404("No such mail.")
    return HttpResponse(found.html, headers={"Content-Security-Policy": MAIL_POLICY})


@require_safe
@demo_only
def style(request: HttpRequest) -> HttpResponse:
    """Every part that pages are made of, in this corporation's brand."""
    return render(request, "demo/style.html", _parts())


class _Sample(forms.Form):
    """A form with a field of each kind, to look at."""

    where = forms.ChoiceField(
        label=_("Where is it?"),
        help_text=_("Choose the place where you see it."),
        choices=[("kitchen", _("In the kitchen")), ("bathroom", _("In the bathroom"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("What is wrong?"), help_text=_("In your own words."), widget=forms.Textarea)
    phone = forms.CharField(label=_("Phone number"), required=False)


def _parts() -> dict[str, object]:
    sprite = (settings.BASE_DIR / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")
    return {
        "colours": COLOURS,
        "alerts": [
            ("info", _("Good to know"), _("On public holidays we do not work.")),
            ("ok", _("Sent"), _("We have your request.")),
            ("warn", _("Mind"), _("The craftsman comes tomorrow.")),
            ("err", _("That did not work"), _("Your photo is too large. Your text is saved.")),
        ],
        "badges": [
            ("info", "inbox", _("Received")),
            ("brand", "calendar", _("Visit planned")),
            ("warn", "hourglass", _("We wait for a part")),
            ("ok", "check", _("Solved")),
            ("quiet", "tick", _("Closed")),
            ("err", "reopen", _("Not solved")),
        ],
        "form": _Sample({"where": "", "words": "", "phone": "06 12345678"}),
        "steps": [True, True, False, False],
        "mark_form": MarkForm(initial={"mark": 8}),
        "entries": [
            Entry(state="done", title=_t("You reported this"), at=timezone.now()),
            Entry(state="now", title=_t("Visit planned"), at=timezone.now(), text=_t("A plumber comes.")),
            Entry(state="later", title=_t("Repair ready"), text=_t("Then we ask if it is solved.")),
        ],
        "facts": [(_("Number"), "2026-004123"), (_("Address"), "Lindelaan 14, Lindevoort")],
        "icons": re.findall(r'id="([a-z-]+)" viewBox="0 0 24', sprite),
    }
