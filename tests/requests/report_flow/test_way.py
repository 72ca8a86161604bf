"""The way through a report: which pages there are, who pays, and helping oneself."""

import re
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import ServiceCover, Tenancy
from requests.models import Draft, Objection, Report, SelfHelp, ServiceRequest
from requests.workflow import Status
from tenants.models import Notification
from tests.factories import ReportFactory, ServiceRequestFactory, TenancyFactory
from tests.requests.report_flow.way import TO_COSTS, WORDS
from tests.requests.tenant_pages import page, words_of


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


@pytest.mark.parametrize("answers", [[], [{"place": "kitchen"}], [{"place": "kitchen"}, {"thing": "tap"}]], ids=len)
def test_who_chooses_nothing_is_led_to_the_first_card(walk, tenant_client, answers):
    _, url = walk(*answers)

    words = words_of(tenant_client.post(url, {}))

    [first] = re.findall(r'<a href="#(\w+)"', words.split("<h1", 1)[0].rsplit('role="alert"', 1)[1])
    assert words.count(f'id="{first}"') == 1


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
    answers = {"q-much": "yes", "q-which": "2", "q-code-words": " F\n12\x00 ", "cause": "STO"}

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


NOTED = "U bent het er niet mee eens dat u betaalt. Dat hebben wij genoteerd, met uw uitleg."


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
    assert NOTED in Notification.objects.get(kind="request_received").body


def test_who_does_agree_reads_of_no_objection(walk, tenant_client):
    _, url = walk(*TO_COSTS, {"answer": "paid"}, WORDS, {})

    assert "Iemand van ons kijkt waarom u niet wilt betalen" not in words_of(tenant_client.get(url))
    assert NOTED not in Notification.objects.get(kind="request_received").body


def test_who_joins_a_case_that_a_neighbour_objected_to_reads_of_no_objection(walk, tenant, tenant_client):
    case = ServiceRequestFactory(at=timezone.now() - timedelta(hours=1), status=Status.IN_REVIEW)
    Objection.objects.create(
        service_request=case, report=case.reports.get(), rule="law_d", words="Niet van mij.", at=case.received_at
    )
    ReportFactory(service_request=case, tenant=tenant, tenancy=tenant.tenancies.get(), at=timezone.now())

    sent = words_of(tenant_client.get(page("sent", case.reference)))

    assert ("Uw melding is erbij gevoegd" in sent, "niet wilt betalen" in sent) == (True, False)


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
