"""What staff see of a promise: tabs of the queue, the page of a request, what was not delivered, the policy."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from requests import followup, services, workflow
from requests.followup.reasons import what_helps
from requests.models import Alarm, Gesture, Recovery, ServiceRequest
from requests.services import Said
from requests.workflow import Actor, Status
from tenants.models import Notification

from ..factories import NotificationFactory, ServiceRequestFactory, StaffFactory, TenancyFactory, TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUEUE = reverse("admin:requests_servicerequest_changelist")
UNDELIVERED = reverse("admin:tenants_notification_changelist")


def colleague(*groups):
    """Staff with a second factor, in these groups."""
    user = StaffFactory()
    user.groups.set(Group.objects.filter(name__in=groups))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return user


def page_of(service_request):
    return reverse("admin:requests_servicerequest_change", args=[service_request.pk])


def text_of(response):
    return response.content.decode()


def broken(**fields):
    """A promise that was broken a day ago."""
    now = timezone.now()
    at = now - 15 * DAY
    request = ServiceRequestFactory(at=at, first_fix_by=now - DAY, fix_by=now - DAY, **fields)
    followup.watch(at=now)
    return request


def in_danger():
    now = timezone.now()
    request = ServiceRequestFactory(at=now - 15 * DAY, first_fix_by=now + HOUR, fix_by=now + HOUR)
    followup.watch(at=now)
    return request


def missed_visit():
    now = timezone.now()
    request = ServiceRequestFactory(at=now - 2 * DAY)
    said = Said(window=(now - 5 * HOUR, now - 3 * HOUR), craftsman="Carla")
    planned_at = now - DAY
    services.make_move(request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=planned_at, said=said)
    followup.watch(at=now)
    return request


def references(response):
    return [row.service_request.reference for row in response.context["cl"].rows]


# --- the queue --------------------------------------------------------------------------------------------------------


def test_what_is_broken_and_what_is_in_danger_have_a_tab_each(planner_client):
    first, second, third = broken(), in_danger(), missed_visit()
    ServiceRequestFactory(at=timezone.now())

    assert sorted(references(planner_client.get(QUEUE, {"tab": "broken"}))) == sorted(
        [first.reference, third.reference]
    )
    assert references(planner_client.get(QUEUE, {"tab": "danger"})) == [second.reference]


def test_the_queue_says_why_in_plain_words(planner_client):
    broken()
    in_danger()
    missed_visit()

    page = text_of(planner_client.get(QUEUE))

    assert "Belofte gebroken, nog geen nieuwe dag" in page
    assert "In gevaar: geen bezoek op tijd gepland" in page
    assert "Niemand heeft gezegd hoe het bezoek ging" in page


def test_a_settled_alarm_is_in_no_tab(planner_client):
    broken()
    Alarm.objects.update(settled_at=timezone.now(), rises_at=None)

    assert references(planner_client.get(QUEUE, {"tab": "broken"})) == []


# --- the page of a request --------------------------------------------------------------------------------------------


def test_the_page_says_what_stands_what_helps_and_what_the_tenant_heard(planner_client):
    request = broken(assignee=StaffFactory(first_name="Sanne", last_name="de Wit"))
    Notification.objects.update(state="sent", sent_at=timezone.now(), due_at=None, writes="", body="Sorry")

    page = text_of(planner_client.get(page_of(request)))

    assert "Deze belofte heeft u nodig" in page
    assert "De belofte is gebroken." in page
    assert "Plan nu een bezoek: dan heeft de huurder een nieuwe dag." in page
    assert "gehoord dat Sanne de Wit het in de gaten houdt" in page
    assert "De huurder hoort een nieuwe dag vóór" in page


def test_the_page_claims_no_apology_that_did_not_leave(planner_client):
    request = broken(assignee=StaffFactory(first_name="Sanne", last_name="de Wit"))
    waits = text_of(planner_client.get(page_of(request)))
    Notification.objects.all().delete()
    Recovery.objects.update(settled_at=timezone.now())

    over = text_of(planner_client.get(page_of(request)))

    assert "De huurder heeft onze excuses nog niet gekregen; Sanne de Wit houdt het in de gaten." in waits
    assert "De huurder heeft geen apart bericht met excuses gekregen: de nieuwe dag, of het einde van het werk" in over
    assert "onze excuses gekregen, en gehoord" not in waits + over


def test_the_page_says_that_nobody_came_and_in_which_mail_the_tenant_read_it(planner_client):
    request, said = missed_visit(), Said(visit="missed", waiting_reason="parts")

    services.make_move(request.pk, workflow.WAIT, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now(), said=said)

    page = text_of(planner_client.get(page_of(request)))
    assert "Er kwam niemand bij het bezoek, en er is geen nieuwe dag." in page
    assert "Plan nu een bezoek: dan heeft de huurder een nieuwe dag." in page
    assert "staan onze excuses, en dat onze planners ernaar kijken." in page
    assert "nog niet gekregen" not in page


@pytest.mark.parametrize(
    ("kind", "status", "helps"),
    [
        (Alarm.Kind.DAY_40, Status.PLANNED, "Plan een bezoek binnen de zes weken. "),
        (Alarm.Kind.SIX_WEEKS_OVER, Status.PLANNED, "Plan het eerste bezoek dat kan, en bel de huurder."),
        (Alarm.Kind.SIX_WEEKS_OVER, Status.SCHEDULED, "Zorg dat het werk snel klaar is, en bel de huurder."),
    ],
)
def test_what_helps_before_and_after_the_six_weeks(kind, status, helps):
    assert helps in what_helps(kind, ServiceRequest(status=status))


def test_nothing_is_said_of_a_promise_that_is_safe(planner_client):
    page = text_of(planner_client.get(page_of(ServiceRequestFactory(at=timezone.now()))))

    assert "Deze belofte heeft u nodig" not in page
    assert "Hier hebben wij een belofte gebroken" not in page


def test_one_button_gives_the_gesture_once(planner_client, planner):
    Gesture.objects.create(urgency="N", what_nl="een bon van € 15", what_en="a voucher of € 15")
    request = broken()
    recovery = Recovery.objects.get()
    address = reverse("admin:requests_servicerequest_gesture", args=[request.pk, recovery.pk])
    assert "U mag de huurder iets geven: een bon van € 15." in text_of(planner_client.get(page_of(request)))

    first, second = (planner_client.post(address, follow=True) for _ in range(2))

    recovery.refresh_from_db()
    assert (recovery.gesture_by, recovery.gesture_nl) == (planner, "een bon van € 15")
    assert "Gegeven: een bon van € 15. De huurder krijgt bericht." in text_of(first)
    assert "Dit was al gedaan." in text_of(second)
    assert "U mag de huurder iets geven" not in text_of(second)
    assert Notification.objects.filter(kind="recovery_gesture").count() == 1


def test_a_gesture_of_another_request_is_not_given(planner_client):
    Gesture.objects.create(urgency="N", what_nl="een bon van € 15", what_en="a voucher of € 15")
    broken()
    other = ServiceRequestFactory()
    address = reverse("admin:requests_servicerequest_gesture", args=[other.pk, Recovery.objects.get().pk])

    assert planner_client.post(address).status_code == 404
    assert Recovery.objects.get().gesture_at is None


def test_who_may_only_look_gives_nothing(client):
    Gesture.objects.create(urgency="N", what_nl="een bon van € 15", what_en="a voucher of € 15")
    request = broken()
    client.force_login(colleague("Manager"))
    address = reverse("admin:requests_servicerequest_gesture", args=[request.pk, Recovery.objects.get().pk])

    assert client.post(address).status_code == 403
    assert "U mag de huurder iets geven" not in text_of(client.get(page_of(request)))


# --- not delivered ----------------------------------------------------------------------------------------------------


def undelivered(**fields):
    return NotificationFactory(**{"state": "failed", "due_at": None, "error": "address refused [550]"} | fields)


def test_what_was_not_delivered_is_listed_with_its_request(planner_client):
    request = ServiceRequestFactory()
    undelivered(about=request.reference, subject="Wij komen vrijdag", tenant=TenantFactory(name="Mia Jansen"))
    NotificationFactory(subject="Gewoon verstuurd")
    undelivered(subject="Uw code", secret=True)

    page = text_of(planner_client.get(UNDELIVERED))

    assert "Mia Jansen" in page
    assert "Wij komen vrijdag" in page
    assert page_of(request) in page
    assert "Gewoon verstuurd" not in page
    assert "Uw code" not in page


def test_what_was_not_delivered_is_sent_again_with_one_button(planner_client):
    failed, other = undelivered(), undelivered()

    sent = planner_client.post(UNDELIVERED, {"action": "send_again", "_selected_action": [failed.pk]}, follow=True)

    failed.refresh_from_db()
    other.refresh_from_db()
    assert (failed.state, failed.attempts, other.state) == ("queued", 0, "failed")
    assert "1 bericht wordt opnieuw verstuurd." in text_of(sent)


def test_what_is_refused_for_half_an_hour_is_listed_while_it_is_still_tried(planner_client):
    case, refused = ServiceRequestFactory(), {"state": "queued", "due_at": timezone.now() + timedelta(minutes=30)}
    full = undelivered(
        about=case.reference, subject="Wij komen", attempts=6, error="mail server answered 452", **refused
    )
    undelivered(subject="Pas net geprobeerd", attempts=2, error="mail server answered 451", **refused)

    page, request = text_of(planner_client.get(UNDELIVERED)), text_of(planner_client.get(page_of(case)))
    planner_client.post(UNDELIVERED, {"action": "send_again", "_selected_action": [full.pk]})

    full.refresh_from_db()
    assert "de mailserver weigerde het bericht: 452; wij blijven het proberen" in page
    assert "Pas net geprobeerd" not in page
    assert "wij blijven het proberen (de mailserver weigerde het bericht: 452)" in " ".join(request.split())
    assert (full.state, full.attempts, full.due_at <= timezone.now()) == ("queued", 0, True)


def test_a_letter_is_not_called_sent_before_it_is_printed(planner_client):
    here, gone = (undelivered(channel="letter", tenant=TenancyFactory().tenant) for _ in range(2))
    gone.tenant.tenancies.update(period=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
    both = {"action": "send_again", "_selected_action": [here.pk, gone.pk]}

    page = text_of(planner_client.post(UNDELIVERED, both, follow=True))

    here.refresh_from_db()
    gone.refresh_from_db()
    assert (here.state, gone.state) == ("queued", "failed")
    assert "1 brief ligt weer klaar om te printen." in page
    assert "1 brief ging niet opnieuw: de lezer huurt geen woning meer van ons." in page
    assert "opnieuw verstuurd" not in page


def test_who_may_not_change_messages_sends_nothing_again(client):
    failed = undelivered()
    viewer = colleague()
    viewer.user_permissions.add(Permission.objects.get(codename="view_notification"))
    client.force_login(viewer)

    client.post(UNDELIVERED, {"action": "send_again", "_selected_action": [failed.pk]})

    failed.refresh_from_db()
    assert failed.state == "failed"


# --- the policy and the roles -----------------------------------------------------------------------------------------


def test_staff_read_the_policy(planner_client):
    page = text_of(planner_client.get(reverse("admin:requests_gesture_policy")))

    assert "De beloofde dag is voorbij, en het is niet klaar" in page
    assert "In de dagelijkse mail: planner, na 1 werkdag teamleider, na 3 werkdagen manager" in page


def test_a_team_lead_may_do_what_a_planner_may_and_sees_the_figures():
    def may(role):
        return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))

    assert may("Planner") | {"view_dashboard", "add_gesture", "change_gesture", "delete_gesture"} == may("Team lead")
