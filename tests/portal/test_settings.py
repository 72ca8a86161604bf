import os
import subprocess
import sys
from datetime import time

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal import checks, env
from tenants.apps import check_text_service


def test_a_missing_value_without_default_stops_the_start(monkeypatch):
    monkeypatch.delenv("NOT_THERE", raising=False)

    with pytest.raises(ImproperlyConfigured, match="NOT_THERE is not set"):
        env.text("NOT_THERE")


@pytest.mark.parametrize(("value", "flag"), [("1", True), ("0", False)])
def test_a_flag_is_one_or_zero(monkeypatch, value, flag):
    monkeypatch.setenv("FLAG", value)

    assert env.flag("FLAG") is flag


def test_any_other_flag_stops_the_start(monkeypatch):
    monkeypatch.setenv("FLAG", "true")

    with pytest.raises(ImproperlyConfigured, match="FLAG='true': use 0 or 1"):
        env.flag("FLAG")


def test_hours_are_two_times(monkeypatch):
    monkeypatch.setenv("HOURS", "21:30-08:00")

    assert env.hours("HOURS", "") == (time(21, 30), time(8))


@pytest.mark.parametrize("value", ["21-8", "21:00", "25:00-08:00"])
def test_other_hours_stop_the_start(monkeypatch, value):
    monkeypatch.setenv("HOURS", value)

    with pytest.raises(ImproperlyConfigured, match="write it as 21:00-08:00"):
        env.hours("HOURS", "")


def test_a_database_is_named_by_its_url(monkeypatch):
    monkeypatch.setenv("URL", "postgresql://linde:s%40fe@db.example.org:5433/portal?sslmode=verify-full")

    assert env.database("URL") == {
        "NAME": "portal",
        "USER": "linde",
        "PASSWORD": "s@fe",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "verify-full"},
    }


@pytest.mark.parametrize("url", ["portal.example.org", "ftp://portal.example.org", "https://", "https://host/?a=b"])
def test_an_address_that_no_mail_can_link_to_stops_the_start(monkeypatch, url):
    monkeypatch.setenv("URL", url)

    with pytest.raises(ImproperlyConfigured, match="write it as https:"):
        env.site("URL")


@pytest.mark.parametrize("named", ["tenants.notifications.sms.to", "nowhere.send", "tenants.notifications.sms.json"])
def test_a_text_service_that_is_not_there_stops_the_start(settings, named):
    settings.SMS_BACKEND = named

    with pytest.raises(ImproperlyConfigured, match=f"SMS_BACKEND='{named}'"):
        check_text_service()


@pytest.mark.parametrize("url", ["sqlite:///x", "postgresql://host", "nonsense"])
def test_something_else_is_no_database(monkeypatch, url):
    monkeypatch.setenv("URL", url)

    with pytest.raises(ImproperlyConfigured, match="URL must look like"):
        env.database("URL")


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_as_wcag_defines_it(one, other, ratio):
    assert round(checks.contrast(one, other), 2) == ratio


@pytest.mark.parametrize(
    ("brand", "error"),
    [
        ({"brand": "#0b6b6b", "brand_ink": "#ffffff", "radius": "0.5rem"}, []),
        ({"brand": "#ffd84d", "brand_ink": "#ffffff", "radius": "0.5rem"}, ["portal.E003"]),
        ({"brand": "red;} body{", "brand_ink": "#ffffff", "radius": "0.5rem"}, ["portal.E001"]),
        ({"brand": "#0b6b6b", "brand_ink": "#ffffff", "radius": "1em;}"}, ["portal.E002"]),
    ],
)
def test_a_brand_that_cannot_be_read_or_is_no_colour_is_refused(settings, brand, error):
    settings.BRAND = brand

    assert [found.id for found in checks.brand_is_readable()] == error


@pytest.mark.parametrize(
    ("environment", "quiet_hours"),
    [
        ({"DEMO": "1", "SECRET_KEY": "x"}, "00:00 00:00"),  # who tries it at night sees what is sent
        ({"DEMO": "1", "SECRET_KEY": "x", "QUIET_HOURS": "22:00-07:00"}, "22:00 07:00"),
        ({"DEBUG": "1"}, "21:00 08:00"),
    ],
)
def test_nobody_is_woken_except_in_the_demo(environment, quiet_hours):
    code = "from portal.settings import QUIET_HOURS; print(*(f'{hour:%H:%M}' for hour in QUIET_HOURS))"
    ours = ("DEMO", "DEBUG", "QUIET_HOURS", "ALLOWED_HOSTS", "SITE_URL")
    clean = {name: value for name, value in os.environ.items() if name not in ours}

    said = subprocess.run(
        [sys.executable, "-c", code], env=clean | environment, cwd=settings.BASE_DIR, capture_output=True, text=True
    )

    assert said.stdout.strip() == quiet_hours, said.stderr
