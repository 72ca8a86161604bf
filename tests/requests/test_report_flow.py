"""The way through a report: which pages there are, where each path ends, and what a change forgets."""

import re
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import Outage, ServiceCover, Tenancy
from requests import services
from requests.models import Draft, Objection, OutageFollower, Report, SelfHelp, ServiceRequest
from requests.workflow import Status
from tests.factories import CommunalAreaFactory, ServiceRequestFactory, TenancyFactory
from tests.requests import small_catalogue
from tests.requests.tenant_pages import page, words_of

WORDS = {"text": "Sinds gisteren."}


@pytest.fixture(autouse=True)
def _small_catalogue(db):
    small_catalogue.publish()


@pytest.fixture
def home(tenant):
    return Tenancy.objects.get(tenant=tenant).dwelling


@pytest.fixture
def walk(tenant_client):
    """Begin a report and answer page by page; returns the names of the pages, and where one ended up."""

    def walk(*answers):
        seen, url = [], tenant_client.post(page("report")).url
        for answer in answers:
            seen.append(url.rstrip("/").rsplit("/", 1)[1])
            url = tenant_client.post(url, answer).url
        return seen, url

    return walk


def draft_of(tenant):
    return Draft.objects.get(tenant=tenant)


def test_a_problem_that_asks_nothing_takes_five_pages(walk, tenant):
    seen, url = walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_worn"}, WORDS, {})

    service_request = ServiceRequest.objects.get()
    assert seen == ["plek", "onderdeel", "probleem", "uitleg", "controleren"]
    assert url == page("sent", service_request.reference)
    assert (service_request.problem, service_request.payer, service_request.status) == (
        "tap_worn", "corporation", "received",
    )  # fmt: skip


def test_a_place_with_few_problems_does_not_ask_for_the_thing(walk):
    seen, _ = walk({"place": "bathroom"}, {"problem": "bathroom_other"}, WORDS, {})

    assert seen == ["plek", "probleem", "uitleg", "controleren"]


def test_a_thing_with_one_problem_does_not_ask_which(walk):
    seen, _ = walk({"place": "kitchen"}, {"thing": "other"}, WORDS, {})

    assert seen == ["plek", "onderdeel", "uitleg", "controleren"]
    assert ServiceRequest.objects.get().problem == "kitchen_other"


def test_a_place_with_one_problem_asks_neither(walk):
    seen, _ = walk({"place": "cellar"}, WORDS, {})

    assert seen == ["plek", "uitleg", "controleren"]
    assert ServiceRequest.objects.get().problem == "cellar_other"


def test_the_answers_to_the_questions_are_kept_with_the_report_in_words_and_raise_the_class(walk):
    answers = {"q-much": "yes", "q-which": "2", "q-code": " F\n12\x00 ", "cause": "STO"}

    seen, _ = walk(
        {"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_leaks"}, answers, {"result": "skipped"}, WORDS, {}
    )

    report = Report.objects.select_related("service_request").get()
    assert seen == ["plek", "onderdeel", "probleem", "vragen", "zelf-proberen", "uitleg", "controleren"]
    assert [(said["question_nl"], said["answer_nl"]) for said in report.answers] == [
        ("Vraag much?", "Ja"), ("Vraag which?", "rechts"), ("Vraag code?", "F 12"),
    ]  # fmt: skip
    assert (report.service_request.urgency, report.service_request.stated_cause_code) == ("S", "STO")


def test_extra_hard_for_the_household_raises_the_class_and_says_nothing_of_the_reason(walk):
    walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_worn"}, WORDS | {"extra_hard": "on"}, {})

    service_request = ServiceRequest.objects.get()
    assert (service_request.extra_hard, service_request.urgency) == (True, "U")


def test_what_is_too_dangerous_leads_to_the_telephone(walk, settings, tenant_client):
    _, url = walk({"place": "kitchen"}, {"thing": "gas"})

    assert settings.EMERGENCY_PHONE in words_of(tenant_client.get(url))
    assert Draft.objects.get().problem == ""


# --- who pays ---------------------------------------------------------------------------------------------------------

