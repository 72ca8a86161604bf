"""Keep out of the logs what would let a reader act as somebody else, and what people searched for."""

import logging
import re

_TOKEN_IN_PATH = re.compile(r"(/(?:antwoord|cijfer)/)[^/\s\"'?]+")
_QUERY_OF_A_REQUEST = re.compile(r"(\b[A-Z]+ /[^\s?\"']*)\?[^\s\"']*")


def address(whole: str) -> str:
    """The path of an address: without its query, and with a dash for a signed token."""
    return _TOKEN_IN_PATH.sub(r"\1-", whole.partition("?")[0])


class NoTokens(logging.Formatter):
    """Writes a dash for the signed token in the path of a link from a mail, in a traceback too; no query is written."""

    def format(self, record: logging.LogRecord) -> str:
        return _QUERY_OF_A_REQUEST.sub(r"\1", _TOKEN_IN_PATH.sub(r"\1-", super().format(record)))
