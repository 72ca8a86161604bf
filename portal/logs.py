"""Keep out of the logs what would let a reader act as somebody else."""

import logging
import re

_TOKEN_IN_PATH = re.compile(r"(/(?:antwoord|cijfer)/)[^/\s\"']+")


class NoTokens(logging.Filter):
    """Replace the signed token in the path of a link from a mail by a dash."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _TOKEN_IN_PATH.sub(r"\1-", message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True
