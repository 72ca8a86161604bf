"""Staff need a second factor for everything; who has one is asked for it."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.urls import resolve

from tenants.middleware import StaffSecondFactor
from tests.addresses import every_address
from tests.factories import StaffFactory

from .signing_in import is_signed_in, mails, sign_in

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECURITY, SECOND, QUEUE = "/account/2fa/", "/account/2fa/authenticate/", "/admin/requests/servicerequest/"
SET_UP_APP = "/account/2fa/totp/activate/"


def code_of_the_app(secret=SECRET, *, steps_ago=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 - steps_ago))


@pytest.fixture
def staff(db):
    return StaffFactory(is_superuser=True)


@pytest.fixture
def set_up_app(client, transactional_db):
    """What a person does: open the page, type the secret in an app, fill in the code of the app."""

    def go(user):
        client.force_login(user)
        secret = client.get(SET_UP_APP).context["form"].secret
        return client.post(SET_UP_APP, {"code": code_of_the_app(secret)})

    return go


def is_open(path):
    return resolve(path).view_name.startswith(StaffSecondFactor.open_to_all)


SHUT = sorted(path for path in every_address().values() if not is_open(path))


def test_the_list_of_shut_pages_is_not_empty_by_mistake():
    assert {"/", "/admin/", "/meldingen/"} <= set(SHUT)
    assert len([path for path in SHUT if path.startswith("/admin/")]) > 20
    assert [path for path in SHUT if path.startswith("/account/")] == []


def test_without_a_second_factor_staff_can_only_set_one_up(client, staff):
    client.force_login(staff)

    answers = {(path, ask): ask(path) for path in SHUT for ask in (client.get, client.post)}

    led = {key: (answer.status_code, answer.get("Location")) for key, answer in answers.items()}
    assert {key: where for key, where in led.items() if where != (302, SECURITY)} == {}


def test_a_path_that_does_not_exist_tells_them_nothing_either(client, staff):
    client.force_login(staff)

    assert client.get("/no/such/page/").url == SECURITY


def test_who_is_only_a_tenant_needs_no_second_factor(tenant_client):
    assert tenant_client.get("/meldingen/").status_code == 200


def test_the_page_says_why(client, staff):
    client.force_login(staff)

    assert "Nog één stap voordat u kunt beginnen" in client.get(SECURITY).content.decode()


@pytest.mark.ignore_template_errors  # of the admin's templates
def test_setting_up_the_app_opens_the_queue(client, staff, set_up_app):
    done = set_up_app(staff)

    assert done.url == "/account/2fa/recovery-codes/"
    assert [client.get(path).status_code for path in (done.url, QUEUE)] == [200, 200]
    assert [mail.address for mail in mails("account_totp_activated")] == [staff.email]


def test_a_wrong_code_sets_nothing_up(client, staff):
    client.force_login(staff)
    client.get(SET_UP_APP)

    wrong = client.post(SET_UP_APP, {"code": "000000"})

    assert "Deze code klopt niet." in wrong.content.decode()
    assert not Authenticator.objects.exists()


def test_the_code_from_the_mail_is_then_not_enough(client, staff):
    TOTP.activate(staff, SECRET)

    first = sign_in(client, staff.email)

    assert (first.url, is_signed_in(client)) == (SECOND, False)


def test_the_code_of_the_app_completes_it(client, staff):
    TOTP.activate(staff, SECRET)
    sign_in(client, staff.email)

    second = client.post(SECOND, {"code": code_of_the_app()})

    assert (second.url, is_signed_in(client)) == ("/admin/", True)


def test_the_code_of_the_app_works_once(client, other_client, staff):
    TOTP.activate(staff, SECRET)
    for browser in (client, other_client):
        sign_in(browser, staff.email)
    code = code_of_the_app()
    client.post(SECOND, {"code": code})

    other_client.post(SECOND, {"code": code})

    assert (is_signed_in(client), is_signed_in(other_client)) == (True, False)


def test_a_spare_code_works_once(client, other_client, staff):
    TOTP.activate(staff, SECRET)
    spare = RecoveryCodes.activate(staff).get_unused_codes()[0]
    for browser in (client, other_client):
        sign_in(browser, staff.email)
        browser.post(SECOND, {"code": spare})

    assert (is_signed_in(client), is_signed_in(other_client)) == (True, False)


def test_guessing_the_second_factor_stops_after_five(client, staff):
    TOTP.activate(staff, SECRET)
    sign_in(client, staff.email)

    for _ in range(5):
        client.post(SECOND, {"code": "000000"})
    client.post(SECOND, {"code": code_of_the_app()})

    assert not is_signed_in(client)


def test_guesses_at_the_second_factor_are_counted_when_the_cache_forgets(client, staff):
    TOTP.activate(staff, SECRET)
    sign_in(client, staff.email)

    for _ in range(5):
        client.post(SECOND, {"code": "000000"})
    cache.clear()
    client.post(SECOND, {"code": code_of_the_app()})

    assert not is_signed_in(client)


def test_the_second_step_cannot_be_reached_without_the_first(client, staff):
    TOTP.activate(staff, SECRET)

    answers = [client.get(SECOND), client.post(SECOND, {"code": code_of_the_app()})]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/account/login/")] * 2


@pytest.mark.parametrize(
    "path", ["/account/2fa/totp/deactivate/", "/account/2fa/recovery-codes/generate/", "/account/2fa/webauthn/add/"]
)
def test_changing_the_second_factor_asks_to_prove_it_again(planner_client, planner, path):
    answers = [planner_client.get(path), planner_client.post(path)]

    assert [answer.url.split("?")[0] for answer in answers] == ["/account/2fa/reauthenticate/"] * 2
    assert Authenticator.objects.filter(user=planner).count() == 1


def test_an_operators_password_is_never_asked_for(client, staff):
    staff.set_password("correct horse battery staple")
    staff.save()
    client.force_login(staff)

    assert client.get(SET_UP_APP).status_code == 200
    assert client.get("/account/reauthenticate/").url == "/account/2fa/reauthenticate/"


def test_spare_codes_are_shown_once(client, staff, set_up_app):
    set_up_app(staff)
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    pages = [client.get("/account/2fa/recovery-codes/").content.decode() for _ in range(2)]
    download = client.get("/account/2fa/recovery-codes/download/")

    assert [spare in page for page in pages] == [True, False]
    assert download.status_code == 403


@pytest.mark.ignore_template_errors  # of the admin's templates
def test_taking_the_second_factor_away_shuts_the_queue_at_once(planner_client, planner):
    assert planner_client.get(QUEUE).status_code == 200

    Authenticator.objects.filter(user=planner).delete()

    assert planner_client.get(QUEUE).url == SECURITY


def test_an_administrator_forgets_the_second_factor_of_who_lost_a_telephone(planner_client, client, planner):
    colleague = StaffFactory()
    TOTP.activate(colleague, SECRET)

    form = {"action": "forget_second_factor", "_selected_action": [colleague.pk]}
    answer = planner_client.post("/admin/tenants/user/", form)

    assert answer.status_code == 302
    assert list(Authenticator.objects.values_list("user", flat=True)) == [planner.pk]
    assert [mail.address for mail in mails("account_second_factor_forgotten")] == [colleague.email]
    assert [(entry.user, entry.object_id) for entry in LogEntry.objects.all()] == [(planner, str(colleague.pk))]


def test_nobody_reads_keys_to_accounts_in_the_admin():
    registered = {model._meta.label for model in admin.site._registry}

    assert registered & {"mfa.Authenticator", "usersessions.UserSession", "account.EmailAddress"} == set()


def test_somebody_elses_passkey_can_be_neither_renamed_nor_removed(client, staff, planner):
    theirs = Authenticator.objects.create(user=planner, type="webauthn", data={"name": "Hers"})
    client.force_login(staff)

    paths = [f"/account/2fa/webauthn/keys/{pk}/{verb}/" for pk in (theirs.pk, 999_999) for verb in ("edit", "remove")]
    answers = [client.post(path, {"name": "Mine"}).status_code for path in paths]

    theirs.refresh_from_db()
    assert answers == [404] * 4
    assert theirs.wrap().name == "Hers"


def test_each_answer_counts_for_one_person(client, other_client, staff, planner):
    """The limit on guesses is per account: one colleague cannot lock out another."""
    TOTP.activate(staff, SECRET)
    planner.authenticator_set.all().delete()
    TOTP.activate(planner, SECRET)
    sign_in(client, staff.email)
    for _ in range(6):
        client.post(SECOND, {"code": "000000"})

    sign_in(other_client, planner.email)
    other_client.post(SECOND, {"code": code_of_the_app()})

    assert is_signed_in(other_client)
