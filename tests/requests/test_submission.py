import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from requests import services
from requests.models import Attachment, Draft, ServiceRequest
from requests.services import DraftIncomplete, NotYourHome
from tenants.notifications.models import Notification

from ..factories import NOON, CommunalAreaFactory, DraftFactory, TenancyFactory, TenantFactory

pytestmark = pytest.mark.django_db


def test_a_draft_becomes_a_request_with_its_promises():
    draft = DraftFactory()

    service_request = services.submit(draft.pk, tenant=draft.tenant, at=NOON)

    service_request.refresh_from_db()
    report = service_request.reports.get()
    assert service_request.subject == "Keuken: iets anders in de keuken"
    assert service_request.reference.startswith("2026-")
    assert service_request.fix_by == service_request.first_fix_by == NOON.replace(day=16, hour=17)
    assert service_request.next_word_at == NOON.replace(day=4, hour=17)
    assert (report.tenant, report.text) == (draft.tenant, draft.text)
    assert [change.move for change in service_request.history.all()] == ["receive"]


def test_the_tenant_is_told_what_was_promised():
    draft = DraftFactory()

    service_request = services.submit(draft.pk, tenant=draft.tenant, at=NOON)

    notification = Notification.objects.get()
    assert notification.subject == f"Wij hebben uw melding {service_request.reference} ontvangen"
    assert "Het is uiterlijk maandag 16 maart gemaakt." in notification.body
    assert "U hoort uiterlijk woensdag 4 maart van ons wat wij gaan doen." in notification.body
    assert f"http://testserver/meldingen/{service_request.reference}/" in notification.body


def test_a_draft_is_sent_once_however_often():
    draft = DraftFactory()

    first, second = (services.submit(draft.pk, tenant=draft.tenant, at=NOON) for _ in range(2))

    assert first == second
    assert (ServiceRequest.objects.count(), Notification.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_make_one_request():
    draft = DraftFactory()
    references = []
    together = threading.Barrier(10)

    def press():
        try:
            together.wait()
            references.append(services.submit(draft.pk, tenant=draft.tenant, at=NOON).reference)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(10)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()

    assert len(references) == 10
    assert len(set(references)) == 1
    assert (ServiceRequest.objects.count(), Notification.objects.count()) == (1, 1)


@pytest.mark.parametrize("missing", [{"dwelling": None}, {"problem": ""}, {"text": " \n"}, {"problem": "no_such_leaf"}])
def test_an_incomplete_draft_is_not_sent(missing):
    draft = DraftFactory(**missing)

    with pytest.raises(DraftIncomplete):
        services.submit(draft.pk, tenant=draft.tenant, at=NOON)

    assert ServiceRequest.objects.count() == 0


def test_nobody_reports_about_a_home_they_do_not_rent():
    stranger = TenantFactory()
    draft = DraftFactory(tenant=stranger, dwelling=TenancyFactory().dwelling)

    with pytest.raises(NotYourHome):
        services.submit(draft.pk, tenant=stranger, at=NOON)


def test_nobody_reports_about_a_home_they_have_left():
    tenancy = TenancyFactory(period=DateRange(date(2020, 1, 1), date(2026, 3, 2)))
    draft = DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling)

    with pytest.raises(NotYourHome):
        services.submit(draft.pk, tenant=tenancy.tenant, at=NOON)


def test_somebody_elses_draft_does_not_exist():
    draft = DraftFactory()

    with pytest.raises(Draft.DoesNotExist):
        services.submit(draft.pk, tenant=TenantFactory(), at=NOON)


def test_what_is_broken_in_the_building_lies_in_the_building():
    draft = DraftFactory(problem="lift_other", place="lift")
    draft.communal_area = CommunalAreaFactory(complex=draft.dwelling.complex)
    draft.save()

    service_request = services.submit(draft.pk, tenant=draft.tenant, at=NOON)

    assert (service_request.dwelling, service_request.communal_area) == (None, draft.communal_area)
    assert service_request.location_code == "LIF"


def test_nobody_reports_about_a_building_they_do_not_live_in():
    draft = DraftFactory(problem="lift_other", place="lift", communal_area=CommunalAreaFactory())

    with pytest.raises(NotYourHome):
        services.submit(draft.pk, tenant=draft.tenant, at=NOON)


def test_a_forgotten_draft_goes_and_a_sent_one_stays(settings):
    sent, forgotten, fresh = DraftFactory(), DraftFactory(), DraftFactory()
    services.submit(sent.pk, tenant=sent.tenant, at=NOON)
    later = NOON + settings.DRAFT_KEPT + timedelta(seconds=1)
    Draft.objects.filter(pk=fresh.pk).update(touched_at=later)

    assert services.forget_drafts(at=later) == 1

    assert set(Draft.objects.values_list("pk", flat=True)) == {sent.pk, fresh.pk}
    assert forgotten.pk not in {sent.pk, fresh.pk}


def test_photos_move_from_the_draft_to_the_report():
    draft = DraftFactory()
    Attachment.objects.create(draft=draft, image="photos/x.jpg", width=1, height=1, bytes=1, sha256="0" * 64, at=NOON)

    service_request = services.submit(draft.pk, tenant=draft.tenant, at=NOON)

    assert service_request.reports.get().photos.count() == 1
    assert draft.photos.count() == 0


def test_references_never_come_back():
    drafts = [DraftFactory() for _ in range(3)]

    references = [services.submit(draft.pk, tenant=draft.tenant, at=NOON).reference for draft in drafts]

    assert len(set(references)) == 3


def test_a_draft_that_never_was_cannot_be_sent():
    with pytest.raises(Draft.DoesNotExist):
        services.submit(uuid.uuid4(), tenant=TenantFactory(), at=NOON)
