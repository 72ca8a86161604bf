"""Norms in words, for the table, the history and the examples."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...models.norms import Rule
from ...promises import ALWAYS, Calendar, Terms, promised
from ..due import moment_of

FRIDAY, AFTERNOON = 4, time(16)


@dataclass(frozen=True)
class Example:
    """What would be promised for a report on a Friday afternoon: the weekend shows how days are counted."""

    reported: str
    answer_by: str
    fix_by: str


def example(terms: Terms, calendar: Calendar, *, on: date) -> Example:
    """Of the first Friday from that day on."""
    friday = on + timedelta(days=(FRIDAY - on.weekday()) % 7)
    at = timezone.make_aware(datetime.combine(friday, AFTERNOON))
    promise = promised(terms, calendar, at=at)
    return Example(moment_of(at), moment_of(promise.answer_by), moment_of(promise.fix_by))


def working_days(count: int) -> str:
    return ngettext("%(count)d working day", "%(count)d working days", count) % {"count": count}


def fix_of(terms: Terms) -> str:
    if terms.fix is not None:
        return working_days(terms.fix)
    return ngettext("%(count)d hour", "%(count)d hours", terms.fix_hours or 0) % {"count": terms.fix_hours}


def terms_in_words(terms: Terms | None) -> str:
    if terms is None:
        return _("goes with all other categories")
    return _("answer %(answer)s, repaired %(fix)s, news every %(word)s") % {
        "answer": working_days(terms.answer),
        "fix": fix_of(terms),
        "word": working_days(terms.word),
    }


def day_in_words(day: date) -> str:
    """ "Fri 27 November 2026"; the first rules count since always."""
    return _("the start") if day <= ALWAYS else date_format(day, "D j F Y")


@dataclass(frozen=True)
class Line:
    """One rule in the history. `may_go`: it can be taken back."""

    rule: Rule
    kind: str
    what: str
    since: str
    who: str
    may_go: bool


def line_of(rule: Rule, kind: str, what: str, *, today: date) -> Line:
    begins = getattr(rule, rule.begins)
    return Line(rule, kind, what, day_in_words(begins), _who(rule), rule.stands and begins >= today)


def _who(rule: Rule) -> str:
    if rule.made_by is None:
        return _("came with the software")
    who = _("%(name)s, %(moment)s") % {"name": rule.made_by, "moment": moment_of(rule.made_at)}
    if rule.taken_back_at is None:
        return who
    return _("%(who)s; taken back by %(name)s, %(moment)s") % {
        "who": who,
        "name": rule.taken_back_by,
        "moment": moment_of(rule.taken_back_at),
    }
