"""The words of the synthetic corporation: names, places, and what its people write."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def read(name: str) -> dict[str, Any]:
    """The table `<name>.toml`; read once, so nobody may change what it gives."""
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))
