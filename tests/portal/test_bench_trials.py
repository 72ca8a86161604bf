"""The trials of the bench, small: that their load is real, and that they say so when a goal is missed."""

from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.bench import outbox_trials, scanner, trials
from portal.bench.all_trials import all_trials
from portal.management.commands.bench import Command
from requests.models import ServiceRequest
from tenants.models import Notification
from tenants.notifications import delivery
from tests.factories import NOON, ServiceRequestFactory, TenantFactory


def test_every_goal_of_the_engine_has_a_trial():
    assert [trial.name for trial in all_trials()] == ["P11", "P12", "P14", "P15"]
    assert [trial for trial in all_trials() if not trial.says.startswith(trial.name)] == []


def test_a_figure_says_whether_its_goal_was_met():
    assert (trials.below("a", 50.0, 50, "ms").met, trials.below("a", 50.1, 50, "ms").met) == (True, False)
    assert (trials.above("a", 600.0, 600, "a second").met, trials.above("a", 599.9, 600, "a second").met) == (
        True,
        False,
    )


def test_the_command_counts_the_goals_that_were_missed():
    figures = [trials.below("a", 1, 1, "ms"), trials.below("b", 2, 1, "ms"), trials.Figure("c", "3")]
    said = StringIO()

    missed = Command(stdout=said)._trial(trials.Trial("P0", "P0 Something.", lambda ground: iter(figures)), None)

    assert (missed, said.getvalue().count("MISSED")) == (1, 1)


@pytest.mark.django_db
def test_what_is_queued_for_the_outbox_leaves_as_any_other_message(settings):
    settings.EMAIL_BACKEND = trials.NO_MAIL
    TenantFactory()

    keys = outbox_trials.queue(3)

    assert delivery.deliver_due(now=timezone.now) == 3
    assert set(Notification.objects.filter(pk__in=keys).values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db
def test_a_plan_names_the_index_that_was_used():
    connection.cursor().execute("SET LOCAL enable_seqscan = off")  # however empty it was when it was last counted
    query = "SELECT * FROM requests_servicerequest WHERE reference = %s"

    assert "requests_servicerequest_reference" in trials.index_of(query, ["2026-000001"])


@pytest.mark.django_db(transaction=True)
def test_so_many_as_asked_are_due_and_each_is_told_once():
    for _ in range(6):
        ServiceRequestFactory(next_word_at=timezone.now() + timedelta(days=3))

    before = scanner.due(3)
    later = scanner.told(0)

    assert before == {"due": later["left"], "told": 0}
    assert ServiceRequest.objects.due_for_a_word(at=timezone.now()).count() == later["left"] > 0


@pytest.mark.django_db(transaction=True)
def test_the_longest_transaction_is_timed():
    longest = scanner._watch_transactions()

    with transaction.atomic():
        ServiceRequestFactory(at=NOON)

    assert 0 < longest() < 60
    del scanner.connection.set_autocommit


def test_peak_memory_is_what_was_used_since_it_was_forgotten():
    block = bytearray(60 * 2**20)
    high = scanner._peak()
    del block

    low = scanner._peak(forget=True)
    again = bytearray(60 * 2**20)

    assert low < high
    assert scanner._peak() - low > 50
    del again
