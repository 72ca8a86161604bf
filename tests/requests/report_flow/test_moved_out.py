"""A draft about a home that its tenant left: what happens there is for who lives there now."""

from datetime import date

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import Tenancy
from requests.models import Draft, Emergency, ServiceRequest
from tests.factories import DraftFactory, OutageFactory, ServiceRequestFactory, TenancyFactory
from tests.requests.report_flow.test_going_back import EVERY_PAGE
from tests.requests.report_flow.way import reported
from tests.requests.tenant_pages import a_photo, page, stored_photo, words_of

TOLD = "Sinds gisteren."


@pytest.fixture
def draft(tenant, home):
    """Of a problem that the new tenants of that home reported, too."""
    return DraftFactory(tenant=tenant, dwelling=home, place="kitchen", thing="tap", problem="tap_worn", text=TOLD)


@pytest.fixture
def known(home):
    """What the tenants of that home have reported, and what is out there."""
    OutageFactory(complex=home.complex, what="water", words="Tot donderdag geen water.")
    return ServiceRequestFactory(dwelling=home, thing="tap", problem="tap_worn", at=timezone.now())


@pytest.fixture
def leave(tenant, home):
    """Move out, and into the home that it returns; or into none."""

    def leave(*, to_another=True):
        Tenancy.objects.filter(tenant=tenant).update(period=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
        TenancyFactory(dwelling=home, period=DateRange(date(2021, 1, 1), None))
        return TenancyFactory(tenant=tenant).dwelling if to_another else None

    return leave


def test_who_left_a_home_reads_nothing_of_it(tenant_client, draft, known, leave, subtests):
    while_living_there = words_of(tenant_client.get(page("report_known", draft.pk)))
    leave()

    assert "Iemand in uw woning heeft dit gemeld op" in while_living_there
    for name in EVERY_PAGE:
        for send in (tenant_client.get, tenant_client.post):
            with subtests.test(f"{name} {send.__name__}"), transaction.atomic():
                response = send(page(f"report_{name}", draft.pk), {"q": "kraan"}, follow=True)
                transaction.set_rollback(True)

                said = words_of(response)
                assert f"U huurt {draft.dwelling} niet meer." in said
                assert response.wsgi_request.path == page("report_home", draft.pk)
                assert ["heeft dit gemeld op" in said, "Tot donderdag" in said] == [False, False]


def test_what_they_wrote_and_their_photos_go_along(tenant_client, draft, leave):
    photo, new = stored_photo(draft=draft), leave()

    choose = tenant_client.get(page("report_check", draft.pk)).url
    place = tenant_client.post(choose, {"home": str(new.pk)}).url

    draft.refresh_from_db()
    assert place == page("report_place", draft.pk)
    assert (draft.dwelling, draft.place, draft.text, draft.photos.get()) == (new, "", TOLD, photo)


def test_what_they_were_typing_is_kept_too(tenant_client, draft, leave):
    leave()

    response = tenant_client.post(page("report_words", draft.pk), {"text": "Nieuwe tekst", "photos": [a_photo()]})

    draft.refresh_from_db()
    assert response.url == page("report_home", draft.pk)
    assert (draft.dwelling, draft.text, draft.photos.count()) == (None, "Nieuwe tekst", 1)


def test_a_shared_part_of_the_building_they_left_is_not_theirs_any_more(tenant_client, tenant, home, lift, leave):
    reported(lift, "lift_noise")
    draft = DraftFactory(
        tenant=tenant, dwelling=home, communal_area=lift, place="lift", thing="lift", problem="lift_noise", text=""
    )
    while_living_there = tenant_client.get(page("report_known", draft.pk))
    leave()

    response = tenant_client.get(page("report_known", draft.pk))

    draft.refresh_from_db()
    assert (while_living_there.status_code, response.url) == (200, page("report_home", draft.pk))
    assert (draft.communal_area, draft.joins) == (None, None)


def test_danger_at_the_old_address_is_not_signalled(tenant_client, draft, leave):
    leave()

    response = tenant_client.post(page("report_problem", draft.pk), {"problem": "gas_smell"})

    assert (response.url, Emergency.objects.count()) == (page("report_home", draft.pk), 0)


def test_who_rents_nothing_any_more_reads_so(tenant_client, draft, leave):
    leave(to_another=False)

    response = tenant_client.post(page("report_check", draft.pk), follow=True)

    draft.refresh_from_db()
    assert response.redirect_chain[-1][0] == page("report")
    said = words_of(response)
    assert ["U huurt nu geen woning bij ons" in said, "Kies voor welke woning" in said] == [True, False]
    assert (draft.text, ServiceRequest.objects.count()) == (TOLD, 0)


def test_of_two_homes_a_draft_goes_on_about_the_one_that_was_kept(tenant_client, tenant, draft):
    TenancyFactory(tenant=tenant, period=DateRange(date(2020, 1, 1), date(2021, 1, 1)))

    response = tenant_client.get(page("report_check", draft.pk))

    assert response.status_code == 200
    assert Draft.objects.get().dwelling == draft.dwelling
