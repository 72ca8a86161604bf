import logging

import pytest
from django.db import OperationalError
from django.test import Client

from portal.logs import NoTokens
from portal.middleware import ADMIN, STRICT

pytestmark = pytest.mark.django_db


def test_every_page_has_a_strict_policy_and_is_kept_by_no_cache(tenant_client):
    for path in ("/", "/meldingen/", "/nergens/"):
        response = tenant_client.get(path)

        assert (path, response["Content-Security-Policy"]) == (path, STRICT)
        assert (path, response["Cache-Control"]) == (path, "no-store")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"


def test_signing_out_clears_what_the_browser_kept_and_nothing_else_does(tenant_client):
    asked = tenant_client.get("/account/logout/")
    signed_out = tenant_client.post("/account/logout/")

    assert (signed_out.status_code, signed_out.url) == (302, "/")
    assert [answer.get("Clear-Site-Data") for answer in (asked, signed_out)] == [None, '"cache"']


@pytest.mark.ignore_template_errors  # Unfold asks for what it does not have
def test_only_the_admin_has_the_wider_policy(planner_client):
    assert planner_client.get("/admin/")["Content-Security-Policy"] == ADMIN
    assert "unsafe" not in STRICT


def test_the_look_is_a_stylesheet_of_the_corporation(client, settings):
    settings.BRAND = {"brand": "#123456", "brand_ink": "#ffffff", "radius": "1rem"}

    response = client.get("/thema.css")

    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "#123456" in response.content.decode()


def test_the_look_may_lie_in_any_cache_because_nobody_is_looked_up(tenant_client, django_assert_num_queries):
    session = tenant_client.session
    session["seen_at"] -= 24 * 3600  # long enough ago for a page to note it, with a new cookie
    session.save()

    with django_assert_num_queries(0):
        response = tenant_client.get("/thema.css")

    assert (response.status_code, response.cookies, response.get("Vary")) == (200, {}, None)
    assert response["Cache-Control"] == "public, max-age=3600"


def test_it_says_that_it_lives(client):
    assert client.get("/healthz").json() == {"ok": True}


@pytest.mark.parametrize(("address", "status"), [("/healthz", 200), ("/readyz", 200), ("/", 301)])
def test_only_whoever_watches_may_ask_without_tls(client, db, settings, address, status):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(address).status_code == status


def test_a_form_from_an_old_page_says_what_to_do(tenant):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tenant.user)

    response = browser.post("/meldingen/2026-000001/bericht/", {"body": "Het lekt <b>nog</b>."})

    assert response.status_code == 403
    assert "melding" in response.content.decode() or "formulier" in response.content.decode()
    assert "Het lekt &lt;b&gt;nog&lt;/b&gt;." in response.content.decode()


def test_no_link_of_a_mail_gets_into_the_logs():
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", ("/antwoord/WzcsMl0:secret/",), None
    )

    assert NoTokens().format(record) == "Not Found: /antwoord/-/"


def test_a_database_without_room_says_try_again(client, monkeypatch):
    def full(request):
        raise OperationalError("too many connections")

    monkeypatch.setattr("portal.views.open_rows", full)
    monkeypatch.setattr("portal.views.tenant_of", lambda request: True)
    client.raise_request_exception = False

    response = client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "Het is even te druk" in response.content.decode()
