"""The tenant does not agree to pay: staff decide it once, with an answer, and learn how often tenants are right."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests import services
from requests.models import Objection, SelfHelp
from requests.promises import next_word_after
from requests.workflow import Status
from tenants.models import Notification
from tests.factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenancyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
IN_ENGLISH = {"accept-language": "en"}
LATER = NOON + timedelta(hours=3)


def doubted(*, rule="law_d", at=NOON, words="Dit is van u.", **fields):
    """A request whose tenant does not agree to pay, as it is right after it was sent."""
    place = {"payer": "tenant", "payer_rule": rule, "status": Status.IN_REVIEW, "needs_attention": True}
    service_request = ServiceRequestFactory(at=at, **place | fields)
    report = service_request.reports.first()
    return Objection.objects.create(service_request=service_request, report=report, rule=rule, words=words, at=at)


def decide(objection, *, upheld=True, answer="U hebt gelijk: de kraan is oud.", by=None, at=LATER):
    return services.decide_objection(objection.pk, upheld=upheld, answer=answer, by=by or StaffFactory(), at=at)


def address(objection, name="objection"):
    return reverse(f"admin:requests_servicerequest_{name}", args=[objection.service_request_id])


def browser_with(*codenames):
    colleague = StaffFactory()
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    browser = Client(headers=IN_ENGLISH)
    browser.force_login(colleague)
    return browser


def sent(browser, objection, *, upheld="yes", answer="U hebt gelijk."):
    return browser.post(address(objection), {"objection-upheld": upheld, "objection-words": answer})


# --- the decision


@pytest.mark.parametrize(
    ("upheld", "pays"), [(True, ("corporation", "objection", None)), (False, ("tenant", "law_d", 45))]
)
def test_a_decision_says_who_pays_and_counts_as_news(upheld, pays):
    objection, planner = doubted(agreed_price=45, words_given=2), StaffFactory()

    decide(objection, upheld=upheld, answer=" Wij hebben het bekeken.\n", by=planner)

    objection.refresh_from_db()
    case = objection.service_request
    decision = (objection.upheld, objection.answer, objection.decided_at, objection.decided_by)
    assert decision == (upheld, "Wij hebben het bekeken.", LATER, planner)
    assert (case.payer, case.payer_rule, case.agreed_price) == pays
    assert objection.rule == "law_d"
    assert (case.needs_attention, case.words_given, case.answered_at, case.version) == (False, 0, LATER, 2)
    assert case.next_word_at == next_word_after(case.urgency, case.category, at=LATER)
    assert case.status == Status.IN_REVIEW


def test_to_neighbours_a_decision_is_no_word():
    objection = doubted(words_given=2)
    case = objection.service_request
    ReportFactory(service_request=case)
    promised = case.next_word_at

    decide(objection)

    case.refresh_from_db()
    assert (case.next_word_at, case.words_given, case.answered_at) == (promised, 2, LATER)
    assert list(Notification.objects.values_list("tenant", flat=True)) == [objection.report.tenant_id]


def test_a_second_decision_changes_nothing_and_tells_nobody():
    objection = doubted()
    decide(objection)

    with pytest.raises(services.AlreadyDecided):
        decide(objection, upheld=False, answer="Toch niet.", at=LATER + timedelta(hours=1))

    objection.refresh_from_db()
    assert (objection.upheld, objection.decided_at, objection.service_request.version) == (True, LATER, 2)
    assert Notification.objects.filter(kind="request_objection").count() == 1


@pytest.mark.parametrize("answer", ["", " \n\t"])
def test_without_an_answer_nothing_is_decided(answer):
    objection = doubted()

    with pytest.raises(services.AnswerMissing):
        decide(objection, answer=answer)

    objection.refresh_from_db()
    assert (objection.decided_at, objection.service_request.payer, objection.service_request.version) == (
        None,
        "tenant",
        1,
    )
    assert Notification.objects.count() == 0


def test_a_question_of_the_tenant_is_still_to_be_answered_in_time():
    reply_by = NOON + timedelta(hours=20)
    objection = doubted(tenant_waits_for_reply=True, next_word_at=reply_by)

    decide(objection)

    objection.service_request.refresh_from_db()
    assert (objection.service_request.tenant_waits_for_reply, objection.service_request.next_word_at) == (
        True,
        reply_by,
    )


def test_an_objection_to_a_closed_request_can_be_decided_too():
    objection = doubted(status=Status.CLOSED, needs_attention=False)

    decide(objection)

    objection.service_request.refresh_from_db()
    assert (objection.service_request.payer, objection.service_request.next_word_at) == ("corporation", None)
    assert "meer van ons" not in Notification.objects.get().body


@pytest.mark.parametrize(
    ("upheld", "says"),
    [(True, "Wij betalen. Het kost u niets."), (False, "Het blijft zoals het was: de huurder betaalt.")],
)
def test_whoever_objected_gets_one_mail_with_the_answer_and_no_neighbour_does(upheld, says):
    objection = doubted()
    ReportFactory(service_request=objection.service_request)

    decide(objection, upheld=upheld, answer="De kraan is van 1998.")

    mail = Notification.objects.get(kind="request_objection")
    assert (mail.tenant, mail.occasion) == (objection.report.tenant, f"objection-{objection.pk}")
    assert says in mail.body
    assert "De kraan is van 1998." in mail.body
    assert mail.subject == f"Wie betaalt voor uw melding {objection.service_request.reference}"


# --- the page of the request


def test_the_page_shows_the_words_the_rule_and_a_form(planner_client):
    objection = doubted(at=timezone.now(), words="De kraan is <b>oud</b>.")

    html = planner_client.get(address(objection, "change"), headers=IN_ENGLISH).content.decode()

    assert "De kraan is &lt;b&gt;oud&lt;/b&gt;." in html
    assert html.count("Replacing small parts inside, such as a tap washer") == 2  # the rule, and who pays now
    assert "Small repairs decree (Besluit kleine herstellingen), letter d" in html
    assert f'action="{address(objection)}#objection"' in html


def test_a_request_without_an_objection_has_no_card(planner_client):
    case = ServiceRequestFactory(at=timezone.now(), payer="tenant", payer_rule="law_d", agreed_price=45)

    page = planner_client.get(reverse("admin:requests_servicerequest_change", args=[case.pk]), headers=IN_ENGLISH)

    assert 'id="objection"' not in page.content.decode()
    assert "€ 45" in page.content.decode()


def test_a_decision_from_the_page_is_shown_there_and_a_double_click_counts_once(planner_client, planner):
    objection = doubted(at=timezone.now())

    first, again = sent(planner_client, objection), sent(planner_client, objection)

    html = planner_client.get(address(objection, "change"), headers=IN_ENGLISH).content.decode()
    objection.refresh_from_db()
    assert (first.status_code, again.status_code) == (302, 302)
    assert (objection.upheld, objection.answer, objection.decided_by) == (True, "U hebt gelijk.", planner)
    assert Notification.objects.filter(kind="request_objection").count() == 1
    assert "U hebt gelijk." in html
    assert f"{planner}, " in html
    assert f'action="{address(objection)}#objection"' not in html


def test_a_form_that_lacks_something_keeps_what_was_typed(planner_client):
    objection = doubted(at=timezone.now())

    without_choice = sent(planner_client, objection, upheld="", answer="Dat zoeken we uit.")
    without_answer = sent(planner_client, objection, upheld="no", answer=" ")

    objection.refresh_from_db()
    assert "Dat zoeken we uit." in without_choice.content.decode()
    assert set(without_choice.context["objection_form"].errors) == {"upheld"}
    assert set(without_answer.context["objection_form"].errors) == {"words"}
    assert objection.decided_at is None


def test_who_was_second_reads_the_decision_and_keeps_the_text(planner_client):
    objection = doubted(at=timezone.now())
    decide(objection, at=timezone.now())

    answer = sent(planner_client, objection, upheld="no", answer="Dit is een kleine reparatie.")

    objection.refresh_from_db()
    assert answer.status_code == 409
    assert "Dit is een kleine reparatie." in answer.content.decode()
    assert objection.upheld is True


def test_only_who_may_decide_gets_the_form_and_can_send_it():
    objection, seer = doubted(at=timezone.now()), browser_with("view_servicerequest", "change_servicerequest")

    page, refused = seer.get(address(objection, "change")), sent(seer, objection)

    objection.refresh_from_db()
    assert f'action="{address(objection)}#objection"' not in page.content.decode()
    assert (refused.status_code, objection.decided_at) == (403, None)


def test_what_nobody_objected_to_cannot_be_decided_and_looking_decides_nothing(planner_client):
    objection, other = doubted(at=timezone.now()), ServiceRequestFactory()

    without = planner_client.post(reverse("admin:requests_servicerequest_objection", args=[other.pk]))

    assert (without.status_code, planner_client.get(address(objection)).status_code) == (404, 405)


# --- what happened, told to whom


def happened(browser, service_request):
    """Titles and texts of the tenant's own page."""
    page = browser.get(reverse("requests:detail", args=[service_request.reference]))
    return [(entry.title, entry.text) for entry in page.context["entries"]]


