"""What several of these tests share."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from requests.workflow import MOVES, Actor, Need

STAFF_MOVES = [move for move in MOVES if Actor.STAFF in move.actors]


IN_ENGLISH = {"accept-language": "en"}


def address(name, service_request, *more):
    return reverse(f"admin:requests_servicerequest_{name}", args=[service_request.pk, *more])


def look(client, service_request, **query):
    response = client.get(address("change", service_request), query, headers=IN_ENGLISH)
    assert response.status_code == 200
    return response


def said(service_request, move, **more):
    """A complete form for any move of staff."""
    data = {"seen": service_request.version, "note": "Omdat het zo is."}
    if Need.WINDOW in move.needs:
        day = timezone.localdate() + timedelta(days=3)
        data |= {"day": day.isoformat(), "start": "08:00", "end": "12:00", "craftsman": "Ali Demir"}
    if Need.REASON in move.needs:
        data |= {"waiting_reason": sorted(move.reasons)[0]}
    if Need.DAY in move.needs:
        data |= {"until": (timezone.localdate() + timedelta(days=30)).isoformat()}
    if Need.OUTCOME in move.needs:
        data |= {"outcome": move.outcomes[0].value}
    return data | more


def make(client, service_request, move, **more):
    data = said(service_request, move, **more)
    return client.post(address("move", service_request, move.name), data, headers=IN_ENGLISH)
