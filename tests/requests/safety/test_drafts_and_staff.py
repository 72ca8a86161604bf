"""Drafts that were begun, and what staff see of danger."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests import services
from requests.front_door import catalogues
from requests.intake.dangers import OTHER, danger
from requests.models import Draft, Emergency
from tests.factories import NOON, DraftFactory, StaffFactory, TenantFactory

from ..tenant_pages import page, stored_photo, words_of

pytestmark = pytest.mark.django_db


QUEUE = "admin:requests_servicerequest_changelist"


def staff_browser(*codenames):
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    browser = Client()
    browser.force_login(colleague)
    return colleague, browser


# --- drafts that were begun


def test_a_draft_of_another_device_is_offered_with_what_it_is_about(tenant_client, tenant):
    draft = DraftFactory(tenant=tenant, dwelling=tenant.tenancies.get().dwelling, touched_at=timezone.now())
    DraftFactory(text="Van de buren")

    unfinished = tenant_client.get(page("report")).context["unfinished"]

    assert [one.key for one in unfinished] == [draft.pk]
    assert unfinished[0].subject == catalogues.current().get(draft.problem).title


def test_throwing_away_asks_first_and_takes_the_photos(tenant_client, tenant, django_capture_on_commit_callbacks):
    draft = DraftFactory(tenant=tenant, dwelling=tenant.tenancies.get().dwelling)
    photo = stored_photo(draft=draft)
    file = photo.image.storage.path(photo.image.name)

    asks = tenant_client.get(page("throw_away", draft.pk))
    still_there = Draft.objects.filter(pk=draft.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        tenant_client.post(page("throw_away", draft.pk))

    assert draft.text in words_of(asks)
    assert [still_there, Draft.objects.filter(pk=draft.pk).exists()] == [True, False]
    with pytest.raises(FileNotFoundError):
        open(file, "rb")  # noqa: SIM115


def test_throwing_away_twice_is_throwing_away_once(tenant_client, tenant):
    draft = DraftFactory(tenant=tenant)

    tenant_client.post(page("throw_away", draft.pk))
    response = tenant_client.post(page("throw_away", draft.pk), follow=True)

    assert response.redirect_chain[-1][0] == page("report")
    assert words_of(response).count("Uw melding is weggegooid.") == 1


def test_what_was_sent_or_is_somebody_elses_cannot_be_thrown_away(tenant_client, tenant):
    sent = DraftFactory(tenant=tenant, dwelling=tenant.tenancies.get().dwelling)
    services.submit(sent.pk, tenant=tenant, at=timezone.now())
    theirs = DraftFactory()

    answers = [tenant_client.post(page("throw_away", draft.pk)).status_code for draft in (sent, theirs)]

    assert answers == [404, 404]
    assert Draft.objects.filter(pk__in=[sent.pk, theirs.pk]).count() == 2


def test_forgetting_old_drafts_takes_their_photos(tenant, django_capture_on_commit_callbacks):
    old = DraftFactory(tenant=tenant, touched_at=NOON - timedelta(days=14, seconds=1))
    recent = DraftFactory(tenant=tenant, touched_at=NOON - timedelta(days=13))
    gone, kept = stored_photo(draft=old), stored_photo(draft=recent)

    with django_capture_on_commit_callbacks(execute=True):
        forgotten = services.forget_drafts(at=NOON)

    assert forgotten == 1
    assert [photo.image.storage.exists(photo.image.name) for photo in (gone, kept)] == [False, True]


# --- staff


@pytest.mark.ignore_template_errors
def test_the_queue_shows_who_where_what_and_the_number_until_somebody_has_seen_it(emergency):
    colleague, browser = staff_browser("view_servicerequest", "view_emergency", "change_emergency")

    before = words_of(browser.get(reverse(QUEUE), {"tab": "all", "q": "niets"}))
    browser.post(reverse("admin:requests_emergency_seen", args=[emergency.pk]), {"note": "Netbeheer is onderweg"})
    after = words_of(browser.get(reverse(QUEUE)))

    shown = [emergency.tenant.name, emergency.dwelling.address, 'href="tel:06 1234 5678"', emergency.what]
    assert [text for text in shown if text not in before] == []
    assert emergency.tenant.name not in after
    emergency.refresh_from_db()
    assert (emergency.seen_by, emergency.note) == (colleague, "Netbeheer is onderweg")


@pytest.mark.ignore_template_errors
def test_who_may_not_see_emergencies_sees_none(emergency):
    _colleague, browser = staff_browser("view_servicerequest", "change_servicerequest")

    queue = words_of(browser.get(reverse(QUEUE)))
    assert [emergency.dwelling.address in queue, "data-emergencies" in queue] == [False, False]
    assert browser.get(reverse("admin:requests_emergency_on_top")).status_code == 403
    assert browser.get(reverse("admin:requests_emergency_change", args=[emergency.pk])).status_code == 403


@pytest.mark.ignore_template_errors
def test_who_may_only_look_cannot_say_that_they_have_seen_it(emergency):
    _colleague, browser = staff_browser("view_servicerequest", "view_emergency")

    answer = browser.post(reverse("admin:requests_emergency_seen", args=[emergency.pk]))

    assert answer.status_code == 403
    assert Emergency.objects.unseen().count() == 1
    assert "admin/requests/emergency/" in words_of(browser.get(reverse(QUEUE)))


def test_a_double_click_is_seen_once_and_a_second_colleagues_words_are_kept(emergency):
    first, second = StaffFactory(), StaffFactory()

    seen = [
        services.see_emergency(emergency.pk, by=by, note=note, at=NOON + timedelta(minutes=minute))
        for minute, (by, note) in enumerate([(first, "Gebeld."), (first, "Gebeld."), (second, "Monteur gestuurd.")])
    ]

    emergency.refresh_from_db()
    assert seen == [True, False, False]
    assert (emergency.seen_by, emergency.seen_at) == (first, NOON)
    assert emergency.note == f"Gebeld.\n{second}: Monteur gestuurd."


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("Brandweer is er.", "You had seen it already. Your note is kept with it."),
        ("", "This was done already."),
    ],
)
def test_who_adds_a_note_to_what_they_saw_reads_that_it_is_kept(emergency, note, says):
    _colleague, browser = staff_browser("view_servicerequest", "view_emergency", "change_emergency")
    url = reverse("admin:requests_emergency_seen", args=[emergency.pk])
    browser.post(url, {"note": "Gebeld."})

    answer = browser.post(url, {"note": note}, headers={"accept-language": "en"})

    emergency.refresh_from_db()
    assert emergency.note == "\n".join(filter(None, ["Gebeld.", note and f"{emergency.seen_by}: {note}"]))
    assert [str(message) for message in get_messages(answer.wsgi_request)][-1] == says


def test_a_row_that_lies_is_refused(emergency):
    lies = [{"seen_at": NOON}, {"note": "Gezien door niemand"}, {"danger": "ufo"}, {"danger": OTHER, "about": ""}]

    for lie in lies:
        with pytest.raises(IntegrityError), transaction.atomic():
            Emergency.objects.filter(pk=emergency.pk).update(**lie)


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("note", ["x" * 2001, "\x00", "<script>alert(1)</script>"])
def test_hostile_notes_are_refused_or_shown_as_text(emergency, note):
    _colleague, browser = staff_browser("view_servicerequest", "view_emergency", "change_emergency")
    url = reverse("admin:requests_emergency_change", args=[emergency.pk])

    answer = browser.post(reverse("admin:requests_emergency_seen", args=[emergency.pk]), {"note": note})

    emergency.refresh_from_db()
    assert answer.status_code in (200, 302)
    assert (emergency.seen_at is not None) == (answer.status_code == 302)
    assert "<script>alert(1)" not in words_of(browser.get(url))


@pytest.mark.ignore_template_errors
def test_the_list_has_what_nobody_saw_first(emergency):
    _colleague, browser = staff_browser("view_servicerequest", "view_emergency")
    seen = Emergency.objects.create(
        tenant=emergency.tenant, danger="fire", at=timezone.now(), seen_at=timezone.now(), seen_by=StaffFactory()
    )

    answer = browser.get(reverse("admin:requests_emergency_changelist"))

    assert list(answer.context["cl"].result_list) == [emergency, seen]


@pytest.mark.ignore_template_errors
def test_ten_emergencies_ask_no_more_queries_than_one(emergency, django_assert_num_queries):
    _colleague, browser = staff_browser("view_servicerequest", "view_emergency", "change_emergency")
    on_top = reverse("admin:requests_emergency_on_top")
    browser.get(on_top)
    with django_assert_num_queries(4) as one:
        browser.get(on_top)
    for _ in range(9):
        Emergency.objects.create(tenant=TenantFactory(), dwelling=emergency.dwelling, danger="fire", at=timezone.now())

    with django_assert_num_queries(len(one)):
        answer = browser.get(on_top)

    assert words_of(answer).count('class="q-emergency"') == 5
    assert reverse("admin:requests_emergency_changelist") in words_of(answer)


@pytest.mark.ignore_template_errors
def test_a_page_that_asks_by_itself_keeps_no_session_open(emergency, settings):
    _colleague, browser = staff_browser("view_servicerequest", "view_emergency")
    on_top = reverse("admin:requests_emergency_on_top")
    browser.get(on_top)
    session = browser.session
    session["seen_at"] = used = timezone.now().timestamp() - settings.STAFF_SESSION[0].total_seconds() / 2
    session.save()

    browser.get(on_top, headers={"x-asked-by": "page"})
    by_itself = browser.session["seen_at"]
    browser.get(on_top)

    assert by_itself == used
    assert browser.session["seen_at"] > used


def test_the_danger_of_a_key_that_is_not_there_is_a_mistake():
    with pytest.raises(KeyError):
        danger("ufo")
