"""Danger first: whom to call before anything is typed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from requests import services
from requests.front_door import catalogues
from requests.intake.catalogue import shipped
from requests.intake.dangers import DANGERS, GRID, LIFE, OTHER, danger_of
from requests.models import CatalogueVersion, Draft, Emergency
from tests.factories import NOON, DraftFactory, TenancyFactory, TenantFactory

from ..tenant_pages import page, words_of

pytestmark = pytest.mark.django_db


# --- the table


@pytest.mark.parametrize("one", DANGERS, ids=lambda one: one.key)
def test_every_danger_says_whom_to_call_and_what_to_do(one):
    with translation.override("nl"):
        steps = one.steps(shipped())

    assert one.calls
    assert steps
    assert all(call.link.removeprefix("tel:").isdigit() for call in one.calls)
    assert {step.picture for step in steps} >= set(one.pictures)


def test_danger_to_life_and_gas_have_their_own_numbers_first():
    first = {one.key: one.numbers[0] for one in DANGERS}

    assert {key: number for key, number in first.items() if number in (LIFE, GRID)} == {
        "gas": GRID, "carbon_monoxide": LIFE, "fire": LIFE,
    }  # fmt: skip


def test_every_problem_that_is_for_the_telephone_is_a_danger_of_the_table_or_says_what_it_is():
    acute = {key: danger_of(problem) for key, problem in shipped().leaves.items() if problem.phone_only}

    assert {key for key, of in acute.items() if of == OTHER} == {"street_power"}
    assert {of for of in acute.values() if of != OTHER} <= {one.key for one in DANGERS}


def test_a_guide_that_is_gone_from_the_catalogue_leaves_the_numbers(tenant_client):
    CatalogueVersion.objects.filter(status="published").update(status="retired")

    answer = tenant_client.get(page("danger", "gas"))

    assert answer.status_code == 200
    assert answer.context["what_to_do"] == {"steps": []}
    assert 'href="tel:08009009"' in words_of(answer)


# --- the first screen


def test_the_first_screen_asks_for_danger_and_nothing_can_be_typed(tenant_client):
    answer = tenant_client.get(page("report"))

    html = words_of(answer)
    assert all(page("danger", one.key) in html for one in DANGERS)
    assert "<textarea" not in html
    assert 'type="text"' not in html


def test_none_of_these_begins_a_report(tenant_client, tenant):
    answer = tenant_client.post(page("report"))

    draft = Draft.objects.get(tenant=tenant)
    assert answer.url == page("report_place", draft.pk)
    assert Emergency.objects.count() == 0


def test_who_rents_nothing_today_can_still_say_that_there_is_danger(client):
    somebody = TenantFactory()
    client.force_login(somebody.user)

    client.post(page("danger", "fire"))
    answer = client.get(page("danger", "fire"))

    emergency = Emergency.objects.get()
    assert (emergency.tenant, emergency.dwelling, emergency.danger) == (somebody, None, "fire")
    assert answer.status_code == 200


# --- choosing a danger


def test_choosing_a_danger_is_kept_and_shows_whom_to_call(tenant_client, tenant):
    answer = tenant_client.post(page("danger", "gas"), follow=True)

    emergency = Emergency.objects.get()
    assert (emergency.tenant, emergency.danger, emergency.seen_at) == (tenant, "gas", None)
    assert emergency.dwelling == tenant.tenancies.get().dwelling
    html = words_of(answer)
    assert html.index("tel:08009009") < html.index("tel:112")
    assert str(answer.context["signalled"].pk) == str(emergency.pk)
    assert len(answer.context["what_to_do"]["steps"]) == 6
    assert "icons/steps.svg#no-flame" in html


def test_looking_at_the_page_is_no_signal(tenant_client):
    tenant_client.get(page("danger", "gas"))
    tenant_client.head(page("danger", "gas"))

    assert Emergency.objects.count() == 0


def test_the_same_danger_counts_once_per_quarter_of_an_hour(tenant):
    at = [NOON, NOON + timedelta(minutes=14), NOON + timedelta(minutes=16)]

    first, again, later = (
        services.signal_emergency(tenant=tenant, danger="gas", dwelling=None, at=moment) for moment in at
    )
    other = services.signal_emergency(tenant=tenant, danger="fire", dwelling=None, at=NOON)
    neighbours = services.signal_emergency(tenant=TenantFactory(), danger="gas", dwelling=None, at=NOON)

    assert first == again
    assert len({first, later, other, neighbours}) == 4


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_are_one_emergency(tenant):
    def click(_):
        try:
            return services.signal_emergency(tenant=tenant, danger="gas", dwelling=None, at=NOON).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(click, range(8)))

    assert kept == set(Emergency.objects.values_list("pk", flat=True))
    assert len(kept) == 1


def test_with_two_homes_the_page_asks_where_and_adds_it(tenant_client, tenant):
    garage = TenancyFactory(tenant=tenant).dwelling
    tenant_client.post(page("danger", "door"))

    asks = tenant_client.get(page("danger", "door"))
    tenant_client.post(page("danger", "door"), {"home": garage.pk})
    knows = tenant_client.get(page("danger", "door"))

    assert [asks.context["asks_home"], knows.context["asks_home"]] == [True, False]
    assert [emergency.dwelling for emergency in Emergency.objects.all()] == [garage]


@pytest.mark.parametrize("home", ["", "x", "0", "9" * 30, "-1", "1; DROP", "\U0001f525"])
def test_somebody_elses_home_and_nonsense_are_no_home(tenant_client, tenant, home):
    TenancyFactory(tenant=tenant)
    neighbours = TenancyFactory().dwelling

    tenant_client.post(page("danger", "door"), {"home": home or neighbours.pk})

    assert Emergency.objects.get().dwelling is None


@pytest.mark.parametrize("key", ["nothing", "other", "gas-", "GAS"])
def test_a_danger_that_is_not_in_the_table_does_not_exist(tenant_client, key):
    assert [tenant_client.post(f"/melden/nood/{key}/").status_code, tenant_client.get(f"/nood/{key}/").status_code] == [
        404,
        404,
    ]
    assert Emergency.objects.count() == 0


def test_after_the_danger_the_repair_can_be_reported(tenant_client, tenant):
    answer = tenant_client.get(page("danger", "water_near_power"))

    assert f'action="{page("report")}"' in words_of(answer)
    assert tenant_client.post(page("report")).status_code == 302


def test_twelve_hours_later_the_page_does_not_say_that_we_know(tenant_client, tenant):
    home = tenant.tenancies.get().dwelling
    Emergency.objects.create(tenant=tenant, dwelling=home, danger="gas", at=timezone.now() - timedelta(hours=13))

    assert tenant_client.get(page("danger", "gas")).context["signalled"] is None


# --- a problem of the catalogue that is for the telephone


@pytest.mark.parametrize(("key", "kept_as"), [("gas_smell", "gas"), ("street_power", OTHER)])
def test_choosing_such_a_problem_in_the_form_is_an_emergency_too(tenant_client, tenant, key, kept_as):
    problem = catalogues.current().get(key)
    draft = DraftFactory(
        tenant=tenant,
        dwelling=tenant.tenancies.get().dwelling,
        catalogue_id=catalogues.current_version(),
        place=problem.place.key,
        thing=problem.thing.key,
        problem="",
        text="",
    )

    answer = tenant_client.post(page("report_problem", draft.pk), {"problem": key}, follow=True)

    emergency = Emergency.objects.get()
    assert (emergency.danger, emergency.dwelling) == (kept_as, draft.dwelling)
    assert problem.problem_nl in emergency.about
    assert emergency.what == emergency.about
    assert 'href="tel:' in words_of(answer)


# --- without signing in


def test_everybody_reads_whom_to_call_and_it_leaves_no_trace(client):
    overview = client.get(page("emergency"))
    answers = {one.key: client.get(page("emergency_steps", one.key)) for one in DANGERS}

    assert all(page("emergency_steps", one.key) in words_of(overview) for one in DANGERS)
    assert {key: answer.status_code for key, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert all("<textarea" not in words_of(answer) for answer in answers.values())
    assert Emergency.objects.count() == 0
    assert client.post(page("emergency_steps", "gas")).status_code == 405


def test_a_tenant_is_led_to_the_page_that_tells_us(tenant_client):
    assert tenant_client.get(page("emergency")).url == page("report")
    assert tenant_client.get(page("emergency_steps", "gas")).url == page("danger", "gas")


@pytest.mark.parametrize("name", ["home", "account_login"])
def test_the_pages_before_signing_in_lead_to_the_dangers(client, name):
    html = words_of(client.get(reverse(name)))

    main = html[html.index("<main") : html.index("</main>")]
    assert page("emergency") in main
