import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

OURS = str(Path(settings.BASE_DIR) / "templates")


class _OursMustBeDefined:
    """Stands in for a variable that is not there: fails in our templates, is nothing in Unfold's."""

    def __contains__(self, key: str) -> bool:
        return key == "%s"

    def __mod__(self, variable: object) -> str:
        frame = sys._getframe(1)
        while frame is not None:
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            if frame.f_code.co_name == "render" and origin is not None:
                break
            frame = frame.f_back
        if frame is not None and str(origin).startswith(OURS):
            pytest.fail(f"Undefined template variable {variable} in {origin}")
        return ""


@pytest.fixture
def unfold_asks_for_much(monkeypatch):
    """Unfold's templates ask for variables that are not there; ours still may not."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", _OursMustBeDefined())
