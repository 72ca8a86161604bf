"""What the trials found, as lines of a table that is printed at the end."""

lines = []


def note(row, trial, *, times, found=None, back=None, remark=""):
    """`found` is what the auditor found; where nobody asked, the table says so.

    `back` is how many seconds after the end of the fault everything was as usual.
    """
    lost, twice = ("–", "–") if found is None else (len(found.lost), len(found.twice))
    normal = "–" if back is None else f"{back:.1f} s"
    lines.append(f"| {row} | {trial} | {times} | {lost} | {twice} | {normal} | {remark} |")
