"""What a planner reads in forms, previews, the history and the order of the queue."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from dwellings.models import Dwelling
from requests import services
from requests.admin.due import moment_of
from requests.admin.forms import MoveForm
from requests.admin.visit_window import first_window
from requests.models import Message
from requests.services import Said
from requests.workflow import Actor, move_named
from tenants.models import Notification, Tenant
from tests.factories import NOON, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
SCHEDULE = move_named("schedule")
IN_ENGLISH = {"accept-language": "en"}


@pytest.fixture
def service_request():
    return ServiceRequestFactory(at=NOON)


def form_of(service_request, move, *, at=NOON, **said):
    complete = {"day": "2026-03-04", "start": "08:00", "end": "12:00", "craftsman": "Ali Demir", "note": ""}
    return MoveForm(move, service_request, {"seen": service_request.version, **complete, **said}, at=at)


def errors_of(form):
    with translation.override("en"):
        return {field: [str(error) for error in errors] for field, errors in form.errors.items()}


def local(*parts):
    return datetime(*parts, tzinfo=NOON.tzinfo)


# --- the form -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"day": "2026-03-01"}, "day", "This day is over. Choose today or a later day."),
        ({"day": "2026-03-02", "end": "11:30"}, "end", "This time is over. Choose a later time."),
        ({"end": "07:00"}, "end", "The visit must end after it starts. Choose a later time."),
        (
            {"end": "21:00"},
            "end",
            "This is longer than 12 hours. The tenant has to stay at home: choose a shorter time.",
        ),
        ({"craftsman": " "}, "craftsman", "Write down who comes: a craftsman or a company."),
        ({"day": ""}, "day", "Choose a day."),
        ({"start": "early"}, "start", "Choose when the visit starts."),
        ({"end": ""}, "end", "Choose when the visit ends."),
    ],
)
def test_everything_that_is_wrong_with_a_visit_has_its_own_sentence(service_request, said, field, words):
    form = form_of(service_request, SCHEDULE, **said)

    assert errors_of(form) == {field: [words]}


def test_a_visit_after_the_promised_day_says_what_was_promised(service_request):
    form = form_of(service_request, SCHEDULE, day="2026-06-01")

    with translation.override("en"):
        promised = moment_of(service_request.fix_by)
        assert errors_of(form) == {"note": [f"You promised {promised}. Explain why it will be later."]}


def test_a_visit_after_the_promised_day_with_an_explanation_is_right(service_request):
    form = form_of(service_request, SCHEDULE, day="2026-06-01", note="De kraan is nergens te koop.")

    assert errors_of(form) == {}


@pytest.mark.parametrize(
    ("name", "said", "errors"),
    [
        ("wait", {}, {"waiting_reason": ["Choose what we wait for."]}),
        (
            "decline",
            {},
            {
                "outcome": ["Choose how the request ends."],
                "note": ["Explain to the tenant why the request ends here."],
            },
        ),
    ],
)
def test_what_is_empty_is_asked_for_in_our_own_words(service_request, name, said, errors):
    assert errors_of(form_of(service_request, move_named(name), **said)) == errors


def test_nothing_that_the_tenant_reads_is_chosen_beforehand(service_request):
    wait, decline = (MoveForm(move_named(name), service_request, at=NOON).initial for name in ("wait", "decline"))

    assert (wait, decline) == ({"seen": service_request.version}, {"seen": service_request.version})


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("start", "planned", "Not required. The tenant gets no message, but can read this with the request."),
        ("wait", "planned", "Not required. The tenant reads it in the message."),
        ("plan", "received", "Not required. The tenant gets a message only if you write something here."),
        ("plan", "waiting", "Not required. The tenant reads it in the message."),
        ("decline", "planned", ""),
    ],
)
def test_the_help_with_a_note_follows_what_the_tenant_gets(name, status, words):
    service_request = ServiceRequestFactory(at=NOON, status=status)

    help_text = MoveForm(move_named(name), service_request, at=NOON).fields["note"].help_text

    with translation.override("en"):
        assert str(help_text) == words


@pytest.mark.parametrize("after", [timedelta(), timedelta(days=90)])
def test_a_note_that_may_be_required_is_never_called_not_required(service_request, after):
    with translation.override("en"):
        help_text = str(MoveForm(SCHEDULE, service_request, at=NOON + after).fields["note"].help_text)

        assert help_text.startswith("Required" if after else "Required if the visit ends after")
        assert moment_of(service_request.fix_by) in help_text


# --- the first proposal for a visit ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "fix_by", "window"),
    [
        # the next working morning
        (NOON, local(2026, 3, 20, 17), (local(2026, 3, 3, 8), local(2026, 3, 3, 12))),
        (local(2026, 3, 6, 15), local(2026, 3, 20, 17), (local(2026, 3, 9, 8), local(2026, 3, 9, 12))),
        # ends when it was promised
        (NOON, local(2026, 3, 3, 10, 20), (local(2026, 3, 3, 8), local(2026, 3, 3, 10, 15))),
        # only today is in time
        (local(2026, 3, 2, 10, 20), local(2026, 3, 2, 17), (local(2026, 3, 2, 11), local(2026, 3, 2, 15))),
        (local(2026, 3, 2, 6), local(2026, 3, 2, 11), (local(2026, 3, 2, 8), local(2026, 3, 2, 11))),
        # nothing is in time any more
        (local(2026, 3, 2, 16, 30), local(2026, 3, 2, 17), (local(2026, 3, 3, 8), local(2026, 3, 3, 12))),
        (NOON, local(2026, 2, 20, 17), (local(2026, 3, 3, 8), local(2026, 3, 3, 12))),
    ],
)
def test_the_first_proposal_is_within_the_promise_when_that_is_still_possible(at, fix_by, window):
    assert first_window(at=at, fix_by=fix_by) == window


# --- the preview ----------------------------------------------------------------------------------


def preview(client, service_request, move, **said):
    day = timezone.localdate() + timedelta(days=1)
    complete = {"day": day.isoformat(), "start": "08:00", "end": "12:00", "craftsman": "Ali Demir", "note": ""}
    url = reverse("admin:requests_servicerequest_preview", args=[service_request.pk, move.name])
    return client.post(url, {"seen": service_request.version, **complete, **said}, headers=IN_ENGLISH)


@pytest.mark.parametrize("said", [{"day": "2020-01-01"}, {"end": "21:00"}, {"day": "2099-01-01"}, {"craftsman": ""}])
def test_a_message_that_would_be_refused_is_not_shown(planner_client, said):
    request = ServiceRequestFactory(at=timezone.now())

    shown = preview(planner_client, request, SCHEDULE, **said)

    assert (shown.context["preview"].text, len(shown.context["preview"].missing)) == (None, 1)
    assert shown.context["preview"].missing[0] in shown.content.decode()


@pytest.mark.parametrize("wants_texts", [True, False])
def test_the_preview_shows_the_text_message_that_is_sent(planner_client, planner, wants_texts):
    tenant = TenantFactory(phone="06-12345678", wants_texts=wants_texts)
    now = timezone.now()
    request = ServiceRequestFactory(at=now, reported_by=tenant)

    html = preview(planner_client, request, SCHEDULE).content.decode()

    start = timezone.localtime(now + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    said = Said(window=(start, start + timedelta(hours=4)), craftsman="Ali Demir")
    services.make_move(request.pk, SCHEDULE, actor=Actor.STAFF, by=planner, at=now, said=said)
    texts = [text.body for text in Notification.objects.filter(channel="text")]
    assert len(texts) == wants_texts
    assert ("And this text message:" in html) == wants_texts
    assert all(text in html for text in texts)


# --- the history ----------------------------------------------------------------------------------


def titles(client, service_request):
    url = reverse("admin:requests_servicerequest_change", args=[service_request.pk])
    return [entry.title for entry in client.get(url, headers=IN_ENGLISH).context["entries"]]


def test_the_history_tells_events_and_no_commands(planner_client, planner, service_request):
    def move(name, hours, **words):
        at = NOON + timedelta(hours=hours)
        services.make_move(
            service_request.pk, move_named(name), actor=Actor.STAFF, by=planner, at=at, said=Said(**words)
        )

    first, second = ((NOON + timedelta(days=days), NOON + timedelta(days=days, hours=2)) for days in (1, 2))
    move("schedule", 1, window=first, craftsman="Carla")
    move("schedule", 2, window=second, craftsman="Ali Demir")
    move("wait", 3, waiting_reason="parts")
    move("decline", 4, outcome="declined", note="Dat is er niet.")

    assert titles(planner_client, service_request) == [
        "Closed without repair",
        "Waiting for parts",
        "Visit arranged: Wednesday 4 March 12:00–14:00, Ali Demir",
        "Visit arranged: Tuesday 3 March 12:00–14:00, Carla",
        "Reported",
    ]


def test_the_history_says_who_it_was_assigned_to(planner_client, planner, service_request):
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    services.assign([service_request.pk], to=colleague, by=planner, at=NOON + timedelta(hours=1))
    services.assign([service_request.pk], to=None, by=planner, at=NOON + timedelta(hours=2))
    services.note(service_request.pk, by=planner, body="→ eerst bellen\n→ dan langs", at=NOON + timedelta(hours=3))

    assert titles(planner_client, service_request) == [
        "Note, only for colleagues",
        "Assigned to nobody",
        "Assigned to Karim El Idrissi",
        "Reported",
    ]
    assert Message.objects.filter(internal=True).count() == 3


# --- the queue ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words_given": 1, "times_reopened": 1}, "The tenant only got a message in between"),
        ({"times_reopened": 1}, "Not solved, says the tenant"),
        ({}, "Needs a person"),
    ],
)
def test_a_row_that_stands_first_says_why_in_the_first_column(planner_client, fields, words):
    ServiceRequestFactory(at=timezone.now(), status="in_progress", needs_attention=True, **fields)
    ServiceRequestFactory(at=timezone.now(), times_reopened=1)

    response = planner_client.get(reverse("admin:requests_servicerequest_changelist"), headers=IN_ENGLISH)

    assert [row.why_first for row in response.context["cl"].rows] == [words, ""]
    first_column = response.content.decode().split('<td class="q-list__due">')[1].split("</td>")[0]
    assert words in first_column


def test_the_filter_of_complexes_offers_and_remembers_its_choice(planner_client, service_request):
    complex = service_request.dwelling.complex
    url = reverse("admin:requests_servicerequest_changelist")

    html = planner_client.get(url, {"complex": complex.pk}).content.decode()

    assert f'<option value="{complex.pk}" selected>{complex.name}</option>' in html


@pytest.mark.parametrize("number", ["06123456", "", "+++++++++"])
def test_too_few_digits_are_nobodys_number(number):
    TenantFactory(phone="")
    TenantFactory(phone="06-12345678")

    assert list(Tenant.objects.with_phone(number)) == []


def test_a_phone_number_and_the_digits_of_a_postcode_can_be_found_through_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    by_phone = Tenant.objects.with_phone("06 1234 5678").explain()
    by_postcode = Dwelling.objects.filter(postcode__gte="3581", postcode__lte="3581ZZ").explain()

    assert ("tenant_by_phone" in by_phone, "dwelling_by_postcode" in by_postcode) == (True, True)
