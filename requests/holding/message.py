"""What a holding message says: that it takes long, why, and who looks at it. True, and other words each time.

Nobody reads the same sentence a third time about one request, whatever the numbers and days in it (`repeats`); from the
third message in a row on it is also said openly that it takes too long. Evaluated when it is written, in the language
of whoever reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dwellings.models import Outage

from ..intake.outages import headline
from ..models import Message, ServiceRequest, Visit
from ..promises import in_force, next_working_moment
from ..workflow import Status, WaitingReason
from . import variants
from .repeats import fresh, read_before
from .why import WHY

__all__ = ["Holding", "holding_of"]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`visit` is to come, `last_visit` is over; `since` is when it got where it is; `asked` what we asked then.

    `read` is how often each sentence was read before, as `repeats` counts it.
    """

    service_request: ServiceRequest
    at: datetime
    since: datetime
    asked: str = ""
    wrote_at: datetime | None = None
    wrote_by: int | None = None
    visit: Visit | None = None
    last_visit: Visit | None = None
    outage: Outage | None = None
    read: Mapping[str, int] = field(default_factory=dict)

    @property
    def times(self) -> int:
        """How often we said before, in a row, that there is no news."""
        return self.service_request.words_given

    @property
    def late(self) -> bool:
        return self.service_request.fix_by < self.at

    def read_by(self, tenant_id: int) -> Holding:
        """Only whoever wrote to us reads about their message."""
        return self if self.wrote_by == tenant_id else replace(self, wrote_at=None)

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
        return [text for text in self._next() if text]

    def _how_long(self) -> Iterator[str]:
        if not self.is_our_turn:
            return
        if self.late:
            fix_by = self.service_request.fix_by
            yield self._fresh(variants.too_late({"day": in_words(fix_by), "n": working_days(fix_by, self.at)}))
        elif self.times < 2:
            days = working_days(self.service_request.received_at, self.at)
            yield self._fresh([_reported_ago(days, again=self.times > 0)])
        if self.times > 1 and self.outage is None:
            yield self._fresh(variants.no_news(self.times + 1))

    def _reply(self) -> str:
        if not self.service_request.tenant_waits_for_reply or self.wrote_at is None:
            return ""
        if timezone.localdate(self.wrote_at) == timezone.localdate(self.at):
            return self._fresh([_("We have your message of today, and you will get an answer to it.")])
        said = {"day": in_words(self.wrote_at), "n": working_days(self.wrote_at, self.at)}
        return self._fresh(variants.unanswered(said, times=self.times))

    def _fresh(self, texts: Iterable[str]) -> str:
        return fresh(texts, self.read)

    def _once_or_twice(self, text: str) -> str:
        return self._fresh([text])

    def _why(self) -> Iterator[str]:
        """Said often enough, it is a line with the facts."""
        if self.visit is not None:
            yield self._visit_goes_on(self.visit)
        elif self.service_request.deferred_until is not None:
            yield self._put_off(self.service_request.deferred_until)
        elif self.outage is not None:
            yield from map(self._once_or_twice, self._broken_for_all(self.outage))
        elif self.service_request.is_to_do and not self._asked_us_meanwhile:
            yield self._fresh(self._in_the_table()) or self._where_it_stands()
            if self.waits_for_tenant and self.asked:
                yield self._fresh([_("This was our question: %(words)s") % {"words": self.asked}])

    def _in_the_table(self) -> Iterator[str]:
        """What a status or reason that came without words of its own is about is not finished, at least."""
        key = self.service_request.waiting_reason or self.service_request.status
        texts = WHY.get(key, WHY[Status.IN_PROGRESS])
        over = self.last_visit.window.upper if self.last_visit else self.since
        n, m = working_days(self.since, self.at), working_days(over, self.at)
        facts = {"since": in_words(self.since), "visit": in_words(over), "n": n, "m": m}
        first = self.times % len(texts)
        for text in (*texts[first:], *texts[:first]) if min(n, m) else texts[:1]:
            yield str(text % facts)

    def _where_it_stands(self) -> str:
        reason, what = self.service_request.waiting_reason, str(Status(self.service_request.status).label)
        if reason:
            waits_for = _("your answer") if self.waits_for_tenant else WaitingReason(reason).label
            what = _("Waiting for %(what)s") % {"what": waits_for}
        return _("How it stands: %(what)s, since %(since)s") % {"what": what, "since": in_words(self.since)}

    def _visit_goes_on(self, visit: Visit) -> str:
        start, end = (timezone.localtime(moment) for moment in (visit.window.lower, visit.window.upper))
        said = {
            "day": in_words(visit.window.lower),
            "n": working_days(self.at, visit.window.lower),
            "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}",
        }
        return self._fresh(variants.visit_goes_on(said)) or _("Visit: %(day)s, %(start)s to %(end)s") % said

    def _put_off(self, until: datetime) -> str:
        said = {"day": in_words(until), "n": working_days(self.at, until)}
        return self._fresh(variants.put_off(said)) or _("Put off until: %(day)s") % said

    def _broken_for_all(self, outage: Outage) -> Iterator[str]:
        n = working_days(outage.starts_at, self.at)
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
        said = {"day": in_words(next_working_moment(self.at)), "name": str(self.service_request.assignee or "")}
        if self.waits_for_tenant:
            if self.times > 1:
                yield self._fresh(variants.how_to_answer(said))
            return
        if not self.is_our_turn and not self.service_request.tenant_waits_for_reply:
            return
        if self.times == 0:
            yield self._once_or_twice(_("Our planners look at it again on %(day)s.") % said)
        elif self.times == 1:
            yield self._once_or_twice(_("From %(day)s on it is at the top of our planners' list.") % said)
        elif self.outage is not None:
            yield self._once_or_twice(_("Does it still not work after that? Our planners check on %(day)s.") % said)
        else:
            yield self._fresh(variants.who_has_it(said))
            yield self._fresh(variants.what_you_can_do(six_weeks=self.service_request.statutory_since is not None))


def holding_of(service_request: ServiceRequest, *, outage: Outage | None, at: datetime) -> Holding:
    """What is true of it now. Asks for the last step, the visits, and for the last message if that waits for us."""
    entered = service_request.history.order_by("-pk").first()
    visits = list(service_request.visits.all())
    to_come = [one for one in visits if one.outcome == Visit.Outcome.PLANNED and one.window.upper > at]
    over = [one for one in visits if one.window.upper <= at]
    wrote = _wrote_last(service_request) if service_request.tenant_waits_for_reply else None
    return Holding(
        service_request=service_request,
        at=at,
        since=entered.at if entered else service_request.received_at,
        asked=entered.note if entered else "",
        wrote_at=wrote.at if wrote else None,
        wrote_by=wrote.tenant_id if wrote else None,
        visit=to_come[0] if to_come else None,
        last_visit=over[-1] if over else None,
        outage=outage,
        read=read_before(service_request.reference),
    )


def _wrote_last(service_request: ServiceRequest) -> Message | None:
    return service_request.messages.filter(tenant__isnull=False).order_by("-pk").first()


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


def working_days(start: datetime, end: datetime) -> int:
    return in_force().calendar.working_days_between(start, end)


def in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "l j F")
