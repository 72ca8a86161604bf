"""What is known already, and finding a problem in own words."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dwellings.models import Outage
from requests.models import Draft, OutageFollower, Report, ServiceRequest
from requests.workflow import Status
from tests.factories import CommunalAreaFactory, ServiceRequestFactory
from tests.requests import small_catalogue
from tests.requests.report_flow.way import WORDS, reported
from tests.requests.tenant_pages import page, words_of

# --- known already ----------------------------------------------------------------------------------------------------


def test_a_neighbours_case_is_shown_without_their_words_and_joined(walk, lift, tenant, tenant_client):
    case = reported(lift, "lift_noise", title_nl="De lift piept")
    Report.objects.update(text="Geheim van de buurvrouw")
    place = {"place": f"area-{lift.pk}"}

    _, url = walk(place, {"problem": "lift_noise"})
    shown = words_of(tenant_client.get(url))
    words = tenant_client.post(url, {"joins": case.reference}).url
    check = tenant_client.post(words, WORDS).url
    confirmation = tenant_client.get(tenant_client.post(check).url)

    assert url.endswith("/al-bekend/")
    assert ("De lift piept" in shown, "Een van uw buren heeft dit gemeld" in shown, "Geheim" in shown) == (
        True,
        True,
        False,
    )
    assert case.reports.get(tenant=tenant).text == "Sinds gisteren."
    assert ServiceRequest.objects.count() == 1
    assert "Uw melding is erbij gevoegd" in words_of(confirmation)


def test_mine_is_something_else_makes_a_case_of_its_own(walk, lift):
    reported(lift, "lift_noise")

    walk({"place": f"area-{lift.pk}"}, {"problem": "lift_noise"}, {"joins": ""}, WORDS, {})

    assert ServiceRequest.objects.count() == 2


def test_what_the_rule_joins_by_itself_is_joined_without_a_question(walk, lift, tenant, tenant_client):
    case = reported(lift, "lift_stuck")

    _, url = walk({"place": f"area-{lift.pk}"}, {"problem": "lift_stuck"})
    shown = words_of(tenant_client.get(url))
    check = tenant_client.post(tenant_client.post(url, {"joins": case.reference}).url, WORDS).url
    tenant_client.post(check)

    assert "Dit is bij ons bekend sinds" in shown
    assert case.reports.filter(tenant=tenant).exists()


def test_a_case_of_another_complex_cannot_be_joined_by_guessing(walk, lift):
    reported(lift, "lift_noise")
    elsewhere = reported(CommunalAreaFactory(), "lift_noise")

    walk({"place": f"area-{lift.pk}"}, {"problem": "lift_noise"}, {"joins": elsewhere.reference})

    assert Draft.objects.get().joins is None


def test_a_case_that_was_finished_meanwhile_is_not_joined_and_nothing_is_lost(walk, lift, tenant, tenant_client):
    case = reported(lift, "lift_noise")
    _, check = walk({"place": f"area-{lift.pk}"}, {"problem": "lift_noise"}, {"joins": case.reference}, WORDS)
    ServiceRequest.objects.update(
        status=Status.CLOSED, outcome="withdrawn", closed_at=timezone.now(), next_word_at=None
    )

    response = tenant_client.post(check, follow=True)
    tenant_client.post(check)

    assert "is intussen klaar. Uw antwoorden staan er nog." in words_of(response)
    assert ServiceRequest.objects.open().get().reports.get().text == "Sinds gisteren."


def test_ones_own_case_is_shown_with_the_way_to_it(walk, home, tenant, tenant_client):
    mine = ServiceRequestFactory(dwelling=home, problem="tap_worn", reported_by=tenant, at=timezone.now())

    _, url = walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_worn"})

    shown = words_of(tenant_client.get(url))
    assert "U hebt dit gemeld op" in shown
    assert page("detail", mine.reference) + "#messages" in shown


def test_an_outage_is_followed_and_needs_no_request(walk, home, lift, tenant):
    now = timezone.now()
    outage = Outage.objects.create(
        what="lift", complex=home.complex, starts_at=now, until=now + timedelta(hours=4), made_at=now
    )
    small_catalogue.publish(
        small_catalogue.PROBLEMS
        | {"lift": [("lift_stuck", "lift", "S", "corporation", {"element_code": "LIF", "defect_code": "STO"}),
                    ("lift_other", "other", "N", "corporation", {})]}
    )  # fmt: skip

    _, url = walk({"place": f"area-{lift.pk}"}, {"problem": "lift_stuck"}, {"outage": str(outage.pk)})

    assert OutageFollower.objects.get().tenant == tenant
    assert (Draft.objects.get().ended, url) == ("outage", page("report_ended", Draft.objects.get().pk))


def test_we_have_been_here_before_is_said_and_raises_the_class(walk, home, tenant, tenant_client):
    ServiceRequestFactory(
        dwelling=home, problem="drain_smells", thing="drain", element_code="AFV", defect_code="VS1",
        status=Status.CLOSED, cause_code="SLT", at=timezone.now() - timedelta(days=60),
    )  # fmt: skip

    _, words = walk({"place": "kitchen"}, {"thing": "drain"}, {"problem": "drain_smells"})
    shown = words_of(tenant_client.get(words))
    tenant_client.post(tenant_client.post(words, WORDS).url)

    again = ServiceRequest.objects.open().get()
    assert "Wij zijn hier eerder voor geweest" in shown
    assert (again.urgency, again.repeat_why) == ("U", "same_home")


# --- search -----------------------------------------------------------------------------------------------------------


def found(response):
    return re.findall(r'name="problem" value="(\w+)"', words_of(response))


def test_own_words_answer_place_thing_and_problem_at_once(search, tenant_client):
    response = search("kraan versleten")

    url = tenant_client.post(page("report_search", Draft.objects.get().pk), {"problem": "tap_worn"}).url

    draft = Draft.objects.get()
    assert {"tap_worn", "bath_tap_worn"} <= set(found(response))
    assert (draft.place, draft.thing, draft.problem) == ("kitchen", "tap", "tap_worn")
    assert url == page("report_words", draft.pk)


def test_the_same_problem_at_several_places_stands_together(search):
    shown = words_of(search("kraan versleten"))

    (group,) = re.findall(r'choices__heading">De kraan is versleten</h2>(.*?)</ul>', shown)
    assert set(re.findall(r'value="(\w+)"', group)) == {"tap_worn", "bath_tap_worn"}


def test_the_query_stays_in_the_field_and_is_never_markup(search):
    shown = words_of(search("<b>kraan</b>"))

    assert 'value="&lt;b&gt;kraan&lt;/b&gt;"' in shown


@pytest.mark.parametrize("query", ["x" * 10_000, "🚽💧" * 50, "מים לא עובדים", "%_'\"\\;--", "\u202eevil", " "])
def test_any_query_gets_an_answer_and_a_way_on(search, tenant_client, query):
    response = search(query)

    if response.status_code == 302:
        response = tenant_client.get(response.url)
    assert response.status_code == 200
    assert page("report_place", Draft.objects.get().pk) in words_of(response) or "In of om uw woning" in words_of(
        response
    )


def test_what_is_not_there_is_not_offered(search):
    response = search("lift")

    assert [key for key in found(response) if key.startswith("lift")] == []


@pytest.mark.parametrize("key", ["lift_noise", "no_such_leaf", "", "x" * 5000])
def test_what_is_not_there_cannot_be_picked(search, tenant_client, key):
    search("kraan")

    response = tenant_client.post(page("report_search", Draft.objects.get().pk), {"problem": key})

    assert (response.url, Draft.objects.get().problem) == (page("report_place", Draft.objects.get().pk), "")


def test_the_only_lift_is_the_one_that_is_meant(search, tenant_client, lift):
    search("lift geluid")

    tenant_client.post(page("report_search", Draft.objects.get().pk), {"problem": "lift_noise"})

    assert Draft.objects.get().communal_area == lift


def test_of_two_lifts_one_is_asked_for(search, tenant_client, lift):
    second = CommunalAreaFactory(complex=lift.complex, name="Lift 2")
    search("lift geluid")

    area = tenant_client.post(page("report_search", Draft.objects.get().pk), {"problem": "lift_noise"}).url
    asked = tenant_client.get(area)
    words = tenant_client.post(area, {"area": str(second.pk)}).url
    tenant_client.post(tenant_client.post(words, WORDS).url)

    assert area == page("report_area", Draft.objects.get().pk)
    assert "Lift 2" in words_of(asked)
    assert ServiceRequest.objects.get().communal_area == second


def test_a_lift_of_another_complex_is_no_choice(search, tenant_client, lift):
    CommunalAreaFactory(complex=lift.complex, name="Lift 2")
    elsewhere = CommunalAreaFactory(name="Andere lift")
    search("lift geluid")
    area = tenant_client.post(page("report_search", Draft.objects.get().pk), {"problem": "lift_noise"}).url

    response = tenant_client.post(area, {"area": str(elsewhere.pk)})

    assert "Dit is niet in uw gebouw." in words_of(response)
    assert Draft.objects.get().communal_area is None
