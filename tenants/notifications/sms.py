"""Text messages. A service is a function `send(number, text, *, key)`; name it in SMS_BACKEND.

It raises NumberRefused when the number will never work and TextServiceAway when it may work later.
`key` is the same for every attempt, so that a service can drop a double.
"""

import json
from pathlib import Path

from django.conf import settings
from django.utils import timezone


class NumberRefused(Exception):
    """The service does not accept this number."""


class TextServiceAway(Exception):
    """The service could not take the text now."""


def to_file(number: str, text: str, *, key: str) -> None:
    """Append the text to a file of JSON lines: for the demo and for tests."""
    folder = Path(settings.SMS_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    line = {"at": timezone.now().isoformat(), "to": number, "text": text, "key": key}
    with (folder / "texts.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
