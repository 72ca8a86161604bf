"""Which request stands above which in the queue, and from where the list is read."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from requests.models import ServiceRequest
from tests.factories import ServiceRequestFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
QUEUE = "admin:requests_servicerequest_changelist"


@pytest.fixture
def now():
    return timezone.now()


def listed(client, **query):
    response = client.get(reverse(QUEUE), query)
    return [row.service_request for row in response.context["cl"].rows]


def midnight_after(moment):
    return timezone.make_aware(datetime.combine(timezone.localdate(moment) + timedelta(days=1), time()))


def test_what_cannot_wait_stands_above_what_went_wrong_before(planner_client, now):
    tomorrow = midnight_after(now)
    tonight = tomorrow - timedelta(minutes=1)
    wrong = ServiceRequestFactory(at=now - timedelta(days=2), needs_attention=True)
    late = ServiceRequestFactory(at=now - timedelta(days=30))
    today = ServiceRequestFactory(at=now - timedelta(hours=20), urgency="S", fix_by=tonight)
    missed = ServiceRequestFactory(at=now - timedelta(days=2), urgency="S", fix_by=now - timedelta(days=1))
    danger = ServiceRequestFactory(at=now, urgency="A", fix_by=tomorrow)
    calm = ServiceRequestFactory(at=now, urgency="S", fix_by=tomorrow, next_word_at=tomorrow)

    shown = listed(planner_client)

    assert shown == [danger, missed, today, wrong, late, calm]


def test_an_emergency_that_is_ready_stands_where_the_others_wait_for_an_answer(planner_client, now):
    ready = ServiceRequestFactory(at=now, status="done", urgency="A", fix_by=now + timedelta(days=2))
    earlier = ServiceRequestFactory(at=now, status="done", fix_by=now + timedelta(days=1))

    assert listed(planner_client, tab="done") == [earlier, ready]


def test_every_request_stands_on_one_page_when_what_cannot_wait_fills_more_than_one(planner_client, now):
    acute = ServiceRequestFactory.create_batch(30, at=now, urgency="A")
    others = ServiceRequestFactory.create_batch(27, at=now)

    pages = [listed(planner_client, p=page) for page in (1, 2, 3)]

    assert pages == [acute[:25], [*acute[25:], *others[:20]], others[20:]]


def test_the_queue_reads_what_cannot_wait_from_its_own_index(now):
    with connection.cursor() as cursor:  # in an empty table every way is as good: only what the index can do is asked
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = ServiceRequest.objects.acute(at=now)[:25].explain()

    assert ("request_acute" in plan, "Sort" in plan) == (True, False)
