"""What the trials found, as lines of a table that is printed at the end."""

lines = []


def note(row, trial, *, times, lost=0, twice=0, back=None, remark=""):
    """`back` is how many seconds after the end of the fault everything was as usual."""
    normal = "-" if back is None else f"{back:.1f} s"
    lines.append(f"| {row} | {trial} | {times} | {lost} | {twice} | {normal} | {remark} |")
