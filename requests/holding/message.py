"""What a holding message says: that it takes long, why, and who looks at it. True, and other words each time.

Numbers and days in the sentences are what is really different since the last one; the second and third message in a
row also say openly that it takes too long. Evaluated when it is read, in the language of whoever reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dwellings.models import Outage

from ..intake.outages import headline
from ..models import ServiceRequest, Visit
from ..promises import in_force, next_working_moment
from ..workflow import Status, WaitingReason
from .why import WHY

__all__ = ["Holding", "holding_of"]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`visit` is to come, `last_visit` is over; `since` is when it got where it is; `asked` what we asked then."""

    service_request: ServiceRequest
    at: datetime
    since: datetime
    asked: str = ""
    wrote_at: datetime | None = None
    visit: Visit | None = None
    last_visit: Visit | None = None
    outage: Outage | None = None

    @property
    def times(self) -> int:
        """How often we said before, in a row, that there is no news."""
        return self.service_request.words_given

    @property
    def late(self) -> bool:
        return self.service_request.fix_by < self.at

    @property
    def waits_for_tenant(self) -> bool:
        return self.service_request.waits_for_tenant

    @property
    def _asked_us_meanwhile(self) -> bool:
        """We wait for one tenant, and another one waits for an answer of ours."""
        return self.service_request.waiting_reason == WaitingReason.TENANT and not self.waits_for_tenant

    @property
    def is_our_turn(self) -> bool:
        """Nothing was said yet about when it goes on."""
        told = self.visit is not None or self.service_request.deferred_until is not None
        return self.service_request.is_to_do and not told and not self.waits_for_tenant

    @property
    def what(self) -> list[str]:
        """What is the matter, in sentences."""
        return [text for text in (*self._how_long(), self._reply(), *self._why()) if text]

    @property
    def then(self) -> list[str]:
        """Who does what now."""
        return list(self._next())

    def _how_long(self) -> Iterator[str]:
        if not self.is_our_turn:
            return
        if self.late:
            yield self._too_late()
        elif self.times < 2:
            yield _reported_ago(days_between(self.service_request.received_at, self.at), again=self.times > 0)
        if self.times > 1 and self.outage is None:
            text = _("This is message %(times)d in a row in which we have no news for you, and that takes too long.")
            yield text % {"times": self.times + 1}

    def _too_late(self) -> str:
        late = days_between(self.service_request.fix_by, self.at)
        text = ngettext(
            "Sorry: it should have been repaired on %(day)s, %(n)d working day ago.",
            "Sorry: it should have been repaired on %(day)s, %(n)d working days ago.",
            late,
        )
        if late == 0:
            text = _("Sorry: it should have been repaired by %(day)s.")
        return text % {"day": in_words(self.service_request.fix_by), "n": late}

    def _reply(self) -> str:
        if not self.service_request.tenant_waits_for_reply or self.wrote_at is None:
            return ""
        n = days_between(self.wrote_at, self.at)
        if timezone.localdate(self.wrote_at) == timezone.localdate(self.at):
            return _("We have your message of today, and you will get an answer to it.")
        if self.times == 0 or n == 0:
            text = _("We have not answered your message of %(day)s yet, and that should have been quicker.")
        else:
            text = ngettext(
                "Your message of %(day)s has waited for an answer for %(n)d working day, and that is too long.",
                "Your message of %(day)s has waited for an answer for %(n)d working days, and that is too long.",
                n,
            )
        return text % {"day": in_words(self.wrote_at), "n": n}

    def _why(self) -> Iterator[str]:
        if self.visit is not None:
            yield self._visit_goes_on(self.visit)
        elif self.service_request.deferred_until is not None:
            yield self._put_off(self.service_request.deferred_until)
        elif self.outage is not None:
            yield from self._broken_for_all(self.outage)
        elif self.service_request.is_to_do and not self._asked_us_meanwhile:
            yield self._in_the_table()
            if self.waits_for_tenant and self.asked and self.times < 2:
                yield _("This was our question: %(words)s") % {"words": self.asked}

    def _in_the_table(self) -> str:
        """What a status or reason that came without words of its own is about is not finished, at least."""
        key = self.service_request.waiting_reason or self.service_request.status
        texts = WHY.get(key, WHY[Status.IN_PROGRESS])
        over = self.last_visit.window.upper if self.last_visit else self.since
        n, m = days_between(self.since, self.at), days_between(over, self.at)
        facts = {"since": in_words(self.since), "visit": in_words(over), "n": n, "m": m}
        return str(texts[min(self.times, 2) if min(n, m) else 0] % facts)

    def _visit_goes_on(self, visit: Visit) -> str:
        start, end = (timezone.localtime(moment) for moment in (visit.window.lower, visit.window.upper))
        n = days_between(self.at, visit.window.lower)
        text = ngettext(
            "The visit on %(day)s between %(start)s and %(end)s will go ahead as planned, in %(n)d working day.",
            "The visit on %(day)s between %(start)s and %(end)s will go ahead as planned, in %(n)d working days.",
            n,
        )
        if n == 0:
            text = _("The visit on %(day)s between %(start)s and %(end)s will go ahead as planned.")
        clock = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        return text % {"day": in_words(visit.window.lower), "n": n, **clock}

    def _put_off(self, until: datetime) -> str:
        n = days_between(self.at, until)
        text = ngettext(
            "We had put it off until %(day)s: that is in %(n)d working day, and it stays so.",
            "We had put it off until %(day)s: that is in %(n)d working days, and it stays so.",
            n,
        )
        return text % {"day": in_words(until), "n": n}

    def _broken_for_all(self, outage: Outage) -> Iterator[str]:
        n = days_between(outage.starts_at, self.at)
        facts = {
            "headline": headline(outage),
            "place": outage.complex,
            "day": in_words(outage.until),
            "time": f"{timezone.localtime(outage.until):%H:%M}",
            "n": n,
        }
        over = outage.until < self.at
        if self.times == 0:
            yield _("%(headline)s in %(place)s. That is what your request is about.") % facts
            if over:
                yield _("We thought that it would be over by %(day)s, %(time)s, but it takes longer.") % facts
            else:
                yield _("We expect it to be over by %(day)s, %(time)s.") % facts
        elif over:
            yield _still_out(n, planned=outage.planned) % facts
        else:
            yield _nearly_over(n, planned=outage.planned) % facts

    def _next(self) -> Iterator[str]:
        looked_at = {"day": in_words(next_working_moment(self.at)), "name": self.service_request.assignee}
        if self.waits_for_tenant:
            if self.times > 1:
                yield _("If you do not know any more what we asked, call us before %(day)s.") % looked_at
            return
        if not self.is_our_turn and not self.service_request.tenant_waits_for_reply:
            return
        if self.times == 0:
            yield _("Our planners look at it again on %(day)s.") % looked_at
        elif self.times == 1:
            yield _("From %(day)s on it is at the top of our planners' list.") % looked_at
        elif self.outage is not None:
            yield _("Does it still not work after that? Our planners check on %(day)s.") % looked_at
        elif self.service_request.assignee:
            yield _("%(name)s has it, and sees it at the top of the list on %(day)s.") % looked_at
        else:
            yield _("Nobody of us has taken it up yet: on %(day)s it is at the top of the list again.") % looked_at


