"""Who has no e-mail address or wants letters gets them: staff print them, once, and can print them again."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import RequestFactory
from django.urls import reverse

from requests import followup, services, workflow
from requests.admin import letters_badge, unseen_badge
from requests.letters import batch_of, batches, left_lying, number_of, print_letters, put_aside, to_print, waiting
from requests.proof import pdf_of
from requests.services import Said
from requests.workflow import Actor
from tenants.models import Notification, Tenant
from tenants.notifications import delivery
from tenants.preference_forms import AccessForm

from ..access_world import browser_of, colleague
from ..factories import (
    NOON,
    DwellingFactory,
    LetterFactory,
    NotificationFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
LIST = "admin:tenants_letter_changelist"


def printer():
    return browser_of(colleague("view_", "change_servicerequest"))


def press(browser, letters):
    return browser.post(reverse("admin:tenants_letter_print"), {"letter": [one.pk for one in letters]}, follow=True)


def pages(pdf):
    return pdf.count(b"/Type /Page\n")


def plan_of(service_request):
    services.make_move(
        service_request.pk, workflow.PLAN, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=Said(note="Wij zoeken.")
    )


@pytest.mark.parametrize(
    ("tenant", "channels"),
    [
        ({"user": None}, ["letter"]),
        ({"wants_letters": True}, ["letter"]),
        ({}, ["email"]),
    ],
    ids=["no address", "wants letters", "neither"],
)
def test_in_which_way_somebody_is_told(tenant, channels):
    service_request = ServiceRequestFactory(reported_by=TenantFactory(**tenant))

    plan_of(service_request)

    assert list(Notification.objects.values_list("channel", flat=True)) == channels


def test_a_letter_is_never_sent_by_a_worker_and_has_the_home_as_its_address(mailoutbox):
    tenancy = TenancyFactory(tenant__user=None, dwelling__street="Lindelaan", dwelling__house_number="7")
    plan_of(ServiceRequestFactory(dwelling=tenancy.dwelling, reported_by=tenancy.tenant))

    delivery.deliver_due(now=lambda: NOON + timedelta(days=30))

    letter = Notification.objects.get()
    assert (letter.state, letter.due_at, mailoutbox) == ("queued", None, [])
    assert letter.address == "Lindelaan 7\n1234 AB  Lindendam"


def test_a_letter_has_no_link_and_says_whom_to_phone():
    done = ServiceRequestFactory(status="in_progress", reported_by=TenantFactory(user=None))

    services.make_move(done.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=Said())

    body = Notification.objects.get().body
    assert f"Vertel het ons per telefoon: 088 555 01 00. Noem uw meldingsnummer: {done.reference}." in body
    assert "http" not in body
    assert "link" not in body


def test_a_reminder_of_tomorrows_visit_is_not_written_on_paper():
    window = (NOON + timedelta(days=9), NOON + timedelta(days=9, hours=2))
    said = Said(window=window, craftsman="Carla")
    service_request = ServiceRequestFactory(urgency="P", reported_by=TenantFactory(user=None))
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)
    service_request.refresh_from_db()

    followup.follow_up(at=NOON + timedelta(days=8))

    assert "request_visit" not in Notification.objects.values_list("kind", flat=True)


@pytest.mark.parametrize(
    ("reporter", "words_given", "raised"),
    [
        ({"user": None}, 0, True),
        ({"user": None, "phone": "06-55500001", "wants_texts": True}, 1, False),
        ({}, 1, False),
    ],
    ids=["a letter", "a letter and texts", "a mail"],
)
def test_a_reminder_that_nobody_got_is_no_word_and_somebody_phones(reporter, words_given, raised):
    service_request = ServiceRequestFactory(urgency="N", reported_by=TenantFactory(**reporter))
    window = (NOON + timedelta(days=8), NOON + timedelta(days=8, hours=2))
    said = Said(window=window, craftsman="Carla")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)
    service_request.refresh_from_db()

    followup.follow_up(at=service_request.next_word_at)

    service_request.refresh_from_db()
    assert (service_request.words_given, service_request.needs_attention) == (words_given, raised)
    assert service_request.next_word_at > window[1]


def test_everything_for_one_person_about_one_request_is_in_one_envelope():
    tenant = TenantFactory(user=None)
    first = LetterFactory(tenant=tenant, about="2026-000001")
    other = LetterFactory(about="2026-000001", queued_at=NOON + timedelta(minutes=1))
    later = LetterFactory(tenant=tenant, about="2026-000001", queued_at=NOON + timedelta(days=1))
    apart = LetterFactory(tenant=tenant, about="2026-000002", queued_at=NOON + timedelta(days=2))

    assert [list(envelope.letters) for envelope in to_print(at=NOON)] == [[first, later], [other], [apart]]


def test_what_goes_in_one_envelope_counts_as_one_letter():
    tenant = TenantFactory(user=None)
    together = [LetterFactory(tenant=tenant, about="2026-000001").pk for _ in range(2)]

    print_letters([*together, LetterFactory().pk], at=NOON)

    assert [batch.letters for batch in batches(since=NOON)] == [2]


def test_what_is_printed_counts_once_however_often_it_is_said():
    letter, other = LetterFactory(), LetterFactory()

    said = [print_letters([letter.pk], at=NOON + timedelta(minutes=minutes)) for minutes in (0, 1)]

    assert said == [NOON, NOON]
    assert [batch.letters for batch in batches(since=NOON)] == [1]
    assert [envelope.letters for envelope in to_print(at=NOON)] == [(other,)]


def test_a_letter_goes_to_where_its_reader_lives_when_it_is_printed():
    letter = LetterFactory()
    home = DwellingFactory(street="Lindelaan", house_number="9")
    TenancyFactory(tenant=letter.tenant, dwelling=home, period=DateRange(date(2026, 3, 1), None))

    (shown,) = to_print(at=NOON)
    print_letters([letter.pk], at=NOON)

    letter.refresh_from_db()
    assert shown.address == [letter.tenant.name, "Lindelaan 9", "1234 AB  Lindendam"]
    assert batch_of(number_of(NOON))[0].address == shown.address
    assert letter.state == "sent"


def test_who_left_and_lives_in_no_home_of_ours_gets_no_letter_and_nobody_else_reads_it():
    gone, other = LetterFactory(), LetterFactory()
    gone.tenant.tenancies.update(period=DateRange(date(2020, 1, 1), NOON.date()))

    shown = [envelope.letters for envelope in to_print(at=NOON)]
    counted = waiting(at=NOON).count()
    lying = left_lying(since_before=NOON.date() + timedelta(days=1), at=NOON)
    print_letters([gone.pk, other.pk], at=NOON)
    aside = [put_aside(at=NOON) for _ in range(2)]

    assert aside == [1, 0]
    assert (shown, counted, lying) == ([(other,)], 1, (1, NOON))
    states = dict(Notification.objects.values_list("pk", "state"))
    assert states == {gone.pk: "failed", other.pk: "sent"}
    assert Notification.objects.unseen().count() == 0


def test_a_letter_to_who_left_is_printed_after_all_when_they_are_found():
    letter = LetterFactory()
    letter.tenant.tenancies.update(period=DateRange(date(2020, 1, 1), NOON.date()))
    put_aside(at=NOON)
    with pytest.raises(delivery.MovedOut):
        delivery.try_again(letter.pk, at=NOON)
    TenancyFactory(tenant=letter.tenant, dwelling=DwellingFactory(street="Lindelaan", house_number="9"))

    again = [delivery.try_again(letter.pk, at=NOON) for _ in range(2)]

    assert again == ["letter", None]
    assert [envelope.address[1] for envelope in to_print(at=NOON)] == ["Lindelaan 9"]


def test_staff_read_on_the_request_that_a_letter_was_not_printed(client):
    case = ServiceRequestFactory()
    letter = LetterFactory(about=case.reference, tenant=case.reports.get().tenant)
    letter.tenant.tenancies.update(period=DateRange(date(2020, 1, 1), NOON.date()))
    pressed = press(printer(), [letter])

    page = printer().get(reverse("admin:requests_servicerequest_change", args=[case.pk])).content.decode()

    assert "1 brief is niet geprint: de ontvanger is verhuisd." in pressed.content.decode()
    assert "verhuisd, en huurt geen andere woning van ons" in page
    assert "brief, niet aangekomen" in page.lower()


def test_the_daily_mail_tells_of_a_letter_to_who_left_also_when_nobody_prints():
    lead = StaffFactory()
    lead.groups.add(Group.objects.get(name="Team lead"))
    letter = LetterFactory()
    letter.tenant.tenancies.update(period=DateRange(date(2020, 1, 1), NOON.date()))

    followup.write_digests(at=NOON + timedelta(days=1))

    mail = Notification.objects.get(kind="staff_digest")
    assert mail.address == lead.email
    assert f"{letter.tenant}: {letter.subject}" in mail.body
    assert "geprint" not in mail.body


def test_what_was_printed_before_they_left_stays():
    letter = LetterFactory()
    print_letters([letter.pk], at=NOON)
    letter.tenant.tenancies.update(period=DateRange(date(2020, 1, 1), NOON.date()))

    put_aside(at=NOON)

    assert batch_of(number_of(NOON))[0].letters == (letter,)


def test_a_mail_is_not_printed_and_nothing_is_printed_of_nothing():
    mail = NotificationFactory()

    assert (print_letters([mail.pk], at=NOON), print_letters([], at=NOON)) == (None, None)
    mail.refresh_from_db()
    assert mail.state == "queued"


def test_the_page_lists_them_and_one_button_prints_all():
    browser = printer()
    case = ServiceRequestFactory()
    letters = [LetterFactory(about=case.reference, tenant__name=name) for name in ("Ada", "Bo")]
    before = browser.get(reverse(LIST)).content.decode()

    page = press(browser, letters)

    assert [name in before for name in ("Ada", "Bo", case.reference)] == [True] * 3
    assert page.context["ready"].letters == 2
    assert list(Notification.objects.values_list("state", flat=True)) == ["sent", "sent"]
    assert to_print(at=NOON) == []


def test_pressing_twice_prints_nothing_twice_and_says_so():
    browser, letter = printer(), LetterFactory()

    first, second = press(browser, [letter]), press(browser, [letter])

    assert first.context["ready"] == second.context["ready"]
    assert [str(message) for message in second.context["messages"]] == ["Deze brieven waren al geprint."]


@pytest.mark.parametrize("sent", [["x"], ["-1"], ["9" * 30], []])
def test_whatever_is_sent_prints_nothing_that_is_not_there(sent):
    page = printer().post(reverse("admin:tenants_letter_print"), {"letter": sent}, follow=True)

    assert [str(message) for message in page.context["messages"]] == ["Er was niets om te printen."]


def test_the_document_has_every_letter_and_the_proof_that_goes_with_it():
    report = ReportFactory(tenant=TenantFactory(user=None, language="en"))
    with_proof = LetterFactory(tenant=report.tenant, attaches=f"proof:{report.pk}")
    plain = LetterFactory()
    printed_at = print_letters([with_proof.pk, plain.pk], at=NOON)

    answer = printer().get(reverse("admin:tenants_letter_document", args=[number_of(printed_at)]))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    assert pages(answer.content) == 2 + pages(pdf_of(report)[1])


def test_the_same_letters_make_the_same_document_again():
    letter = LetterFactory()
    print_letters([letter.pk], at=NOON)
    address = reverse("admin:tenants_letter_document", args=[number_of(NOON)])

    first, second = (printer().get(address).content for _ in range(2))

    assert first == second


@pytest.mark.parametrize("number", [0, 1, 10**17, 10**30])
def test_letters_that_nobody_printed_are_404(number):
    LetterFactory()

    assert printer().get(reverse("admin:tenants_letter_document", args=[number])).status_code == 404
    assert batch_of(number) == []


def test_who_may_only_look_sees_no_button_and_prints_nothing():
    letter, browser = LetterFactory(), browser_of(colleague("view_"))

    page, answer = browser.get(reverse(LIST)), press(browser, [letter])

    assert (page.context["may_print"], answer.status_code) == (False, 403)
    letter.refresh_from_db()
    assert letter.state == "queued"


def test_what_is_read_on_paper_is_escaped_on_the_page():
    LetterFactory(tenant__name="<script>alert(1)</script>", subject="<b>x</b>")

    html = printer().get(reverse(LIST)).content.decode()

    assert ("<script>alert(1)" in html, "<b>x</b>" in html) == (False, False)


def test_a_tenant_chooses_letters_and_mails_again(client):
    tenant = TenancyFactory().tenant
    client.force_login(tenant.user)

    chosen = []
    for by in ("letter", "email", ""):
        client.post(reverse("tenants:access"), {"language": "nl", "by": by})
        chosen.append(Tenant.objects.get().wants_letters)

    assert chosen == [True, False, False]


def test_who_has_no_address_is_not_asked_how_we_write():
    assert ["by" in AccessForm(tenant=TenantFactory(**one)).fields for one in ({"user": None}, {})] == [False, True]


@pytest.mark.parametrize("count", [1, 3])
def test_the_menu_counts_what_is_to_be_printed_in_one_question(count, django_assert_num_queries):
    LetterFactory(state=Notification.State.SENT, sent_at=NOON)
    NotificationFactory()
    for _ in range(count):
        tenant = TenantFactory(user=None)
        LetterFactory.create_batch(2, tenant=tenant, about="2026-000001")
    request = RequestFactory().get("/admin/")

    with django_assert_num_queries(1):
        shown = [badge(request) for badge in (letters_badge, unseen_badge, letters_badge)]

    assert shown == [str(count), "", str(count)]


def test_the_menu_says_nothing_when_there_is_nothing_to_print():
    assert letters_badge(RequestFactory().get("/admin/")) == ""


def test_the_menu_shows_how_many_letters_wait_to_be_printed():
    LetterFactory()

    page = printer().get(reverse("admin:requests_servicerequest_changelist")).content.decode()

    assert '<span class="q-menu-count">1</span>' in page
