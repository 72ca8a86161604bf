"""A hint to the workers costs a page next to nothing, whatever the broker does."""

import socket
import time

import pytest
import redis
from celery import current_app
from django.conf import settings as django_settings

from tenants.notifications import wake

SOON = 5  # seconds on a busy machine; a silent broker holds celery's own defaults for more than 40


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(wake, "_silent_until", 0.0)
    wake._hang_up()
    yield
    wake._hang_up()


@pytest.fixture
def queue():
    broker = redis.Redis.from_url(django_settings.REDIS_URL)
    broker.delete("celery")
    yield broker
    broker.delete("celery")


def broker_at(monkeypatch, port):
    monkeypatch.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")
    monkeypatch.setattr(current_app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")


def test_a_hint_arrives(queue):
    wake.up("notifications.deliver_due")
    wake.up("notifications.deliver_due")

    assert queue.llen("celery") == 2


def test_a_connection_that_went_stale_is_made_anew(queue):
    wake.up("notifications.deliver_due")
    queue.client_kill_filter(_type="normal", skipme=True)

    wake.up("notifications.deliver_due")

    assert queue.llen("celery") == 2


def test_a_broker_that_is_away_is_left_alone_for_a_while(monkeypatch):
    broker_at(monkeypatch, 1)
    lost, asked = wake.hints_lost, []

    wake.up("notifications.deliver_due")
    monkeypatch.setattr(wake, "_ask", asked.append)
    wake.up("notifications.deliver_due")

    assert (wake.hints_lost, asked) == (lost + 2, [])


def test_a_broker_that_never_answers_costs_a_moment(monkeypatch):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        broker_at(monkeypatch, silent.getsockname()[1])
        start = time.monotonic()

        wake.up("notifications.deliver_due")

    assert time.monotonic() - start < SOON
