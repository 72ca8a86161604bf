"""System checks of what a corporation may configure."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

MINIMAL_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" as WCAG defines it: 0 black, 1 white."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@register()
def brand_is_readable(**kwargs: Any) -> list[CheckMessage]:
    brand, ink = settings.BRAND["brand"], settings.BRAND["brand_ink"]
    if not all(re.fullmatch(r"#[0-9a-fA-F]{6}", colour) for colour in (brand, ink)):
        return [Error("BRAND_COLOUR and BRAND_INK must look like #0b6b6b", id="portal.E001")]
    if not re.fullmatch(r"\d+(\.\d+)?(rem|px)", settings.BRAND["radius"]):
        return [Error("BRAND_RADIUS must look like 0.5rem", id="portal.E002")]
    if contrast(brand, ink) < MINIMAL_CONTRAST:
        found = f"{contrast(brand, ink):.1f}"
        return [Error(f"BRAND_INK on BRAND_COLOUR has contrast {found}, needs {MINIMAL_CONTRAST}", id="portal.E003")]
    return []
