"""The icons and pictures that are drawn: symbols of two files that ship with the portal."""

import re
from functools import cache

from django.conf import settings

__all__ = ["ICONS", "PICTURES", "drawn"]

ICONS, PICTURES = "sprite.svg", "steps.svg"  # of places and things; of the steps of a guide
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"')


@cache
def drawn(sprite: str) -> tuple[str, ...]:
    """The names of the symbols in a file of static/icons, in its order."""
    return tuple(SYMBOL.findall((settings.BASE_DIR / "static" / "icons" / sprite).read_text(encoding="utf-8")))
