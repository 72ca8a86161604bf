"""The audit over rows as the measurements have them, inside a transaction and outside of one."""

import pytest
from django.db import connection

from portal.demo import bulk
from requests.audit import audit
from requests.models import Message, PromiseMove, ServiceRequest, StatusChange, Survey, Verdict
from tenants.models import Notification

from ..factories import NOON, ServiceRequestFactory

TABLES = (ServiceRequest, StatusChange, PromiseMove, Message, Verdict, Survey, Notification)


def failing():
    return {finding.name: finding.first for finding in audit(at=NOON) if finding.failures}


@pytest.mark.django_db
def test_bulk_rows_are_whole_cases_that_keep_every_promise():
    bulk.fill(requests=600, at=NOON)

    assert failing() == {}
    assert [model.__name__ for model in TABLES if not model.objects.exists()] == []
    assert set(ServiceRequest.objects.values_list("status", flat=True)) == {"planned", "done", "closed"}
    assert ServiceRequest.objects.filter(times_reopened=1).exists()


@pytest.mark.django_db
def test_bulk_rows_are_made_once_and_are_never_due():
    later = NOON + 2 * bulk.QUIET_FOR
    bulk.fill(requests=300, at=NOON)

    bulk.fill(requests=300, at=later)

    assert ServiceRequest.objects.count() == 300
    assert not ServiceRequest.objects.due_for_a_word(at=later).exists()
    assert not ServiceRequest.objects.due_for_a_look(at=later).exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_statements_run_beside_each_other_and_find_the_same():
    late = ServiceRequestFactory(next_word_at=NOON.replace(hour=1))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE requests_statuschange SET move = 'plan', old_status = 'received'")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert not connection.in_atomic_block

    found = failing()

    assert found["next_word_is_not_overdue"] == (late.reference,)
    assert {"history_is_unbroken", "history_follows_the_table_of_moves"} <= set(found)
