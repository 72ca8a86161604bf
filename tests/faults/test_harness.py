"""The harness itself: the auditor sees what is wrong, and production knows nothing of fail points."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone

from requests import services
from requests.models import Draft, Report, ServiceRequest
from tenants.models import Tenant
from tenants.notifications.models import Notification

from . import fail_points
from .mail_sink import Taken
from .people import Told
from .programs import PROJECT

PACKAGES = ["portal", "requests", "tenants", "dwellings"]


@pytest.fixture
def reported(town):
    """Somebody reported, was told so, and has the mail."""
    [person] = town.street.move_in(1)
    tenant = Tenant.objects.get(email=person.email)
    made = services.submit(Draft.objects.get().pk, tenant=tenant, at=timezone.now())
    person.told.append(Told(302, f"/meldingen/{made.reference}/verstuurd/"))
    for each in Notification.objects.all():
        each.state, each.sent_at, each.due_at = "sent", timezone.now(), None
        each.save()
        town.sink.taken.append(mail_of(each, person.email))
    assert town.look().faults() == {}
    return person


def mail_of(notification, recipient, message_id=None):
    mail = EmailMessage()
    mail["Message-ID"], mail["Subject"] = message_id or notification.message_id, notification.subject
    mail.set_content(notification.body)
    return Taken(recipient, mail)


def test_the_auditor_sees_what_was_lost(town, reported):
    town.sink.taken = []
    Draft.objects.update(sent_as=None)

    assert town.look().lost == [reported.text, Notification.objects.get().occasion, reported.email]


def test_the_auditor_sees_what_was_done_or_told_twice(town, reported):
    notification = Notification.objects.get()
    town.sink.taken += [mail_of(notification, reported.email), mail_of(notification, reported.email, "<other@x>")]
    report = Report.objects.get()
    report.pk = None
    report.service_request = _copy(report.service_request)
    report.save()

    found = town.look()

    assert (found.twice, found.repeated) == ([reported.text, reported.email], 1)


def _copy(service_request):
    copy = ServiceRequest.objects.get(pk=service_request.pk)
    copy.pk, copy.reference = None, "2026-999999"
    copy.save()
    return copy


def test_the_auditor_sees_a_wrong_recipient_a_stray_mail_and_a_stray_file(town, reported, settings):
    notification = Notification.objects.get()
    stray = Path(settings.MEDIA_ROOT) / "photos" / "ab" / "stray.jpg"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"")
    town.sink.taken += [mail_of(notification, "somebody@else.example"), mail_of(notification, reported.email, "<a@b>")]

    found = town.look()

    assert (found.wrong_recipient, found.orphans) == (["somebody@else.example"], ["<a@b>", "photos/ab/stray.jpg"])


def test_the_auditor_sees_a_broken_promise(town, reported):
    ServiceRequest.objects.update(next_word_at="2026-01-01T12:00Z")

    assert "next_word_is_not_overdue" in town.look().broken


def test_no_fail_point_is_in_the_production_code_or_can_be_ordered_there(monkeypatch):
    monkeypatch.setenv("FAIL_POINTS", "; ".join(f"{place}=die" for place in fail_points.PLACES))
    code = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]

    watched = [place for place in fail_points.PLACES if hasattr(fail_points.found(place), "__wrapped__")]

    assert watched == []  # nobody put them up in this process, which loaded everything as production does
    assert [path for path in code if "FAIL_POINT" in path.read_text().upper().replace(" ", "_")] == []


def test_an_order_for_a_place_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no such fail point"):
        fail_points.order("before breakfast=die")
