"""F28: real programs at their most talkative, people who type what nobody should keep, and a search for it."""

import os
import re
import subprocess
import sys
from datetime import time, timedelta
from html import unescape
from http.cookiejar import Cookie, CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from portal.local.processes import free_port
from requests import services, workflow
from requests.models import ServiceRequest
from requests.workflow import Actor
from tests.factories import DraftFactory, TenancyFactory, TenantFactory, UserFactory
from tests.faults.conftest import mail_servers, url_of_the_database  # noqa: F401 -- a fixture
from tests.portal.processes import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

PROJECT = Path(__file__).parents[2]
IBAN, BSN, PHONE = "NL91ABNA0417164300", "123456782", "0612345678"
NAMELESS = "naamloos@example.org"  # a colleague whose mailbox is not there any more
TYPED = f"Mijn rekening is {IBAN}, mijn BSN {BSN}, bel {PHONE} of mail Geheim.Adres@example.org."
COMMANDS = {
    "web": ["gunicorn", "portal.wsgi", "--worker-class", "gthread", "--threads", "4", "--access-logfile", "-"],
    "worker": ["celery", "-A", "portal", "worker", "-P", "threads", "-c", "2", "-l", "debug"],
    "beat": ["celery", "-A", "portal", "beat", "-l", "debug", "--pidfile", ""],
}


class Programs:
    """As an operator starts them, each with a log of its own."""

    def __init__(self, folder, environment):
        self.folder, self.port, self.running = folder, free_port(), []
        self.environment = os.environ | environment | {"DJANGO_SETTINGS_MODULE": "tests.loud_settings"}

    def start(self, *names, more=(), **environment):
        places = {"web": ["--bind", f"127.0.0.1:{self.port}"], "beat": ["-s", str(self.folder / "beat-schedule")]}
        for name in names:
            with open(self.folder / f"{name}.log", "wb") as log:
                command = [sys.executable, "-m", *COMMANDS[name], *places.get(name, []), *more]
                self.running.append(
                    subprocess.Popen(
                        command, cwd=PROJECT, env=self.environment | environment, stdout=log, stderr=subprocess.STDOUT
                    )
                )

    def stop(self):
        for program in self.running:
            program.terminate()
        for program in self.running:
            program.wait()
        self.running = []

    def logs(self):
        return {file.stem: file.read_text() for file in sorted(self.folder.glob("*.log"))}


@pytest.fixture
def programs(mail_servers, tmp_path, settings):  # noqa: F811
    _sink, door = mail_servers
    settings.MAILS_TOGETHER_FOR, settings.QUIET_HOURS = timedelta(0), (time(0), time(0))  # tests run at night, too
    environment = {
        "DATABASE_URL": url_of_the_database(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(door.port),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "SMS_FILE_PATH": str(settings.SMS_FILE_PATH),
        "QUIET_HOURS": "00:00-00:00",
    }
    programs = Programs(tmp_path, environment)
    yield programs
    programs.stop()


@pytest.fixture
def mails(mail_servers):  # noqa: F811
    sink, _door = mail_servers
    sink.forget()
    sink.answers[NAMELESS] = [f"550 5.1.1 <{NAMELESS}> no such box"]
    return sink.taken


class Browser:
    """Reads pages and sends their forms, as a person does."""

    def __init__(self, port, user=None):
        self.site, self.cookies, self.page = f"http://127.0.0.1:{port}", CookieJar(), ""
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        if user:
            client = Client()
            client.force_login(user)
            self.cookies.set_cookie(session_cookie(client.cookies["sessionid"].value))

    def get(self, path, **query):
        return self._read(Request(self.site + path + (f"?{urlencode(query)}" if query else "")))

    def post(self, path, **fields):
        if "csrfmiddlewaretoken" not in self.page:
            self.get(path)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', self.page)[1]
        body = urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True).encode()
        return self._read(Request(self.site + path, body, {"Referer": self.site + path}))

    def _read(self, request):
        try:
            with self.opener.open(request, timeout=20) as answer:
                self.page = unescape(answer.read().decode())
                return answer.status
        except HTTPError as answer:
            self.page = unescape(answer.read().decode())
            return answer.code


def session_cookie(value):
    plain = {"port": None, "port_specified": False, "expires": None, "comment": None, "comment_url": None, "rest": {}}
    here = {"domain": "127.0.0.1", "domain_specified": False, "domain_initial_dot": False}
    path = {"path": "/", "path_specified": True, "secure": False, "discard": True}
    return Cookie(0, "sessionid", value, **plain, **here, **path)


def is_there(browser):
    def answers():
        try:
            return browser.get("/healthz") == 200
        except OSError:
            return False

    return until(answers, seconds=40)


