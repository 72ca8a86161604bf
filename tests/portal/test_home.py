"""The first page, its language, and the pages for when something goes wrong."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from portal import views
from requests.workflow import Status
from tenants.models import Tenant
from tests.factories import ServiceRequestFactory
from tests.requests.tenant_pages import words_of


def test_a_visitor_is_welcomed_and_can_sign_in_and_call(client, db, settings):
    said = words_of(client.get("/"))

    assert 'href="/account/login/"' in said
    assert settings.EMERGENCY_PHONE_LINK in said
    assert "demo" not in said


def test_a_tenant_sees_their_own_open_requests_and_what_to_do_first(tenant_client, tenant):
    at = timezone.now()
    own = [ServiceRequestFactory(reported_by=tenant, status=status, at=at) for status in (Status.DONE, Status.RECEIVED)]
    closed = ServiceRequestFactory(reported_by=tenant, status=Status.CLOSED, at=at)
    somebody_elses = ServiceRequestFactory(at=at)

    said = words_of(tenant_client.get("/"))

    assert said.index(own[0].reference) < said.index(own[1].reference)
    assert [other.reference in said for other in (closed, somebody_elses)] == [False, False]
    assert 'href="/melden/"' in said


def test_staff_are_led_to_their_work(planner_client):
    said = words_of(planner_client.get("/"))

    wanted = (reverse("admin:index"), reverse("requests:dashboard"), reverse("requests:report"))
    assert [f'href="{address}"' in said for address in wanted] == [True, True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_more_open_requests_ask_no_more_queries(tenant_client, tenant, count, django_assert_num_queries):
    for _ in range(count):
        ServiceRequestFactory(reported_by=tenant, at=timezone.now())

    with django_assert_num_queries(7):
        tenant_client.get("/")


def test_a_tenant_who_chooses_english_gets_english_pages_and_mails(tenant_client, tenant):
    response = tenant_client.post("/taal/", {"language": "en", "next": "/melden/"}, follow=True)

    tenant.refresh_from_db()
    assert tenant.language == "en"
    assert "Report a repair" in words_of(response)


def test_a_visitor_who_chooses_english_keeps_it(client, db):
    client.post("/taal/", {"language": "en", "next": "/"})

    assert '<html lang="en">' in words_of(client.get("/"))


@pytest.mark.parametrize("language", ["", "xx", "nl; DROP"])
def test_a_language_that_we_do_not_speak_changes_nothing(tenant_client, tenant, language):
    tenant_client.post("/taal/", {"language": language})

    assert Tenant.objects.get(pk=tenant.pk).language == "nl"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example"])
def test_choosing_a_language_does_not_lead_to_another_site(client, db, elsewhere):
    response = client.post("/taal/", {"language": "en", "next": elsewhere})

    assert response.url == "/"


def test_a_page_that_does_not_exist_says_what_to_do(tenant_client):
    response = tenant_client.get("/bestaat-niet/")

    assert response.status_code == 404
    assert "U bent niets kwijt." in words_of(response)


def test_what_cannot_be_read_is_refused_with_a_page_that_says_so(tenant_client):
    response = tenant_client.post("/taal/", {f"field{n}": "" for n in range(1001)})

    assert response.status_code == 400
    assert "Wij kunnen dit niet lezen" in words_of(response)


def test_our_own_mistake_is_told_without_asking_the_database(settings):
    with translation.override("nl"):
        response = views.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Dit is onze fout, niet die van u." in words_of(response)
    assert settings.EMERGENCY_PHONE in words_of(response)
