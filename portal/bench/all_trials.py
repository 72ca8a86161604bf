"""Every trial, in the order of its number."""

from . import memory_trial, outbox_trials, scan_trial
from .trials import TRIALS, Trial

__all__ = ["all_trials", "memory_trial", "outbox_trials", "scan_trial"]


def all_trials() -> list[Trial]:
    return sorted(TRIALS, key=lambda trial: trial.name)
