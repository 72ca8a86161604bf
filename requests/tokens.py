"""Links in mails: signed, for one question of one reporter, and only for a while."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer

__all__ = ["MARK", "VERDICT", "Question", "WrongToken", "make", "read"]

VERDICT = "requests.verdict"
MARK = "requests.mark"


class WrongToken(Exception):
    """Not a token of ours, or one for another purpose."""


@dataclass(frozen=True)
class Question:
    """Which report is asked, and the how-manieth time the request was ready; open until `expires_at` (epoch s)."""

    report_id: int
    round: int
    expires_at: int

    def is_open(self, *, at: datetime) -> bool:
        return at.timestamp() < self.expires_at


def make(purpose: str, *, report_id: int, round: int, asked_at: datetime) -> str:
    expires_at = int((asked_at + settings.ANSWER_LINK_VALID).timestamp())
    return Signer(salt=purpose).sign_object([report_id, round, expires_at], compress=False)


def read(purpose: str, token: str) -> Question:
    """Raises WrongToken; whether the time to answer is over is for the caller to ask."""
    try:
        report_id, round, expires_at = Signer(salt=purpose).unsign_object(token)
        return Question(int(report_id), int(round), int(expires_at))
    except (BadSignature, ValueError, TypeError, UnicodeError) as wrong:
        raise WrongToken from wrong
