"""A session begins when somebody signs in and ends for good: by leaving, by time, or by losing the right."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as real_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.tasks import forget_old_sessions
from tenants.middleware import BEGAN, SEEN
from tenants.models import User

from .signing_in import ask_for_code, fill_in, is_signed_in, newest_code, sign_in

pytestmark = pytest.mark.django_db

COOKIE = real_settings.SESSION_COOKIE_NAME
MINE = "/meldingen/"
QUEUE = "/admin/requests/servicerequest/"


def cookie_of(client):
    return client.cookies[COOKIE].value


def with_cookie(value):
    thief = Client()
    thief.cookies[COOKIE] = value
    return thief


def older(client, *, began=timedelta(), seen=timedelta()):
    """As if this session began, and was last used, so much earlier."""
    session = client.session
    session[BEGAN] -= began.total_seconds()
    session[SEEN] -= seen.total_seconds()
    session.save()


def test_signing_in_gives_a_new_session(client, tenant):
    ask_for_code(client, tenant.user.email)
    before = cookie_of(client)

    fill_in(client, newest_code())

    assert cookie_of(client) != before
    assert not is_signed_in(with_cookie(before))


def test_a_session_that_somebody_else_planted_is_not_signed_in_later(client, tenant):
    planted = with_cookie("plantedplantedplantedplanted1234")
    planted.get("/")

    sign_in(planted, tenant.user.email)

    assert cookie_of(planted) != "plantedplantedplantedplanted1234"
    assert not is_signed_in(with_cookie("plantedplantedplantedplanted1234"))


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(tenant_client):
    kept = cookie_of(tenant_client)
    assert is_signed_in(with_cookie(kept))

    tenant_client.post("/account/logout/")

    assert not is_signed_in(with_cookie(kept))
    assert not Session.objects.filter(session_key=kept).exists()


def test_looking_at_the_page_to_sign_out_signs_nobody_out(tenant_client):
    tenant_client.get("/account/logout/")

    assert is_signed_in(tenant_client)


@pytest.mark.parametrize("path", ["/account/logout/", "/admin/logout/"])
def test_another_site_cannot_sign_somebody_out(tenant, path):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tenant.user)

    assert browser.post(path).status_code == 403
    assert is_signed_in(browser)


def test_signing_out_everywhere_else_ends_the_other_sessions(client, other_client, tenant):
    for browser in (client, other_client):
        sign_in(browser, tenant.user.email)

    client.post(reverse("usersessions_list"))

    assert (is_signed_in(client), is_signed_in(other_client)) == (True, False)


def test_a_closed_account_is_out_at_the_next_page(tenant_client, tenant):
    assert tenant_client.get(MINE).status_code == 200

    User.objects.filter(pk=tenant.user.pk).update(is_active=False)

    assert tenant_client.get(MINE).url == f"/account/login/?next={MINE}"


@pytest.mark.ignore_template_errors  # of the admin's templates
@pytest.mark.parametrize("lost", [{"is_staff": False}, {"is_active": False}, {"is_superuser": False}])
def test_a_right_that_was_taken_away_is_gone_at_the_next_page(planner_client, planner, lost):
    assert planner_client.get(QUEUE).status_code == 200

    User.objects.filter(pk=planner.pk).update(**lost)

    assert planner_client.get(QUEUE).status_code in {302, 403}
    assert planner_client.get(reverse("requests:dashboard")).status_code in {302, 404}


# --- time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unused", "in_again"), [(timedelta(days=13), True), (timedelta(days=15), False)])
def test_a_tenants_session_ends_after_two_weeks_without_use(tenant_client, unused, in_again):
    older(tenant_client, began=unused, seen=unused)

    assert is_signed_in(tenant_client) is in_again


@pytest.mark.parametrize(("unused", "in_again"), [(timedelta(minutes=55), True), (timedelta(minutes=65), False)])
def test_a_session_of_staff_ends_after_an_hour_without_use(planner_client, unused, in_again):
    older(planner_client, began=unused, seen=unused)

    assert is_signed_in(planner_client) is in_again


def test_every_session_ends_some_time_however_much_it_is_used(client, other_client, tenant, planner):
    client.force_login(tenant.user)
    other_client.force_login(planner)

    older(client, began=timedelta(days=91))
    older(other_client, began=timedelta(hours=13))

    assert (is_signed_in(client), is_signed_in(other_client)) == (False, False)


def test_using_the_portal_keeps_the_session(planner_client):
    older(planner_client, began=timedelta(minutes=50), seen=timedelta(minutes=50))
    before = planner_client.session[SEEN]

    is_signed_in(planner_client)

    assert planner_client.session[SEEN] > before + 2900


def test_a_page_does_not_write_the_session_each_time(tenant_client, django_assert_num_queries):
    before = tenant_client.session[SEEN]

    is_signed_in(tenant_client)

    assert tenant_client.session[SEEN] == before


def test_who_was_signed_out_by_time_is_told_and_comes_back_to_the_same_page(tenant_client):
    older(tenant_client, seen=timedelta(days=15))

    page = tenant_client.get(MINE, follow=True)

    assert page.redirect_chain == [(f"/account/login/?next={MINE}", 302)]
    assert "U bent voor de veiligheid uitgelogd." in page.content.decode()


def test_a_page_for_everybody_shows_nothing_of_who_was_signed_out_by_time(tenant_client, tenant):
    tenant.name = "Mevrouw Onvindbaar"
    tenant.save()
    assert "Onvindbaar" in tenant_client.get("/").content.decode()

    older(tenant_client, seen=timedelta(days=15))

    assert "Onvindbaar" not in tenant_client.get("/").content.decode()


def test_what_is_known_of_a_device_is_forgotten_with_its_session(client, other_client, tenant):
    for browser in (client, other_client):
        sign_in(browser, tenant.user.email)
    Session.objects.filter(session_key=cookie_of(other_client)).update(expire_date=timezone.now() - timedelta(days=1))

    forget_old_sessions()

    assert [known.session_key for known in UserSession.objects.all()] == [cookie_of(client)]


# --- cookies ---------------------------------------------------------------------------------------------------


def test_the_cookies_of_production_are_for_this_host_only_and_only_encrypted(production_settings):
    assert {name: production_settings[name] for name in sorted(production_settings) if "COOKIE" in name} == {
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "KNOWN_BROWSER_COOKIE_NAME": "__Host-known",
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SECURE": True,
        "SESSION_COOKIE_AGE": 14 * 24 * 3600,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
    }


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client, tenant):
    sign_in(client, tenant.user.email)

    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


# --- without the cache -----------------------------------------------------------------------------------------


def test_without_the_cache_nobody_signs_in_and_is_told_so(client, tenant, cache_away):
    answer = ask_for_code(client, tenant.user.email)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Dit lukt nu even niet" in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.ignore_template_errors  # of the admin's templates
def test_without_the_cache_who_is_signed_in_goes_on(client, other_client, tenant, planner, cache_away):
    client.force_login(tenant.user)
    other_client.force_login(planner)

    pages = [client.get("/"), client.get(MINE), client.get("/melden/"), other_client.get(QUEUE)]

    assert [page.status_code for page in pages if page.status_code not in {200, 302}] == []
    assert is_signed_in(client)