TO_COSTS = ({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": "not_solved"})


def test_the_price_is_paid_only_by_who_agreed_to_it(walk):
    seen, _ = walk(*TO_COSTS, {"answer": "paid"}, WORDS, {})

    service_request = ServiceRequest.objects.get()
    assert seen == ["plek", "onderdeel", "probleem", "zelf-proberen", "kosten", "uitleg", "controleren"]
    assert (service_request.payer, service_request.payer_rule, service_request.agreed_price) == ("tenant", "law_d", 45)


def test_who_does_not_agree_is_not_refused_but_reviewed(walk, tenant_client):
    _, url = walk(*TO_COSTS, {"answer": "disagree", "objection": "Hij is van u."}, WORDS, {})

    service_request = ServiceRequest.objects.get()
    objection = Objection.objects.get()
    assert (service_request.status, service_request.needs_attention) == (Status.IN_REVIEW, True)
    assert (objection.service_request, objection.rule, objection.words) == (service_request, "law_d", "Hij is van u.")
    assert [(change.move, change.new_status) for change in service_request.history.all()] == [("receive", "in_review")]
    assert "Iemand van ons kijkt waarom u niet wilt betalen" in words_of(tenant_client.get(url))


def test_who_does_not_agree_says_why(walk, tenant_client):
    _, url = walk(*TO_COSTS)

    response = tenant_client.post(url, {"answer": "disagree", "objection": " \n"})

    assert "Schrijf in één zin waarom u het er niet mee eens bent." in words_of(response)
    assert Draft.objects.get().payer_answer == ""


def test_who_does_it_themselves_needs_no_request_and_may_come_back(walk, tenant_client):
    _, url = walk(*TO_COSTS, {"answer": "myself"})
    draft = Draft.objects.get()
    shown = words_of(tenant_client.get(url))

    back = tenant_client.post(page("report_resume", draft.pk)).url

    assert (draft.ended, url) == ("own_job", page("report_ended", draft.pk))
    assert "Draai dicht." in shown
    assert back == page("report_costs", draft.pk)
    assert Draft.objects.get().ended == ""


def test_what_is_somebody_elses_is_said_and_may_be_reported_after_all(walk, tenant_client):
    _, url = walk({"place": "kitchen"}, {"thing": "boiler"}, {"answer": "myself"})

    assert Draft.objects.get().ended == "elsewhere"
    assert "Wij kunnen niet repareren wat niet van ons is." in words_of(tenant_client.get(url))
    assert not ServiceRequest.objects.exists()


def test_a_job_that_is_not_offered_cannot_be_bought(walk, tenant_client):
    _, url = walk({"place": "kitchen"}, {"thing": "boiler"})

    response = tenant_client.post(url, {"answer": "paid"})

    assert "Wij doen deze klus niet voor een vaste prijs." in words_of(response)
    assert Draft.objects.get().payer_answer == ""


def test_the_service_plan_pays_without_a_word_about_costs(walk, tenant):
    ServiceCover.objects.create(
        tenancy=Tenancy.objects.get(tenant=tenant), kind="plan", period=DateRange(timezone.localdate(), None)
    )

    seen, _ = walk(*TO_COSTS, WORDS, {})

    assert "kosten" not in seen
    assert ServiceRequest.objects.get().payer_rule == "cover_plan"


def test_what_cannot_be_reached_is_for_the_corporation(walk):
    seen, _ = walk(
        {"place": "kitchen"}, {"thing": "drain"}, {"problem": "drain_blocked"}, {"reachable": "no"}, WORDS, {}
    )

    assert seen == ["plek", "onderdeel", "probleem", "vragen", "uitleg", "controleren"]
    assert ServiceRequest.objects.get().payer_rule == "not_reachable"


def test_what_the_tenant_put_in_is_the_tenants(walk):
    _, url = walk({"place": "kitchen"}, {"thing": "cupboard"}, {"own_property": "yes"})

    assert url == page("report_costs", Draft.objects.get().pk)


# --- self-help --------------------------------------------------------------------------------------------------------


def test_solved_with_the_guide_is_a_request_avoided(walk, tenant, tenant_client):
    _, url = walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": "solved"})

    (row,) = SelfHelp.objects.solved()
    assert (row.tenant, row.problem, row.guide, row.draft.ended) == (tenant, "tap_drips", "Z06", "solved")
    assert "Mooi, nu hoeft u niet te wachten" in words_of(tenant_client.get(url))
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("result", ["not_solved", "skipped"])
def test_not_solved_goes_on_and_is_remembered(walk, result):
    walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": result})

    assert (SelfHelp.objects.get().result, Draft.objects.get().ended) == (result, "")


def test_it_is_back_with_one_tap_from_the_home_page(walk, tenant_client):
    walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": "solved"})
    draft = Draft.objects.get()
    listed = [words_of(tenant_client.get(address)) for address in ("/", page("mine"))]

    back = tenant_client.post(page("report_resume", draft.pk)).url

    assert [page("report_resume", draft.pk) in shown for shown in listed] == [True, True]
    assert back == page("report_costs", draft.pk)  # as it costs something, that comes before the words
    assert list(SelfHelp.objects.solved()) == []
    assert page("report_resume", draft.pk) not in words_of(tenant_client.get("/"))


def test_after_a_month_it_is_a_new_report(walk, tenant_client):
    walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": "solved"})
    SelfHelp.objects.update(at=timezone.now() - timedelta(days=30, seconds=1))

    response = tenant_client.post(page("report_resume", Draft.objects.get().pk), follow=True)

    assert "Dat is te lang geleden" in words_of(response)
    assert Draft.objects.get().ended == "solved"


def test_somebody_elses_solved_problem_cannot_be_opened(walk, client, db):
    walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": "solved"})
    client.force_login(TenancyFactory().tenant.user)

    response = client.post(page("report_resume", Draft.objects.get().pk))

    assert (response.status_code, Draft.objects.get().ended) == (404, "solved")


# --- known already ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lift(home):
    return CommunalAreaFactory(complex=home.complex)


def reported(area, problem, **fields):
    return ServiceRequestFactory(
        dwelling=None, communal_area=area, problem=problem, thing="lift", at=timezone.now(), **fields
    )


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
    assert ("De lift piept" in shown, "Een buur heeft dit gemeld" in shown, "Geheim" in shown) == (True, True, False)
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
    assert "U heeft dit gemeld op" in shown
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


@pytest.fixture
def search(tenant_client):
    def search(query):
        url = tenant_client.post(page("report")).url
        assert url.endswith("/plek/")
        draft = Draft.objects.order_by("started_at").last()
        return tenant_client.get(page("report_search", draft.pk), {"q": query})

    return search


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
        ({"dwelling": None}, "report_home", "Kies voor welke woning dit is."),
        ({"problem": "gone"}, "report_problem", "Kies wat er aan de hand is."),
        ({"details_given": False}, "report_details", "Beantwoord deze vragen."),
        ({"payer_answer": ""}, "report_costs", "Vertel ons wat u kiest."),
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

    response = tenant_client.post(url, {"q-much": "maybe", "q-which": "9", "cause": "XYZ", "q-code": "x" * 201})

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


@pytest.mark.parametrize("name", EVERY_PAGE)
@pytest.mark.parametrize("count", [1, 3])
def test_every_page_asks_few_questions_however_much_there_is(
    walk, tenant_client, home, lift, count, name, django_assert_max_num_queries
):
    for number in range(count):
        CommunalAreaFactory(complex=home.complex, name=f"Lift {number}")
        reported(lift, "lift_noise")
    walk({"place": f"area-{lift.pk}"}, {"problem": "lift_noise"})

    with django_assert_max_num_queries(15):
        tenant_client.get(page(f"report_{name}", Draft.objects.get().pk), {"q": "lift"})


@pytest.mark.parametrize("name", EVERY_PAGE)
@pytest.mark.parametrize("sent", [{}, {"place": "1", "thing": "\x00", "problem": "'", "joins": "0", "outage": "x",
                                       "result": "no", "answer": "🚽", "area": "-1", "home": "1e9"}])  # fmt: skip
def test_nonsense_on_any_page_breaks_nothing(walk, tenant_client, name, sent):
    walk(*WITH_DETAILS)

    response = tenant_client.post(page(f"report_{name}", Draft.objects.get().pk), sent)

    assert response.status_code in (200, 302)
    assert "field__error" in words_of(response) or response.status_code == 302 or "is-warn" in words_of(response)
