"""What each walk took, and whether reporting is short enough."""

from dataclasses import dataclass
from statistics import median

import pytest

PATHS, MOST_SCREENS = 8, 6
WALKS = pytest.StashKey[dict[str, "Walk"]]()  # of this run, by the name of the test
COLUMNS = ("path", "screens", "taps", "typed", "seconds")
LEGEND = """\
screens: pages of the report that somebody must look at before its confirmation, or before the page that ends it;
the home page, where every walk begins, is not one of them. taps: whatever was pressed, on the home page too.
typed: characters. seconds: of the machine, until each next page was there."""


@dataclass(frozen=True)
class Walk:
    """`sent`: it ended in a report."""

    path: str
    screens: int
    taps: int
    typed: int
    seconds: float
    sent: bool

    @property
    def cells(self):
        return (self.path, str(self.screens), str(self.taps), str(self.typed), f"{self.seconds:.1f}")


def took(path, *walkers, sent=True):
    """What a path took: of whoever walked it, one device after the other. They all begin at the home page."""
    screens = sum(len(walker.screens) - 1 for walker in walkers) - 1  # without home, and without where it ended
    return Walk(
        path=path,
        screens=screens,
        taps=sum(walker.taps for walker in walkers),
        typed=sum(walker.typed for walker in walkers),
        seconds=sum(walker.seconds for walker in walkers),
        sent=sent,
    )


def screens_of_a_report(walks):
    """The median over the paths that ended in a report."""
    return median(walk.screens for walk in walks if walk.sent)


def table(walks):
    rows = [COLUMNS, *(walk.cells for walk in walks)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) if number else cell.ljust(width) for number, (cell, width) in enumerate(cells))
        for cells in (zip(row, widths, strict=True) for row in rows)
    ]
    middle = f"Screens until a report is sent, median: {screens_of_a_report(walks):g}. It may be {MOST_SCREENS}."
    return "\n".join([*lines, "", middle, LEGEND])
