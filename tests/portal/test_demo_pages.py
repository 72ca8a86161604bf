"""The pages that only the demo has."""

import json
from datetime import time
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from portal.demo.mailbox import letters
from tests.factories import StaffFactory, TenantFactory, UserFactory
from tests.requests.tenant_pages import words_of

pytestmark = pytest.mark.urls("tests.portal.demo_urls")
EVERY_PAGE = [
    ("get", "/demo/berichten/"),
    ("get", "/demo/berichten/abc/"),
    ("get", "/stijl/"),
    ("post", "/demo/aanmelden/tenant/"),
]


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return settings


def send_mail(settings, *, subject="Uw melding", body="Hallo", html=""):
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=settings.EMAIL_FILE_PATH)
    mail = EmailMultiAlternatives(subject, body, to=["huurder@demo.example"], connection=connection)
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()


def send_text(settings, *, at, text):
    folder = Path(settings.SMS_FILE_PATH)
    folder.mkdir(exist_ok=True)
    with (folder / "texts.jsonl").open("a") as file:
        file.write(json.dumps({"at": at, "to": "0612345678", "text": text, "key": "1"}) + "\n")


@pytest.mark.parametrize(("method", "address"), EVERY_PAGE)
def test_outside_the_demo_its_pages_do_not_exist(client, db, method, address):
    UserFactory(email="huurder@demo.example")

    response = getattr(client, method)(address)

    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("method", "address"), EVERY_PAGE)
@pytest.mark.parametrize("comes_from", ["203.0.113.7", "::ffff:203.0.113.7", ""])
def test_whoever_comes_from_elsewhere_finds_none_of_them(client, demo, db, method, address, comes_from):
    UserFactory(email="huurder@demo.example")

    response = getattr(client, method)(address, REMOTE_ADDR=comes_from, headers={"host": "localhost"})

    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("comes_from", ["127.0.0.1", "::1"])
def test_whoever_is_at_this_machine_finds_them(client, demo, db, comes_from):
    assert client.get("/stijl/", REMOTE_ADDR=comes_from).status_code == 200


@pytest.mark.parametrize(
    ("role", "email", "first_page"),
    [
        ("tenant", "huurder@demo.example", "/"),
        ("planner", "planner@demo.example", "/admin/"),
        ("manager", "manager@demo.example", "/"),
    ],
)
def test_one_click_signs_in_as_somebody_of_the_demo(client, demo, db, role, email, first_page):
    user = TenantFactory(user__email=email).user if role == "tenant" else StaffFactory(email=email)

    response = client.post(f"/demo/aanmelden/{role}/")

    assert (client.session["_auth_user_id"], response.url) == (str(user.pk), first_page)


def test_who_came_in_with_one_click_finds_this_browser_among_those_signed_in(client, demo, db):
    TenantFactory(user=UserFactory(email="huurder@demo.example"))

    client.post("/demo/aanmelden/tenant/", headers={"user-agent": "Mozilla/5.0 (Android 14; Mobile) Firefox/128.0"})

    assert "Firefox" in words_of(client.get(reverse("usersessions_list")))


def test_nobody_else_can_be_signed_in_as(client, demo, db):
    StaffFactory(email="root@example.org", is_superuser=True)

    answers = [client.post(f"/demo/aanmelden/{role}/").status_code for role in ("root@example.org", "root", "admin")]

    assert answers == [404, 404, 404]


def test_who_is_too_early_reads_that_the_demo_is_still_being_made(client, demo, db):
    response = client.post("/demo/aanmelden/tenant/", follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert "De demo wordt nog gemaakt. Probeer het over een paar seconden opnieuw." in words_of(response)


def test_following_a_link_signs_nobody_in(client, demo, db):
    UserFactory(email="huurder@demo.example")

    assert client.get("/demo/aanmelden/tenant/").status_code == 405


def test_the_mailbox_shows_mails_and_texts_with_the_newest_first(client, demo, db):
    send_text(demo, at="2001-01-01T12:00:00+00:00", text="Morgen komt de vakman")
    send_mail(demo, subject="Afspraak: donderdag 26 november", body="Tot dan")

    said = words_of(client.get("/demo/berichten/"))

    assert said.index("Afspraak: donderdag 26 november") < said.index("Morgen komt de vakman")


def test_several_mails_in_one_file_are_several_mails(demo):
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=demo.EMAIL_FILE_PATH)
    mails = [EmailMultiAlternatives(subject, "Hallo", to=["a@example.org"]) for subject in ("Eén", "Twee")]
    connection.send_messages(mails)

    assert sorted(letter.subject for letter in letters()) == ["Eén", "Twee"]


def test_a_mail_is_text_and_only_links_into_the_portal_are_links(client, demo, db):
    link = f"{demo.SITE_URL}/antwoord/abc/"
    send_mail(demo, body=f"<b>Hoi</b>\n{link}\nhttps://elsewhere.example/")

    said = words_of(client.get("/demo/berichten/"))

    assert f'<a href="{link}">' in said
    assert ["<b>Hoi</b>" in said, 'href="https://elsewhere' in said] == [False, False]


def test_a_mail_in_html_is_shown_in_a_sandbox(client, demo, db):
    send_mail(demo, html="<p style='color: red'>Hallo</p><script>alert(1)</script>")

    response = client.get(f"/demo/berichten/{letters()[0].key}/")

    policy = response.headers["Content-Security-Policy"]
    assert ["sandbox" in policy, "default-src 'none'" in policy, "allow-scripts" in policy] == [True, True, False]
    assert "Hallo" in words_of(response)


def test_an_empty_mailbox_says_how_to_fill_it(client, demo, db):
    assert "Er is nog niets verstuurd" in words_of(client.get("/demo/berichten/"))


END_OF_DAY = time(23, 59, 59, 999999)


@pytest.mark.parametrize(
    ("quiet_hours", "is_said"),
    [
        ((time(0), time(0)), [True, False]),  # never
        ((time(0), END_OF_DAY), [False, True]),  # now
        ((END_OF_DAY.replace(microsecond=999998), END_OF_DAY), [False, False]),  # not now
    ],
)
def test_the_mailbox_says_whether_messages_wait_for_the_morning(client, demo, db, quiet_hours, is_said):
    demo.QUIET_HOURS = quiet_hours

    shown = words_of(client.get("/demo/berichten/"))

    sentences = ("In de demo vertrekt elk bericht meteen, ook ’s nachts.", "Het is nacht: berichten wachten")
    assert [sentence in shown for sentence in sentences] == is_said


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_style_page_shows_every_icon_of_the_sprite(client, demo, db, language):
    sprite = (demo.BASE_DIR / "static" / "icons" / "sprite.svg").read_text()

    said = words_of(client.get("/stijl/", headers={"accept-language": language}))

    assert said.count("<code>") >= sprite.count('viewBox="0 0 24 24"')