def mail_to(address, mails, words):
    """The text of the mail with these words in its subject, once it is there."""

    def arrived():
        return [each for each in mails if each.recipient == address and words in each.mail["Subject"]]

    assert until(arrived, seconds=30), (words, [each.mail["Subject"] for each in mails])
    return arrived()[-1].text


def links_in(text):
    return re.findall(r"http://testserver(/(?:antwoord|cijfer)/[^/\s]+/)", text)


def token_of(link):
    return link.split("/")[2]


def sign_in(browser, email, mails):
    """With a wrong code first; both codes are secrets."""
    browser.post("/account/login/", login=email)
    code = re.search(r"\b\d{6}\b", mail_to(email, mails, "code")[0])[0]
    wrong = "111111" if code != "111111" else "222222"
    browser.post("/account/login/code/confirm/", code=wrong)
    browser.post("/account/login/code/confirm/", code=code)
    assert browser.get("/meldingen/") == 200
    return [code, wrong]


def live_a_day(programs, mails, tenant, planner):
    """Sign in, search, report, plan, finish, answer, and give the wrong address: what was secret in it."""
    browser = Browser(programs.port)
    assert is_there(browser)
    secrets = sign_in(browser, tenant.user.email, mails)

    draft = DraftFactory(tenant=tenant, text=TYPED, started_at=timezone.now(), touched_at=timezone.now())
    browser.get(f"/melden/{draft.pk}/zoeken/", q=TYPED)
    browser.get(f"/melden/{draft.pk}/controleren/")
    assert browser.post(f"/melden/{draft.pk}/controleren/") == 200
    case = ServiceRequest.objects.get()
    mail_to(tenant.email, mails, case.reference)

    colleague = Browser(programs.port, planner)
    colleague.get("/admin/requests/servicerequest/", q=tenant.user.email)
    colleague.get("/admin/tenants/tenant/", q=PHONE)
    nameless = UserFactory(email=NAMELESS, is_staff=True)
    colleague.get("/admin/tenants/user/")
    fields = {"action": "forget_second_factor", "_selected_action": nameless.pk}
    assert colleague.post("/admin/tenants/user/", **fields) == 200
    for move in (workflow.PLAN, workflow.FINISH):
        services.make_move(case.pk, move, actor=Actor.STAFF, by=planner, at=timezone.now())

    [link] = set(links_in(mail_to(tenant.email, mails, "opgelost")[1]))
    browser.get(link[:-2] + "x/")
    browser.get(link)
    browser.post(link, answer="not_solved", words=TYPED)
    secrets += [token_of(link), browser_key(browser), browser_key(colleague)]
    browser.get("/geen/pagina/", q=TYPED)
    return [*secrets, tenant.user.email, planner.email, nameless.email, IBAN, BSN, PHONE, "Geheim.Adres"]


def browser_key(browser):
    return next(cookie.value for cookie in browser.cookies if cookie.name == "sessionid")


def found(secrets, texts):
    """Which secrets are where."""
    return sorted((where, secret) for where, text in texts.items() for secret in secrets if secret in text)


@pytest.fixture
def tenant():
    tenant = TenantFactory(phone=PHONE, wants_texts=True)
    return TenancyFactory(tenant=tenant).tenant


def test_nothing_that_people_type_or_sign_in_with_comes_into_a_log(programs, mails, tenant, planner):
    programs.start("web", "worker", "beat")
    secrets = live_a_day(programs, mails, tenant, planner)
    assert until(lambda: "Sending due task" in programs.logs()["beat"], seconds=30)
    assert until(lambda: "was not delivered: address refused [550]" in programs.logs()["worker"], seconds=30)
    programs.stop()

    logs = programs.logs()
    told = {f"mail {number}": each.text[1] for number, each in enumerate(mails)}
    entries = LogEntry.objects.values_list("object_id", "object_repr", "change_message")
    assert found(secrets, logs) == []
    assert found(secrets, {"django_admin_log": str(list(entries))}) == []
    assert found([IBAN, BSN, PHONE, "Geheim.Adres"], told) == []
    assert ("/antwoord/-/" in logs["web"], len(entries)) == (True, 1)


def test_without_the_guards_of_the_logs_they_would_be_full_of_it(programs):
    programs.start("web", more=["--logger-class", "gunicorn.glogging.Logger"], PLAIN="1")
    browser = Browser(programs.port)
    assert is_there(browser)

    browser.get("/antwoord/een-sleutel/")
    browser.get("/geen/pagina/", q=IBAN)
    programs.stop()

    assert found(["een-sleutel", IBAN], programs.logs()) == [("web", IBAN), ("web", "een-sleutel")]
