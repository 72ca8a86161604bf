"""Going back, changing an answer, and what that forgets."""

import re

import pytest
from django.db import transaction
from django.utils import timezone

from requests import services
from requests.models import Draft, ServiceRequest
from tests.factories import CommunalAreaFactory
from tests.requests import small_catalogue
from tests.requests.report_flow.way import TO_COSTS, WORDS, reported
from tests.requests.tenant_pages import page, words_of

# --- going back and changing ------------------------------------------------------------------------------------------


WITH_DETAILS = (
    {"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_leaks"},
    {"q-much": "no", "cause": "BEW"}, {"result": "skipped"}, {"answer": "disagree", "objection": "Niet waar."}, WORDS,
)  # fmt: skip


def test_back_leads_page_by_page_to_the_first(walk, tenant_client):
    _, url = walk(*WITH_DETAILS)
    pages = []
    while "/melden/" in url and url != page("report"):
        pages.append(url.rstrip("/").rsplit("/", 1)[1])
        (url,) = re.findall(r'<a class="back" href="([^"]*)"', words_of(tenant_client.get(url)))

    assert pages == ["controleren", "uitleg", "kosten", "zelf-proberen", "vragen", "probleem", "onderdeel", "plek"]


def test_the_same_answer_once_more_forgets_nothing(walk, tenant_client):
    walk(*WITH_DETAILS)
    fields = ("place", "thing", "problem", "cause_code", "answers", "payer_answer", "objection", "text")
    before = Draft.objects.values(*fields).get()
    key = Draft.objects.get().pk

    for name, answer in (("report_place", {"place": "kitchen"}), ("report_thing", {"thing": "tap"}),
                         ("report_problem", {"problem": "tap_leaks"})):  # fmt: skip
        led_to = tenant_client.post(page(name, key), answer).url

    assert Draft.objects.values(*fields).get() == before
    assert led_to == page("report_check", key)


def test_another_problem_forgets_what_hung_on_it_and_keeps_the_words(walk, tenant_client):
    walk(*WITH_DETAILS)
    key = Draft.objects.get().pk

    led_to = tenant_client.post(page("report_problem", key), {"problem": "tap_drips"}).url

    draft = Draft.objects.get()
    assert (draft.cause_code, draft.details_given, draft.payer_answer, draft.text) == ("", False, "", "Sinds gisteren.")
    assert led_to == page("report_costs", key)  # new, and to be answered


def test_another_cause_asks_again_who_pays_and_nothing_else(walk, tenant_client):
    walk(*WITH_DETAILS)
    key = Draft.objects.get().pk

    led_to = tenant_client.post(page("report_details", key), {"q-much": "no", "cause": "STO"}).url

    draft = Draft.objects.get()
    assert (draft.payer_answer, draft.problem, draft.text) == ("", "tap_leaks", "Sinds gisteren.")
    assert led_to == page("report_check", key)  # a storm: the corporation pays


@pytest.mark.parametrize(
    ("fields", "led_to", "said"),
    [
        ({"dwelling": None}, "report_home", "Om welke woning of plek gaat het?"),
        ({"problem": "gone"}, "report_problem", "Kies wat er aan de hand is."),
        ({"details_given": False}, "report_details", "Beantwoord deze vragen."),
        ({"payer_answer": ""}, "report_costs", "Kies een antwoord. Dan weten wij wie er betaalt."),
        ({"text": " "}, "report_words", "Schrijf op wat er aan de hand is. Eén zin is genoeg."),
    ],
)
def test_what_is_missing_at_the_end_is_said_and_led_to(walk, tenant_client, fields, led_to, said):
    _, check = walk(*WITH_DETAILS)
    Draft.objects.update(**fields)

    response = tenant_client.post(check)
    shown = words_of(tenant_client.get(response.url, follow=True))

    assert response.url == page(led_to, Draft.objects.get().pk)
    assert said in shown
    assert not ServiceRequest.objects.exists()


def test_an_answer_that_was_never_offered_is_refused(walk, tenant_client):
    _, url = walk(*WITH_DETAILS[:3])

    response = tenant_client.post(url, {"q-much": "maybe", "q-which": "9", "cause": "XYZ", "q-code-words": "x" * 201})

    assert response.status_code == 200
    assert words_of(response).count('class="field__error"') == 4
    assert Draft.objects.get().details_given is False


def test_a_report_goes_on_with_the_catalogue_it_began_with(walk, tenant_client):
    _, words = walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_worn"})
    small_catalogue.publish({"bathroom": small_catalogue.PROBLEMS["bathroom"]})

    tenant_client.post(tenant_client.post(words, WORDS).url)

    assert ServiceRequest.objects.get().problem == "tap_worn"


def test_what_was_ended_on_one_device_is_ended_on_the_other(walk, tenant_client, tenant):
    walk(*TO_COSTS, {"answer": "paid"}, WORDS)
    draft = Draft.objects.get()
    services.end_draft(draft.pk, tenant=tenant, at=timezone.now(), how="own_job")

    response = tenant_client.post(page("report_check", draft.pk))

    assert (response.url, ServiceRequest.objects.count()) == (page("report_ended", draft.pk), 0)


EVERY_PAGE = (
    "home", "place", "search", "area", "thing", "problem", "details", "known", "help", "costs", "words", "check",
)  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_every_page_asks_few_questions_however_much_there_is(
    walk, tenant_client, home, lift, count, subtests, django_assert_max_num_queries
):
    for number in range(count):
        CommunalAreaFactory(complex=home.complex, name=f"Lift {number}")
        reported(lift, "lift_noise")
    walk({"place": f"area-{lift.pk}"}, {"problem": "lift_noise"})
    draft = Draft.objects.get()

    for name in EVERY_PAGE:
        with subtests.test(name), django_assert_max_num_queries(15):
            tenant_client.get(page(f"report_{name}", draft.pk), {"q": "lift"})


NONSENSE = {
    "place": "1", "thing": "\x00", "problem": "'", "joins": "0", "outage": "x",
    "result": "no", "answer": "🚽", "area": "-1", "home": "1e9",
}  # fmt: skip


@pytest.mark.parametrize("sent", [{}, NONSENSE], ids=["nothing", "nonsense"])
def test_nonsense_on_any_page_breaks_nothing(walk, tenant_client, sent, subtests):
    walk(*WITH_DETAILS)
    draft = Draft.objects.get()

    for name in EVERY_PAGE:
        with subtests.test(name), transaction.atomic():
            response = tenant_client.post(page(f"report_{name}", draft.pk), sent)
            transaction.set_rollback(True)

            assert response.status_code in (200, 302)
            assert response.status_code == 302 or re.search("field__error|is-warn", words_of(response))
