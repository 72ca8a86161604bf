from datetime import datetime, timedelta

import pytest
from django.utils import translation

from requests.admin.due import Due, State, due_of, until
from requests.admin.wording import window_in_words
from requests.models import Visit
from tests.factories import NOON, ServiceRequestFactory

pytestmark = pytest.mark.django_db
ZONE = NOON.tzinfo


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_a_new_request_needs_its_first_answer_first():
    service_request = ServiceRequestFactory(at=NOON)

    due = due_of(service_request, at=NOON)

    assert due == Due(
        what="First answer to the tenant",
        at=service_request.answer_by,
        state=State.LATER,
        when="before Wed 4 March 17:00",
        moment="Wed 4 March 17:00",
    )


def test_news_comes_first_when_the_repair_is_further_away():
    service_request = ServiceRequestFactory(
        at=NOON, status="planned", answered_at=NOON, next_word_at=NOON + timedelta(days=1)
    )

    due = due_of(service_request, at=NOON)

    assert (due.what, due.when, due.state) == ("News for the tenant", "tomorrow before 12:00", State.SOON)


def test_the_repair_comes_first_when_it_is_promised_before_the_next_word():
    service_request = ServiceRequestFactory(
        at=NOON,
        status="planned",
        answered_at=NOON,
        fix_by=NOON + timedelta(hours=5),
        next_word_at=NOON + timedelta(days=1),
    )

    due = due_of(service_request, at=NOON)

    assert (due.what, due.when, due.state) == ("Repair due", "today before 17:00", State.TODAY)


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(minutes=1), "1 minute late"),
        (timedelta(minutes=59), "59 minutes late"),
        (timedelta(hours=1), "1 hour late"),
        (timedelta(hours=23, minutes=30), "23 hours late"),
        (timedelta(days=1), "1 day late"),
        (timedelta(days=11, hours=3), "11 days late"),
    ],
)
def test_lateness_is_said_in_the_largest_unit_that_fits(late, words):
    service_request = ServiceRequestFactory(at=NOON, answered_at=NOON)

    due = due_of(service_request, at=service_request.next_word_at + late)

    assert (due.when, due.state) == (words, State.OVERDUE)


def test_a_day_is_a_day_also_when_the_clock_changes():
    on_saturday = datetime(2026, 3, 28, 12, tzinfo=ZONE)  # the night after has 23 hours

    assert until(on_saturday + timedelta(days=1), at=on_saturday) == "tomorrow"
    assert until(on_saturday, at=on_saturday + timedelta(days=3)) == "3 days late"


def test_a_done_request_waits_for_the_tenant_and_closes_by_itself():
    due = due_of(ServiceRequestFactory(at=NOON, status="done"), at=NOON + timedelta(days=30))

    assert (due.what, due.when, due.state) == (
        "The tenant says if it is solved",
        "closes by itself on Mon 16 March",
        State.LATER,
    )


def test_it_closes_no_sooner_than_the_clock_looks_at_it():
    """After a reply of staff there is a week to answer again."""
    answered = ServiceRequestFactory(at=NOON, status="done", next_word_at=NOON + timedelta(days=20))

    assert due_of(answered, at=NOON + timedelta(days=16)).when == "closes by itself on Sun 22 March"


def test_who_waits_for_a_reply_is_not_said_to_be_closed():
    asks = ServiceRequestFactory(
        at=NOON, status="done", tenant_waits_for_reply=True, answered_at=NOON, next_word_at=NOON + timedelta(days=2)
    )

    due = due_of(asks, at=NOON)

    assert (due.what, due.at) == ("News for the tenant", NOON + timedelta(days=2))


def test_nothing_is_due_on_a_closed_request():
    assert due_of(ServiceRequestFactory(at=NOON, status="closed"), at=NOON) is None


def test_the_order_of_the_queue_is_the_order_of_what_is_said_to_be_due():
    requests = [
        ServiceRequestFactory(at=NOON, answered_at=NOON, status="planned", next_word_at=NOON + timedelta(days=days))
        for days in (5, 1, 3, 30)
    ]

    in_order = list(type(requests[0]).objects.work_queue(at=NOON))

    assert in_order == sorted(requests, key=lambda row: due_of(row, at=NOON).at)


def test_a_window_is_one_day_and_two_times():
    visit = Visit(window=type("Window", (), {"lower": NOON, "upper": NOON + timedelta(hours=4)}))

    assert window_in_words(visit.window) == "Mon 2 March 12:00–16:00"


def test_a_window_over_midnight_names_both_days():
    window = type("Window", (), {"lower": NOON + timedelta(hours=11), "upper": NOON + timedelta(hours=14)})

    assert window_in_words(window) == "Mon 2 March 23:00 – Tue 3 March 02:00"