def holding_of(service_request: ServiceRequest, *, outage: Outage | None, at: datetime) -> Holding:
    """What is true of it now. Asks for the last step, the visits, and for the last message if that waits for us."""
    entered = service_request.history.order_by("-pk").first()
    visits = list(service_request.visits.all())
    to_come = [one for one in visits if one.outcome == Visit.Outcome.PLANNED and one.window.upper > at]
    over = [one for one in visits if one.window.upper <= at]
    return Holding(
        service_request=service_request,
        at=at,
        since=entered.at if entered else service_request.received_at,
        asked=entered.note if entered else "",
        wrote_at=_wrote_at(service_request) if service_request.tenant_waits_for_reply else None,
        visit=to_come[0] if to_come else None,
        last_visit=over[-1] if over else None,
        outage=outage,
    )


def _wrote_at(service_request: ServiceRequest) -> datetime | None:
    last = service_request.messages.filter(tenant__isnull=False).order_by("-pk").first()
    return last.at if last else None


def _reported_ago(n: int, *, again: bool) -> str:
    if n == 0:
        return _("We have not forgotten your request.")
    if again:
        text = ngettext(
            "You reported this %(n)d working day ago, and it is still not repaired.",
            "You reported this %(n)d working days ago, and it is still not repaired.",
            n,
        )
    else:
        text = ngettext(
            "You reported this %(n)d working day ago, and we have not forgotten it.",
            "You reported this %(n)d working days ago, and we have not forgotten it.",
            n,
        )
    return text % {"n": n}


def _still_out(n: int, *, planned: bool) -> str:
    if planned:
        return ngettext(
            "The planned work in %(place)s has gone on for %(n)d working day, longer than we thought.",
            "The planned work in %(place)s has gone on for %(n)d working days, longer than we thought.",
            n,
        )
    return ngettext(
        "We have been working on the outage in %(place)s for %(n)d working day, longer than we thought.",
        "We have been working on the outage in %(place)s for %(n)d working days, longer than we thought.",
        n,
    )


def _nearly_over(n: int, *, planned: bool) -> str:
    if planned:
        return ngettext(
            "The planned work in %(place)s has gone on for %(n)d working day, and should end by %(day)s, %(time)s.",
            "The planned work in %(place)s has gone on for %(n)d working days, and should end by %(day)s, %(time)s.",
            n,
        )
    return ngettext(
        "We have been working on the outage in %(place)s for %(n)d working day, and it should be over by %(day)s, "
        "%(time)s.",
        "We have been working on the outage in %(place)s for %(n)d working days, and it should be over by %(day)s, "
        "%(time)s.",
        n,
    )


def days_between(start: datetime, end: datetime) -> int:
    """The working days after the day of `start`, up to and with the day of `end`."""
    calendar, first, last = in_force().calendar, timezone.localdate(start), timezone.localdate(end)
    return sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "l j F")
