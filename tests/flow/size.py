"""How often a trial is made: a tenth in the everyday run, all of it with FULL=1."""

import os


def times(full: int) -> int:
    return full if os.environ.get("FULL") == "1" else full // 10
