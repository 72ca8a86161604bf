"""However often a form is sent, by double clicks or from two tabs at once, it counts once."""

import threading

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from requests.models import Draft, ServiceRequest, StatusChange
from tenants.models import Notification
from tests.factories import DraftFactory
from tests.size import times

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE, ROUNDS = 10, times(100, short=3)


def press_ten_times_at_once(draft, name="report_check"):
    """What each of ten browsers gets that press the button of that page at the same moment."""
    browsers = [Client() for _ in range(AT_ONCE)]
    for browser in browsers:
        browser.force_login(draft.tenant.user)
    together, answers = threading.Barrier(AT_ONCE), []

    def press(browser):
        try:
            together.wait()
            answers.append(browser.post(reverse(f"requests:{name}", args=[draft.pk])))
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=[browser]) for browser in browsers]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    return answers


def test_ten_presses_at_once_make_one_request_one_line_and_one_mail():
    drafts = [DraftFactory() for _ in range(ROUNDS)]

    ends = [[answer.url for answer in press_ten_times_at_once(draft)] for draft in drafts]

    assert [(len(end), len(set(end))) for end in ends] == [(AT_ONCE, 1)] * ROUNDS
    assert ServiceRequest.objects.count() == ROUNDS
    assert StatusChange.objects.count() == ROUNDS
    assert Notification.objects.count() == ROUNDS


def test_without_the_lock_on_the_draft_there_would_be_more(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)
    drafts = [DraftFactory() for _ in range(ROUNDS)]

    for draft in drafts:
        press_ten_times_at_once(draft)

    assert ServiceRequest.objects.count() > ROUNDS


def test_ten_presses_at_once_throw_a_draft_away_once():
    drafts = [DraftFactory() for _ in range(ROUNDS)]

    answers = [press_ten_times_at_once(draft, "throw_away") for draft in drafts]

    assert [len(answer) for answer in answers] == [AT_ONCE] * ROUNDS
    assert {answer.status_code for ten in answers for answer in ten} <= {302, 404}  # 404: it was gone before they came
    assert Draft.objects.count() == 0


def test_pressing_again_later_shows_the_same_confirmation(client):
    draft = DraftFactory()
    client.force_login(draft.tenant.user)
    address = reverse("requests:report_check", args=[draft.pk])

    first, again, looked = client.post(address).url, client.post(address).url, client.get(address).url

    assert first == again == looked
    assert ServiceRequest.objects.count() == 1
