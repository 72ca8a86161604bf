"""Signing in with a code: the way in, the ways that stay shut, and what an outsider may learn."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import login
from tenants.models import Notification, User
from tenants.notifications import delivery
from tests.factories import StaffFactory, TenantFactory, UserFactory

from .signing_in import CODE, LOGIN, ask_for_code, fill_in, is_signed_in, mails, newest_code, sign_in, wrong_code

pytestmark = pytest.mark.django_db


def test_a_code_from_the_mail_lets_a_tenant_in(client, tenant):
    asked = ask_for_code(client, tenant.user.email)
    filled_in = fill_in(client, newest_code())

    assert [(answer.status_code, answer.url) for answer in (asked, filled_in)] == [(302, CODE), (302, "/")]
    assert is_signed_in(client)


def test_staff_land_in_their_queue(client, planner):
    planner.authenticator_set.all().delete()

    assert sign_in(client, planner.email).url == "/admin/"


def test_capitals_in_the_address_do_not_matter(client, tenant):
    ask_for_code(client, tenant.user.email.upper())

    assert fill_in(client, newest_code()).url == "/"


def test_a_letter_that_looks_like_another_is_another(client):
    """Lower case of the Kelvin sign is a k: the code would go to whoever has that mailbox."""
    TenantFactory(user=UserFactory(email="kim@example.org"))

    ask_for_code(client, "\N{KELVIN SIGN}im@example.org")

    assert not mails().exists()


def test_the_page_leads_back_to_where_the_person_was_going(client, tenant):
    before = client.get("/account/sessions/")
    asked = client.post(before.url, {"login": tenant.user.email})

    assert before.url == f"{LOGIN}?next=/account/sessions/"
    assert client.post(asked.url, {"code": newest_code()}).url == "/account/sessions/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_page_leads_to_no_other_site(client, tenant, elsewhere):
    client.post(LOGIN, {"login": tenant.user.email, "next": elsewhere})

    assert client.post(CODE, {"code": newest_code(), "next": elsewhere}).url == "/"


# --- the mail --------------------------------------------------------------------------------------------------


def test_the_mail_leaves_through_the_outbox_and_is_erased_when_it_left(client, tenant):
    ask_for_code(client, tenant.user.email)
    assert mail.outbox == []
    code = newest_code()

    delivery.deliver_due(now=timezone.now)

    notification = Notification.objects.get()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        ([tenant.user.email], f"{code} is uw code om in te loggen")
    ]
    assert code in mail.outbox[0].body
    assert (notification.state, notification.subject, notification.body, notification.html) == ("sent", "", "", "")


def test_the_mail_does_not_wait_for_the_morning(client, tenant):
    ask_for_code(client, tenant.user.email)

    notification = Notification.objects.get()
    assert notification.due_at == notification.queued_at


def test_the_language_of_an_address_is_found_by_its_index():
    User.objects.bulk_create(User(email=f"tenant-{number}@example.org") for number in range(500))
    with CaptureQueriesContext(connection) as asked:
        login._language_of("Tenant-7@Example.org")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tenants_user")  # of an empty table any index is as good as another
        cursor.execute("EXPLAIN " + asked.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "user_email_once" in plan


def test_the_mail_is_in_the_language_that_the_tenant_chose(client):
    tenant = TenantFactory(language="en")

    ask_for_code(client, tenant.user.email, headers={"accept-language": "nl"})

    assert re.fullmatch(r"\d{6} is your code to sign in", Notification.objects.get().subject)


def test_the_pages_speak_english_to_who_asks_for_it(client):
    page = client.get(LOGIN, headers={"accept-language": "en"})

    assert "<h1>Sign in</h1>" in page.content.decode()


def test_the_pages_speak_dutch_to_everybody_else(client):
    assert "<h1>Inloggen</h1>" in client.get(LOGIN).content.decode()


# --- wrong codes -----------------------------------------------------------------------------------------------


def test_a_wrong_code_is_explained_and_the_right_one_still_works(client, tenant):
    ask_for_code(client, tenant.user.email)

    wrong = fill_in(client, wrong_code())

    assert "Deze code klopt niet." in wrong.content.decode()
    assert fill_in(client, newest_code()).url == "/"


def test_after_three_wrong_codes_the_right_one_no_longer_works(client, tenant):
    ask_for_code(client, tenant.user.email)

    answers = [fill_in(client, wrong_code()).status_code for _ in range(3)]
    late = fill_in(client, newest_code())

    assert answers == [200, 200, 302]
    assert (late.status_code, late.url, is_signed_in(client)) == (302, "/account/login/code/", False)


def test_a_code_works_once(client, tenant):
    sign_in(client, tenant.user.email)
    code = newest_code()
    client.post("/account/logout/")

    ask_for_code(client, tenant.user.email)

    assert newest_code() != code
    assert fill_in(client, code).status_code == 200


def grow_older(client, minutes):
    session = client.session
    state = session["account_login"]["state"]["stages"]["login_by_code"]["data"]
    state["at"] -= timedelta(minutes=minutes).total_seconds()
    session.save()


def test_after_ten_minutes_a_code_is_too_old_and_the_page_says_so(client, tenant):
    asked = client.post(f"{LOGIN}?next=/meldingen/", {"login": tenant.user.email})
    grow_older(client, minutes=11)

    late = client.post(asked.url, {"code": newest_code()})

    assert late.url == f"{LOGIN}?next=%2Fmeldingen%2F"
    assert "Deze code is te oud: hij werkte tien minuten." in client.get(late.url).content.decode()
    assert not is_signed_in(client)


def test_a_new_code_works_for_ten_minutes_however_old_the_first_one_was(client, tenant):
    ask_for_code(client, tenant.user.email)
    grow_older(client, minutes=9)
    client.post(CODE, {"action": "resend"})
    grow_older(client, minutes=9)

    assert fill_in(client, newest_code()).url == "/"


def test_a_code_works_only_in_the_browser_that_asked_for_it(client, tenant, other_client):
    ask_for_code(client, tenant.user.email)

    fill_in(other_client, newest_code())

    assert not is_signed_in(other_client)


def test_a_new_code_replaces_the_old_one(client, tenant):
    ask_for_code(client, tenant.user.email)
    old = newest_code()

    client.post(CODE, {"action": "resend"})

    assert mails().count() == 2
    assert newest_code() == old or fill_in(client, old).status_code == 200
    assert fill_in(client, newest_code()).url == "/"


# --- what does not exist ---------------------------------------------------------------------------------------

GONE = ["password/change/", "password/set/", "password/reset/", "password/reset/done/", "email/", "confirm-email/"]


@pytest.mark.parametrize("path", GONE)
@pytest.mark.parametrize("who", ["stranger", "tenant"])
def test_there_are_no_pages_for_passwords_and_addresses(client, tenant, path, who):
    if who == "tenant":
        client.force_login(tenant.user)

    answers = [client.get(f"/account/{path}"), client.post(f"/account/{path}", {"email": "new@example.org"})]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_nobody_can_sign_up(client):
    answers = [client.get("/account/signup/"), client.post("/account/signup/", {"email": "new@example.org"})]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, LOGIN), (302, LOGIN)]
    assert not User.objects.exists()


def test_a_password_lets_nobody_in(client):
    staff = StaffFactory(is_superuser=True)
    staff.set_password("correct horse battery staple")
    staff.save()

    for path in (LOGIN, "/admin/login/"):
        fields = {"login": staff.email, "username": staff.email, "email": staff.email}
        client.post(path, {**fields, "password": "correct horse battery staple"}, follow=True)

    assert not is_signed_in(client)


def test_every_account_page_is_ours(client, tenant):
    """allauth brings bare pages for everything; one that we forgot would show without our frame."""
    client.force_login(tenant.user)

    for path in ("2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "2fa/totp/activate/", "sessions/", "logout/"):
        page = client.get(f"/account/{path}")
        assert (path, page.templates[0].origin.name.count("/site-packages/")) == (path, 0)
