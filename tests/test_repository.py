"""What the repository promises about itself."""

import importlib
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
FORBIDDEN_NAMES = {
    "adapters",
    "auth",
    "api",
    "exceptions",
    "sessions",
    "utils",
}  # third parties import requests.<name>
OURS = ("portal", "tenants", "dwellings", "requests")


def tracked(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_requests_is_our_app_and_the_pypi_package_is_not_installed():
    ours = importlib.import_module("requests")

    assert Path(ours.__file__).parent == ROOT / "requests"
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("requests")


def test_no_installed_package_needs_the_pypi_package_requests():
    needs_it = {
        (distribution.metadata["Name"], requirement)
        for distribution in importlib.metadata.distributions()
        for requirement in distribution.requires or []
        if re.match(r"requests(?![\w.-])", requirement) and "extra ==" not in requirement
    }

    assert needs_it == set()


def test_the_lock_names_no_address_and_not_the_pypi_package_requests():
    lock = (ROOT / "requirements.lock").read_text()

    assert "://" not in lock
    assert not re.search(r"^requests==", lock, re.MULTILINE)
    assert all("--hash=sha256:" in pin for pin in re.split(r"\n(?=\S)", lock) if "==" in pin.split("\n")[0])


def test_no_module_of_ours_has_a_name_that_others_import_from_requests():
    names = {path.stem for path in (ROOT / "requests").iterdir()}

    assert names & FORBIDDEN_NAMES == set()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "tool", [["lint-imports"], ["ruff", "check", "."], ["ruff", "format", "--check", "."]], ids=" ".join
)
def test_the_code_follows_its_own_rules(tool):
    command = Path(sys.executable).with_name(tool[0])

    outcome = subprocess.run([command, *tool[1:]], cwd=ROOT, capture_output=True, text=True, check=False)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_message_has_a_dutch_text():
    with (ROOT / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")

    missing = [message.id for message in catalogue if message.id and not _is_translated(message)]
    fuzzy = [message.id for message in catalogue if message.id and message.fuzzy]

    assert (missing, fuzzy) == ([], [])


def test_dutch_texts_fill_in_what_the_english_ones_fill_in():
    with (ROOT / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")

    wrong = [
        message.id
        for message in catalogue
        if isinstance(message.id, str) and message.id and _blanks(message.id) != _blanks(message.string)
    ]

    assert wrong == []


def test_the_interface_says_u():
    """Tenants are adressed formally; "je" and "jouw" would be a slip."""
    with (ROOT / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")

    informal = [
        text
        for message in catalogue
        for text in ([message.string] if isinstance(message.string, str) else message.string)
        if re.search(r"\b(je|jij|jouw|jou)\b", text, re.IGNORECASE)
    ]

    assert informal == []


@pytest.mark.skipif("CI" not in os.environ, reason="needs xgettext; CI has it")
def test_every_string_in_the_code_is_in_the_catalogue(tmp_path):
    po = ROOT / "locale/nl/LC_MESSAGES/django.po"
    before = po.read_bytes()
    try:
        call_command("makemessages", locale=["nl"], verbosity=0, no_location=True, no_wrap=True,
                     extensions=["html", "txt", "py"], ignore_patterns=["tests", ".venv", ".local"])  # fmt: skip
        with po.open("rb") as file:
            found = read_po(file, locale="nl")
        new = {message.id for message in found if message.id and (message.fuzzy or not _is_translated(message))}
    finally:
        po.write_bytes(before)

    assert new == set()


def test_no_template_is_unused():
    code = "\n".join(path.read_text() for path in tracked("*.py", "*.html", "*.txt") if path.exists())
    by_name = ("400.html", "403.html", "403_csrf.html", "404.html", "413.html", "429.html", "500.html", "503.html")
    unused = [
        name
        for path in tracked("templates/*")
        if (name := str(path.relative_to(ROOT / "templates"))) not in by_name
        and not name.startswith(("account/", "mfa/", "usersessions/", "allauth/", "admin/", "unfold/"))
        and not name.startswith("notifications/")
        and f'"{name}' not in code
    ]

    assert unused == []


def test_every_notification_text_is_told():
    code = "\n".join(path.read_text() for path in tracked("tenants/*.py", "requests/*.py") if path.exists())
    texts = {path.name.split(".")[0] for path in tracked("templates/notifications/*.txt")}

    assert {text for text in texts if not text.startswith(("_", "account_")) and f'"{text}"' not in code} == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "portal.example.org"),
        ("ALLOWED_HOSTS", "localhost *"),
        ("SITE_URL", "https://portal.example.org"),
        ("BEHIND_PROXY", "1"),
    ],
)
def test_the_demo_refuses_to_serve_more_than_this_machine(monkeypatch, name, value):
    """Also behind a proxy: what that passes on may come from anywhere, for whatever host somebody names."""
    for other in ("ALLOWED_HOSTS", "SITE_URL", "BEHIND_PROXY", "DEBUG"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("SECRET_KEY", "x")
    settings_again()
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match="it only serves this machine"):
        settings_again()


@pytest.mark.parametrize("site", ["http://localhost:8001", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_the_demo_serves_this_machine_by_each_of_its_names(monkeypatch, site):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("SITE_URL", site)

    assert site == settings_again().SITE_URL


def test_production_has_no_demo_pages():
    outcome = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c",
         "from django.urls import get_resolver; print([k for k in get_resolver().reverse_dict if 'demo' in str(k)])"],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={**_environment(), "DEMO": "0", "DEBUG": "0", "ALLOWED_HOSTS": "portal.example.org", "SECRET_KEY": "x" * 60,
             "SITE_URL": "https://portal.example.org", "DJANGO_SETTINGS_MODULE": "portal.settings"},
    )  # fmt: skip

    assert outcome.stdout.strip() == "[]"


def test_production_passes_the_deployment_checks():
    outcome = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**_environment(), "DEMO": "0", "DEBUG": "0", "ALLOWED_HOSTS": "portal.example.org",
             "SECRET_KEY": "aB3$" + "k9Zq" * 16, "SITE_URL": "https://portal.example.org",
             "DJANGO_SETTINGS_MODULE": "portal.settings"},
    )  # fmt: skip

    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize(
    "name", ["CORPORATION_NAME", "EMERGENCY_PHONE", "DEFAULT_FROM_EMAIL", "SITE_URL", "SECRET_KEY"]
)
def test_production_makes_up_nothing_that_people_rely_on(monkeypatch, name):
    """Nobody phones, in danger, the number of a corporation that does not exist."""
    for flag in ("DEBUG", "DEMO"):
        monkeypatch.setenv(flag, "0")
    for given in ("CORPORATION_NAME", "EMERGENCY_PHONE", "DEFAULT_FROM_EMAIL", "SITE_URL", "SECRET_KEY"):
        monkeypatch.setenv(given, "https://portal.example.org")
    monkeypatch.delenv(name)

    with pytest.raises(ImproperlyConfigured, match=f"{name} is not set"):
        settings_again()


def settings_again():
    spec = importlib.util.spec_from_file_location("portal.settings_again", ROOT / "portal" / "settings.py")
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    return again


def _environment():
    """Ours, without what the browser tests need."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


def _is_translated(message):
    strings = [message.string] if isinstance(message.string, str) else message.string
    return all(strings)


def _blanks(text):
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]", text))
