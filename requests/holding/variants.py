"""The ways to say the same thing of a holding message; whoever reads reads each of them twice at most.

Each says something true, and most something useful: whom to phone, what we do, what the tenant can do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

__all__ = [
    "how_to_answer",
    "no_news",
    "put_off",
    "too_late",
    "unanswered",
    "visit_goes_on",
    "what_you_can_do",
    "who_has_it",
]

Facts = dict[str, Any]


def no_news(times: int) -> Iterator[str]:
    """From the third message in a row on."""
    text = _("This is message %(times)d in a row in which we have no news for you, and that takes too long.")
    yield text % {"times": times}
    yield _("Again we have no news, and we would rather have had some for you.")
    yield _("This should not take so long, and it is not your fault.")
    yield _("We write to you as often as we promised, also when there is nothing new.")
    yield _("We understand it very well if you are not satisfied with this.")


def too_late(said: Facts) -> Iterator[str]:
    """`n` working days ago it should have been repaired, on `day`."""
    if said["n"] == 0:
        yield _("Sorry: it should have been repaired by %(day)s.") % said
    else:
        text = ngettext(
            "Sorry: it should have been repaired on %(day)s, %(n)d working day ago.",
            "Sorry: it should have been repaired on %(day)s, %(n)d working days ago.",
            said["n"],
        )
        yield text % said
        text = ngettext(
            "It is %(n)d working day late by now, and we are sorry for that.",
            "It is %(n)d working days late by now, and we are sorry for that.",
            said["n"],
        )
        yield text % said
    yield _("We promised it for %(day)s, and did not keep that promise.") % said
    yield _("The day that we promised is over: it was %(day)s. That is our mistake.") % said
    yield _("You have waited since %(day)s for what we had promised for that day.") % said


def unanswered(said: Facts, *, times: int) -> Iterator[str]:
    """`n` working days ago, on `day`, they wrote to us."""
    if times == 0 or said["n"] == 0:
        yield _("We have not answered your message of %(day)s yet, and that should have been quicker.") % said
    text = ngettext(
        "Your message of %(day)s has waited for an answer for %(n)d working day, and that is too long.",
        "Your message of %(day)s has waited for an answer for %(n)d working days, and that is too long.",
        said["n"],
    )
    yield text % said
    yield _("We still owe you an answer to your message of %(day)s.") % said
    yield _("Nobody of us has answered your message of %(day)s yet. Phone us if you cannot wait for it.") % said
    yield _("Your message of %(day)s is still on the list of what we have to answer.") % said


def visit_goes_on(said: Facts) -> Iterator[str]:
    """In `n` working days."""
    if said["n"] == 0:
        yield _("The visit on %(day)s between %(start)s and %(end)s will go ahead as planned.") % said
    else:
        text = ngettext(
            "The visit on %(day)s between %(start)s and %(end)s will go ahead as planned, in %(n)d working day.",
            "The visit on %(day)s between %(start)s and %(end)s will go ahead as planned, in %(n)d working days.",
            said["n"],
        )
        yield text % said
    yield _("Nothing changes: the craftsman is coming on %(day)s between %(start)s and %(end)s.") % said
    yield _("You can count on the visit on %(day)s between %(start)s and %(end)s.") % said
    yield _("Our appointment is still %(day)s between %(start)s and %(end)s.") % said


def put_off(said: Facts) -> Iterator[str]:
    """`n` working days from now."""
    text = ngettext(
        "We had put it off until %(day)s: that is in %(n)d working day, and it stays so.",
        "We had put it off until %(day)s: that is in %(n)d working days, and it stays so.",
        said["n"],
    )
    yield text % said
    yield _("Nothing has changed: we go on with it on %(day)s.") % said
    yield _("We have not forgotten it. On %(day)s we go on, as agreed.") % said
    yield _("It stays as we wrote: on %(day)s it is your turn.") % said


def how_to_answer(said: Facts) -> Iterator[str]:
    """We wait for them, and heard nothing; `day` is the next working day."""
    yield _("If you do not know any more what we asked, call us before %(day)s.") % said
    yield _("As soon as you answer, we go on.")
    yield _("Is our question not clear, or can you not answer it? Call us on %(phone)s.") % _phone()
    yield _("Do you not need us for this any more? Tell us so, and we close your request.")


def who_has_it(said: Facts) -> Iterator[str]:
    """`name` is whoever looks after it, if anybody does; `day` is the next working day."""
    if said["name"]:
        yield _("%(name)s has it, and sees it at the top of the list on %(day)s.") % said
        yield _("%(name)s looks after your request: ask for %(name)s when you phone us.") % said
        yield _("Ask %(name)s, who has your request, how it stands: %(phone)s.") % (said | _phone())
    else:
        yield _("Nobody of us has taken it up yet: on %(day)s it is at the top of the list again.") % said
        yield _("Our planners see on %(day)s that you are still waiting.") % said
        yield _("Would you like to know who can look after it? Call us on %(phone)s.") % _phone()
    yield _("On %(day)s we look again at what can be done.") % said


def what_you_can_do(*, six_weeks: bool) -> Iterator[str]:
    """`six_weeks`: of the law."""
    yield _("Is it getting worse, or can it not wait? Call us on %(phone)s.") % _phone()
    yield _("Are you not satisfied with how this goes? You can make a complaint: call us on %(phone)s.") % _phone()
    if six_weeks:
        yield _("The law gives us six weeks for a repair. After that you can go to the Huurcommissie.")
    yield _("Has something changed? Let us know, so that we send the right craftsman.")
    yield _("Is it over by itself? Let us know, and we close your request.")
    yield _("Is it extra hard for your household? Tell us; you do not have to say why.")


def _phone() -> Facts:
    return {"phone": settings.EMERGENCY_PHONE}
