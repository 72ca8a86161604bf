"""The pages of a tenant's next steps, both clocks, and how a complaint is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests import services
from requests.models import Message
from requests.workflow import Status
from tests.factories import ServiceRequestFactory
from tests.requests.tenant_pages import page, words_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
KEY = "0b0f6f5e-6a3c-4d1e-9a55-3c8f3f0c6a11"


@pytest.fixture
def late(tenant):
    """Reported fifty days ago by the calendar, and not repaired."""
    at = timezone.localtime() - 50 * DAY
    return ServiceRequestFactory(reported_by=tenant, status=Status.PLANNED, at=at)


@pytest.fixture
def in_time(tenant):
    return ServiceRequestFactory(reported_by=tenant, status=Status.PLANNED, at=timezone.localtime() - DAY)


def step(case, where="klacht", name="next_step"):
    return page(name, case.reference, where)


def test_the_page_of_a_request_leads_on_when_a_promise_was_broken_and_only_then(tenant_client, late, in_time):
    shown = [words_of(tenant_client.get(page("detail", case.reference))) for case in (late, in_time)]

    assert ["Bekijk uw mogelijkheden" in text for text in shown] == [True, False]


def test_both_clocks_are_on_the_page_in_plain_words(tenant_client, late, in_time):
    after, before = (words_of(tenant_client.get(page("detail", case.reference))) for case in (late, in_time))

    assert "U meldde dit 50 dagen geleden." in after
    assert "De wet geeft ons zes weken. Die waren op" in after
    assert "U meldde dit 1 dag geleden." in before
    assert "De wet geeft ons zes weken: tot en met" in before


def test_the_overview_says_which_step_can_be_taken(tenant_client, late):
    text = words_of(tenant_client.get(page("next_steps", late.reference)))

    assert text.count("Dit kunt u nu doen") == 2
    assert "Wacht niet te lang: de lagere huur gaat hooguit zes maanden voor uw verzoek in." in text
    assert "Na stap 1" in text


def test_as_long_as_promises_are_kept_the_steps_lead_back_to_the_request(tenant_client, in_time):
    overview = tenant_client.get(page("next_steps", in_time.reference))
    letters = [tenant_client.get(step(in_time, name=name)) for name in ("next_step", "next_step_pdf")]

    assert overview.url == page("detail", in_time.reference)
    assert [letter.url for letter in letters] == [page("next_steps", in_time.reference)] * 2


@pytest.mark.parametrize("where", ["klachtencommissie", "onzin"])
def test_a_step_that_is_not_open_leads_to_the_overview(tenant_client, late, where):
    assert tenant_client.get(step(late, where)).url == page("next_steps", late.reference)


def test_the_letter_is_filled_in_with_the_case(tenant_client, tenant, late):
    text = words_of(tenant_client.get(step(late, "huurcommissie")))

    assert tenant.name in text
    assert late.reference in text
    assert late.reports.get().text in text


def test_the_letter_can_be_kept_as_a_pdf(tenant_client, late):
    response = tenant_client.get(step(late, "huurcommissie", "next_step_pdf"))

    assert response["Content-Type"] == "application/pdf"
    assert f'attachment; filename="huurcommissie-{late.reference}.pdf"' in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF")


def test_a_complaint_is_sent_with_what_the_tenant_adds(tenant_client, late):
    response = tenant_client.post(step(late), {"words": "Mijn kind slaapt in die kamer.", "key": KEY})

    said = Message.objects.get(service_request=late)
    assert response.url == page("detail", late.reference) + "#messages"
    assert said.is_complaint
    assert said.body.startswith(f"Klacht over hoe u mijn melding {late.reference} aanpakt")
    assert said.body.endswith("Mijn kind slaapt in die kamer.")


def test_a_complaint_that_is_sent_twice_is_kept_once(tenant_client, late):
    for _ in range(2):
        tenant_client.post(step(late), {"words": "", "key": KEY})

    assert Message.objects.filter(is_complaint=True).count() == 1


def test_who_complained_reads_when_and_is_not_asked_again(tenant_client, tenant, late):
    services.write_to_staff(late.pk, tenant=tenant, body="Klacht.", at=timezone.now(), is_complaint=True)

    overview = words_of(tenant_client.get(page("next_steps", late.reference)))
    letter = words_of(tenant_client.get(step(late)))

    assert "Gedaan op" in overview
    assert "U hebt deze klacht op" in letter
    assert "Verstuur deze klacht" not in letter


def test_words_that_are_too_long_are_kept_on_the_page(tenant_client, late):
    response = tenant_client.post(step(late), {"words": "x" * 2001, "key": KEY})

    assert "x" * 2001 in response.content.decode()
    assert "<title>Fout: " in words_of(response)
    assert not Message.objects.exists()


def test_words_for_a_step_that_closed_meanwhile_are_shown(tenant_client, in_time):
    with_words = tenant_client.post(step(in_time), {"words": "Het is <b>koud</b>.", "key": KEY})
    without = tenant_client.post(step(in_time), {"words": " ", "key": KEY})

    said = words_of(with_words)
    assert (with_words.status_code, "Dit formulier is er niet meer" in said) == (404, True)
    assert "Het is &lt;b&gt;koud&lt;/b&gt;.</textarea>" in said
    assert without.url == page("next_steps", in_time.reference)
    assert not Message.objects.exists()


def test_the_steps_of_a_neighbour_do_not_exist(tenant_client):
    theirs = ServiceRequestFactory(status=Status.PLANNED, at=timezone.now() - 50 * DAY)

    responses = [tenant_client.get(page("next_steps", theirs.reference)), tenant_client.get(step(theirs))]

    assert [response.status_code for response in responses] == [404, 404]