OBJECTED = ("U bent het er niet mee eens dat u betaalt", "De kraan is van 1998.")


@pytest.mark.parametrize(
    ("upheld", "decided"),
    [
        (True, "Wij hebben er opnieuw naar gekeken: wij betalen"),
        (False, "Wij hebben er opnieuw naar gekeken: u betaalt"),
    ],
)
def test_whoever_objected_reads_the_decision_in_the_history_and_no_neighbour_does(
    tenant_client, tenant, upheld, decided
):
    objection = doubted(reported_by=tenant, words=OBJECTED[1])
    neighbour = ReportFactory(service_request=objection.service_request).tenant
    before = happened(tenant_client, objection.service_request)

    decide(objection, upheld=upheld, answer="Wij hebben het bekeken.")

    after = happened(tenant_client, objection.service_request)
    tenant_client.force_login(neighbour.user)
    neighbours = happened(tenant_client, objection.service_request)
    answered = (decided, "Wij hebben het bekeken.")
    assert [line for line in before if line in (OBJECTED, answered)] == [OBJECTED]
    assert [line for line in after if line in (OBJECTED, answered)] == [OBJECTED, answered]
    assert [text for _title, text in neighbours if text in (OBJECTED[1], answered[1])] == []


def test_staff_read_the_objection_and_the_decision_in_the_history(planner_client):
    objection, karim = doubted(words=OBJECTED[1]), StaffFactory(first_name="Karim", last_name="El Idrissi")
    ReportFactory(service_request=objection.service_request)
    decide(objection, answer="Wij hebben het bekeken.", by=karim)

    page = planner_client.get(address(objection, "change"), headers=IN_ENGLISH)

    assert [
        (entry.title, entry.who, entry.text, [told.subject for told in entry.deliveries])
        for entry in page.context["entries"]
    ][:2] == [
        (
            "Objection: the tenant is right, we pay",
            "Karim El Idrissi",
            "Wij hebben het bekeken.",
            [Notification.objects.get().subject],
        ),
        ("The tenant does not agree to pay", objection.report.tenant.name, OBJECTED[1], []),
    ]


