"""Keep out of the logs what would let a reader act as somebody else."""

import logging
import re

_TOKEN_IN_PATH = re.compile(r"(/(?:antwoord|cijfer)/)[^/\s\"']+")


class NoTokens(logging.Formatter):
    """Writes a dash for the signed token in the path of a link from a mail, in a traceback too."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN_IN_PATH.sub(r"\1-", super().format(record))
