import pytest

from requests import tasks
from requests.models import ServiceRequest
from tenants.notifications import sweep
from tenants.notifications.models import Notification

from ..factories import NOON, ServiceRequestFactory

pytestmark = pytest.mark.django_db(transaction=True)  # a job ends with its connection


def test_every_worker_looks_at_all_that_is_due_without_beat_or_broker(mailoutbox):
    service_request = ServiceRequestFactory(next_word_at=NOON)

    for job in sweep._jobs:
        sweep._do(job)

    assert ServiceRequest.objects.get().next_word_at > NOON
    assert set(Notification.objects.values_list("about", flat=True)) == {service_request.reference}
    assert tasks.follow_up in sweep._jobs
    assert tasks.make_thumbnails in sweep._jobs


def test_a_job_that_fails_holds_up_no_other(monkeypatch, caplog):
    done = []
    monkeypatch.setattr(sweep, "_jobs", [lambda: 1 / 0, lambda: done.append(1)])

    for job in sweep._jobs:
        sweep._do(job)

    assert done == [1]
    assert "A sweep failed; it goes on" in caplog.text
