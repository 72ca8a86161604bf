"""What staff do from the page of a request with several reports: split off and merge, each asked first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests import services
from requests.models import ReportMove, ServiceRequest
from requests.services import Said
from requests.workflow import SCHEDULE, Actor, Status
from tests.access_world import browser_of, colleague
from tests.factories import CommunalAreaFactory, ComplexFactory, DwellingFactory, ReportFactory, ServiceRequestFactory
from tests.requests.tenant_pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
IN_ENGLISH = {"accept-language": "en"}


def address(name, case, *more):
    return reverse(f"admin:requests_servicerequest_{name}", args=[case.pk, *more])


def just_now():
    return timezone.now() - timedelta(hours=1)


def a_case(complex=None, **fields):
    complex = complex or ComplexFactory()
    return ServiceRequestFactory(at=just_now(), dwelling=DwellingFactory(complex=complex), **fields)


def look(client, url, **query):
    return words_of(client.get(url, query, headers=IN_ENGLISH, follow=True))


def households(count):
    case = a_case()
    for number in range(count - 1):
        ReportFactory(service_request=case, text=f"Bij nummer {number} ook.", at=just_now())
    return case


def test_the_page_says_how_many_households_read_a_message(planner_client):
    said = [look(planner_client, address("change", households(count))) for count in (1, 3)]

    assert ["3 households read this." in one for one in said] == [False, True]
    assert ["Send to all households" in one for one in said] == [False, True]


def test_each_report_can_be_split_off_when_there_are_more(planner_client):
    said = [look(planner_client, address("change", households(count))) for count in (1, 3)]

    assert [one.count("split off") for one in said] == [0, 3]


def test_splitting_off_is_asked_first_and_done_once(planner_client):
    case = households(2)
    report = case.reports.last()
    split = address("split", case, report.pk)

    asked = look(planner_client, split)
    answers = [planner_client.post(split, {"seen": case.version}) for _ in range(2)]

    new = ServiceRequest.objects.get(split_from=case)
    assert report.text in asked
    assert [answer["Location"] for answer in answers] == [address("change", new)] * 2
    assert ReportMove.objects.count() == 1


def test_a_stale_page_splits_nothing_off(planner_client):
    case = households(2)

    response = planner_client.post(address("split", case, case.reports.last().pk), {"seen": case.version + 7})

    assert response["Location"] == address("change", case)
    assert not ReportMove.objects.exists()


def test_the_last_report_is_not_split_off(planner_client):
    case = households(1)

    said = words_of(
        planner_client.post(
            address("split", case, case.reports.get().pk), {"seen": case.version}, headers=IN_ENGLISH, follow=True
        )
    )

    assert "there is nothing to split off" in said
    assert not ReportMove.objects.exists()


def test_a_report_of_another_request_is_not_found(planner_client):
    case, other = households(2), households(2)

    assert planner_client.get(address("split", case, other.reports.first().pk)).status_code == 404


def test_what_looks_alike_in_the_complex_is_offered_to_merge_with(planner_client):
    case = a_case()
    alike = a_case(case.place.complex)
    unlike = a_case(case.place.complex, thing="door", category="doors_windows")
    elsewhere, closed = a_case(), a_case(case.place.complex, status=Status.CLOSED)

    said = look(planner_client, address("merge", case))

    offered = [one.reference in said for one in (alike, unlike, elsewhere, closed)]
    assert offered == [True, False, False, False]


def test_both_are_shown_before_they_are_merged(planner_client):
    case = a_case()
    into = a_case(case.place.complex)

    said = look(planner_client, address("merge", case), into=into.reference)

    assert f"Does {case.reference} go on as {into.reference}?" in said
    assert not ReportMove.objects.exists()


def test_a_double_click_merges_once(planner_client):
    case = a_case()
    into = a_case(case.place.complex)
    form = {"into": into.reference, "seen": case.version}

    answers = [planner_client.post(address("merge", case), form)["Location"] for _ in range(2)]

    case.refresh_from_db()
    assert answers == [address("change", into)] * 2
    assert (case.merged_into, ReportMove.objects.count()) == (into, 1)


@pytest.mark.parametrize("typed", ["", "2026-999999", "geen nummer", "'; drop table", "💧" * 8])
def test_a_number_that_there_is_not_is_refused(planner_client, typed):
    case = a_case()

    shown = planner_client.get(address("merge", case), {"into": typed})
    sent = planner_client.post(address("merge", case), {"into": typed, "seen": case.version})

    assert list(shown.context["form"].errors) == ["into"]
    assert sent.status_code == 302
    assert not ReportMove.objects.exists()


def test_what_stands_in_the_way_is_said_before(planner_client, planner):
    case = a_case()
    into = a_case(case.place.complex)
    window = (timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=1, hours=2))
    said = Said(window=window, craftsman="Ali Demir")
    services.make_move(case.pk, SCHEDULE, actor=Actor.STAFF, by=planner, at=timezone.now(), said=said)

    shown = planner_client.get(address("merge", case), {"into": into.reference}, headers=IN_ENGLISH)

    assert "A visit is planned for this request" in words_of(shown)
    assert "Nobody sees what another household wrote." not in words_of(shown)


def test_both_pages_tell_what_happened(planner_client):
    case = a_case()
    into = a_case(case.place.complex)
    name = case.reports.get().tenant.name
    planner_client.post(address("merge", case), {"into": into.reference, "seen": case.version})

    old, new = (look(planner_client, address("change", one)) for one in (case, into))

    assert f"Goes on as {into.reference}" in old
    assert f"The report of {name} came from {case.reference}" in new


def test_a_request_that_goes_on_as_another_says_where_and_asks_nothing_of_staff(planner_client):
    case = a_case()
    into = a_case(case.place.complex)
    planner_client.post(address("merge", case), {"into": into.reference, "seen": case.version})

    page = look(planner_client, address("change", case))

    assert "There is nothing to do here. The work goes on with" in page
    assert "The reports went along to" in page
    assert page.count(f">{into.reference}</a>") == 3  # on top, with the reports, and where the work is
    assert "Everybody who reported this has moved out" not in page
    assert "Send to the tenant" not in page
    assert f"→ {into.reference}" not in page
    assert "Save the note" in page


def test_who_may_only_look_splits_and_merges_nothing():
    browser, case = browser_of(colleague("view_")), households(2)

    for url in (address("split", case, case.reports.last().pk), address("merge", case)):
        assert [browser.get(url).status_code, browser.post(url).status_code] == [403, 403]


@pytest.mark.parametrize("count", [2, 40])
def test_a_page_with_forty_reports_asks_no_more_queries(planner_client, count, django_assert_max_num_queries):
    case = ServiceRequestFactory(at=just_now(), dwelling=None, communal_area=CommunalAreaFactory())
    for _ in range(count - 1):
        ReportFactory(service_request=case, at=just_now())
    planner_client.get(address("change", case))

    with django_assert_max_num_queries(20):
        planner_client.get(address("change", case))
