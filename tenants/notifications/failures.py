"""Why a message was not delivered, as staff read it. The row keeps what the machine said."""

import re

from django.utils.translation import gettext_lazy as _

__all__ = ["MOVED_OUT", "in_words"]

MOVED_OUT = "moved out"  # a letter, to who rents no home of ours any more

_KNOWN = (
    (r"address refused \[(.*)\]", _("the mail server does not accept this address: %(said)s")),
    (r"mail server answered (\d+)", _("the mail server refused the message: %(said)s")),
    (r"mail server away: (.+)", _("the mail server could not be reached: %(said)s")),
    (r"(number refused)", _("this phone number takes no text messages")),
    (r"(text service away)", _("the service for text messages could not be reached")),
    (r"(every worker that took it died)", _("the program stopped at it each time")),
    (rf"({MOVED_OUT})", _("moved out, and rents no other home of ours")),
    (r"(\w+)", _("a fault in the program: %(said)s")),
)


def in_words(error: str) -> str:
    """In the language that is active; what is not known stays as it is."""
    for pattern, words in _KNOWN:
        if found := re.fullmatch(pattern, error):
            return str(words) % {"said": found[1]}
    return error
