"""Why a message was not delivered: what the machine said, in words for staff."""

import pytest
from django.utils import translation

from tenants.notifications.failures import MOVED_OUT, in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("address refused [550]", "de mailserver neemt dit adres niet aan: 550"),
        ("mail server answered 552", "de mailserver weigerde het bericht: 552"),
        ("mail server away: ConnectionRefusedError", "de mailserver was niet te bereiken: ConnectionRefusedError"),
        ("number refused", "dit telefoonnummer neemt geen sms aan"),
        ("text service away", "de dienst voor sms was niet te bereiken"),
        ("every worker that took it died", "het programma liep er elke keer op vast"),
        ("UnicodeEncodeError", "een fout in het programma: UnicodeEncodeError"),
        (MOVED_OUT, "verhuisd, en huurt geen andere woning van ons"),
        ("550 no such user", "550 no such user"),
        ("<b>100%</b> (x)", "<b>100%</b> (x)"),
        ("", ""),
    ],
)
def test_staff_read_it_in_their_language(error, words):
    with translation.override("nl"):
        assert in_words(error) == words
