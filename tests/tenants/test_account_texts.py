"""The mails about an account, and what a device is called."""

import pytest
from django.utils import timezone, translation

from tenants.notifications import outbox
from tenants.templatetags.devices import device

KINDS = {
    "login_code": "123456 is uw code om in te loggen",
    "unknown_account": "Wij kennen dit e-mailadres niet",
    "totp_activated": "U logt nu ook in met een app",
    "totp_deactivated": "U logt niet meer in met een app",
    "webauthn_added": "U hebt een passkey toegevoegd",
    "webauthn_removed": "Er is een passkey verwijderd",
    "recovery_codes_generated": "U hebt nieuwe reservecodes gemaakt",
    "second_factor_forgotten": "Stel uw extra beveiliging opnieuw in",
}
WORDS = {"code": "123456", "corporation_name": "De Linde", "emergency_phone": "088 555 01 00"}


def rendered(kind, language):
    return outbox.render_text(f"account_{kind}", WORDS | {"at": timezone.now()}, language=language)


@pytest.mark.parametrize(("kind", "subject"), KINDS.items())
def test_every_mail_about_an_account_speaks_both_languages(kind, subject):
    dutch, english = rendered(kind, "nl"), rendered(kind, "en")

    assert dutch.subject == subject
    assert english.subject != subject
    assert (dutch.body.startswith("Hallo,"), english.body.startswith("Hello,")) == (True, True)


def test_a_mail_about_a_change_says_whom_to_call():
    assert "Was u dit niet? Bel ons dan direct: 088 555 01 00." in rendered("webauthn_added", "nl").body


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Mobile/15E148 Safari/604.1",
            "Safari op iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 16; SM-S931B) Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome op Android"),
        (
            "Mozilla/5.0 (Linux; Android 16) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
            "Samsung Internet op Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge op Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.7; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox op Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("<script>alert(1)</script>", "Onbekend apparaat"),
        ("", "Onbekend apparaat"),
    ],
    ids=range(8),
)
def test_a_device_is_called_what_people_call_it(user_agent, name):
    with translation.override("nl"):
        assert device(user_agent) == name
