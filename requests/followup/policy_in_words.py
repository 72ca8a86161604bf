"""The table of the follow-up policy as people read it: in the admin, and in docs/promises.md."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .policy import POLICY, Level, Row

__all__ = ["as_markdown", "levels_in_words"]


def levels_in_words(line: Row) -> str:
    """Such as: planner, after 1 working day team lead, after 3 working days manager."""
    if line.level is None:
        return ""
    said = [str(line.level.label)]
    for number, days in enumerate(line.rises, start=line.level + 1):
        after = ngettext("after %(days)d working day %(level)s", "after %(days)d working days %(level)s", days)
        said.append(after % {"days": days, "level": Level(number).label})
    how = _("At once, in a mail of its own: %(levels)s") if line.at_once else _("In the daily mail: %(levels)s")
    return how % {"levels": ", ".join(said)}


def as_markdown() -> str:
    """The table of docs/promises.md, in the language that is active."""
    lines = ["| when | the tenant | staff | and then |", "| --- | --- | --- | --- |"]
    for line in POLICY:
        mail = f" (`{line.mail}`)" if line.mail else ""
        staff = ". ".join(filter(None, (str(line.staff_see), levels_in_words(line))))
        lines.append(f"| {line.when} | {line.told or '–'}{mail} | {staff or '–'} | {line.next or '–'} |")
    return "\n".join(lines)