# --- what is learnt


def test_of_each_rule_is_counted_how_often_tenants_do_not_agree_and_are_right(planner_client):
    for upheld in (True, True, False):
        decide(doubted(), upheld=upheld)
    doubted()
    decide(doubted(rule="damage"), upheld=False)

    page = planner_client.get(reverse("admin:requests_objection_changelist"), headers=IN_ENGLISH)

    assert list(Objection.objects.per_rule()) == [
        {"rule": "law_d", "total": 4, "right": 2, "waiting": 1},
        {"rule": "damage", "total": 1, "right": 0, "waiting": 0},
    ]
    assert [(row["rule"], row["total"], row["right"]) for row in page.context["rules"]] == [
        ("law_d", 4, 2),
        ("damage", 1, 0),
    ]
    assert page.context["cl"].result_list[0].decided_at is None


def test_of_each_guide_is_counted_what_came_of_it(planner_client):
    tenancy = TenancyFactory()
    results = [("Z06", "solved", None), ("Z06", "solved", LATER), ("Z06", "not_solved", None), ("Z01", "skipped", None)]
    for guide, result, back in results:
        SelfHelp.objects.create(
            tenant=tenancy.tenant, dwelling=tenancy.dwelling, problem="kitchen_tap_drips", guide=guide, result=result,
            at=NOON, reopened_at=back,
        )  # fmt: skip

    page = planner_client.get(reverse("admin:requests_selfhelp_changelist"), headers=IN_ENGLISH)

    assert list(SelfHelp.objects.per_guide()) == [
        {"guide": "Z06", "avoided": 1, "came_back": 1, "not_solved": 1, "skipped": 0, "offered": 3},
        {"guide": "Z01", "avoided": 0, "came_back": 0, "not_solved": 0, "skipped": 1, "offered": 1},
    ]
    assert page.context["avoided"] == SelfHelp.objects.solved().count() == 1
    assert "1 request was not needed" in page.content.decode()
    names = {row.guide: (row.guide_name, row.problem_name) for row in page.context["cl"].result_list}
    assert names["Z06"] == ("A tap that drips or runs slowly", "The tap drips")
