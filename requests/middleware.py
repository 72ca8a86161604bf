"""Around each request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from . import promises

Respond = Callable[[HttpRequest], HttpResponse]


class OneCalendar:
    """A page looks at the norms and the calendar once, however many days it counts."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with promises.looked_up_once():
            return self.respond(request)
