"""Danger first: whom to call before anything is typed, the trace that it leaves, and staff who see it at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from requests import services
from requests.front_door import catalogues
from requests.intake.catalogue import shipped
from requests.intake.dangers import DANGERS, GRID, LIFE, OTHER, danger, danger_of
from requests.models import CatalogueVersion, Draft, Emergency
from tests.factories import NOON, DraftFactory, StaffFactory, TenancyFactory, TenantFactory

from .tenant_pages import page, stored_photo, words_of

pytestmark = pytest.mark.django_db
QUEUE = "admin:requests_servicerequest_changelist"
OURS = "088 555 01 00"


def staff_browser(*codenames):
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    browser = Client()
    browser.force_login(colleague)
    return colleague, browser


@pytest.fixture
def emergency(tenant):
    tenant.phone = "06 1234 5678"
    tenant.save(update_fields=["phone"])
    home = tenant.tenancies.get().dwelling
    return Emergency.objects.create(tenant=tenant, dwelling=home, danger="gas", at=timezone.now())


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


def test_every_page_has_the_number_and_the_way_to_the_dangers(tenant_client, tenant):
    pages = ["/", page("report"), page("mine"), page("danger", "gas"), reverse("tenants:access"), "/nergens/"]

    found = {path: words_of(tenant_client.get(path)) for path in pages}

    assert [path for path, html in found.items() if f'href="{page("emergency")}"' not in html] == []
    assert [path for path, html in found.items() if OURS not in html] == []


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

    assert emergency.dwelling.address not in words_of(browser.get(reverse(QUEUE)))
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
