"""Several requests share a transaction, and it stays a short one."""

import pytest

from requests.followup import words
from requests.models import ServiceRequest
from tenants.models import Notification

from ..factories import NOON, ServiceRequestFactory

pytestmark = pytest.mark.django_db


def due():
    return ServiceRequest.objects.due_for_a_word(at=NOON).count()


def test_a_transaction_that_takes_long_lets_the_others_go(monkeypatch):
    for _ in range(3):
        ServiceRequestFactory(next_word_at=NOON)
    monkeypatch.setattr(words, "LOCKED_FOR", 0)

    done = words._follow_up_some(at=NOON, most=10)

    assert (len(done), due(), Notification.objects.count()) == (1, 2, 1)


def test_no_more_are_claimed_than_fit(monkeypatch):
    for _ in range(3):
        ServiceRequestFactory(next_word_at=NOON)
    monkeypatch.setattr(words, "LOCKED_FOR", 60)

    done = words._follow_up_some(at=NOON, most=2)

    assert (len(done), due(), Notification.objects.count()) == (2, 1, 2)


def test_one_that_fails_leaves_the_others_of_its_transaction_done(monkeypatch):
    first, second, third = (ServiceRequestFactory(next_word_at=NOON) for _ in range(3))
    say = words._say_what_is_true

    def fail_at_the_second(service_request, *, at):
        say(service_request, at=at)
        if service_request.pk == second.pk:
            raise RuntimeError

    monkeypatch.setattr(words, "LOCKED_FOR", 60)
    monkeypatch.setattr(words, "_say_what_is_true", fail_at_the_second)

    assert words.follow_up_one_by_one(at=NOON) == 3

    told = set(Notification.objects.values_list("about", flat=True))
    failures = ServiceRequest.objects.order_by("pk").values_list("follow_up_failures", flat=True)
    assert told == {first.reference, third.reference}
    assert list(failures) == [0, 1, 0]
