"""What lets somebody act as somebody else is in a mail and in a browser, and nowhere else; nor are searched words."""

import io
import logging.config
import runpy
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from gunicorn.config import Config
from gunicorn.util import load_class

from requests import tokens
from requests.views import answer
from requests.workflow import Status
from tenants.models import Notification
from tenants.notifications import delivery
from tests.factories import ServiceRequestFactory
from tests.tenants.signing_in import CODE, ask_for_code, newest_code, wrong_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def logs():
    """Everything that production would write, at its most talkative."""
    buffer = io.StringIO()
    console = settings.LOGGING["handlers"]["console"] | {"stream": buffer}
    root = settings.LOGGING["root"] | {"level": "DEBUG"}
    logging.config.dictConfig(settings.LOGGING | {"handlers": {"console": console}, "root": root})
    yield buffer
    logging.config.dictConfig(settings.LOGGING)


@pytest.fixture
def links(tenant):
    """The links in the mails about a request that is done, by purpose."""
    case = ServiceRequestFactory(status=Status.DONE, at=timezone.now(), reported_by=tenant)
    question = {"report_id": case.reports.get().pk, "round": 1, "asked_at": case.done_at}
    return {
        name: reverse(f"requests:{name}", args=[tokens.make(purpose, **question)])
        for name, purpose in (("answer", tokens.VERDICT), ("mark", tokens.MARK))
    }


def token_in(link):
    return link.split("/")[2]


@pytest.mark.parametrize("name", ["answer", "mark"])
def test_no_link_of_a_mail_comes_into_the_logs(client, links, logs, name):
    link = links[name]
    client.get(link)
    client.post(link, {"answer": "perhaps", "mark": "11"})
    client.put(link)  # 405
    client.get(link + "more/")  # 404

    assert "/antwoord/-" in logs.getvalue() or "/cijfer/-" in logs.getvalue()
    assert token_in(link) not in logs.getvalue()


def test_not_even_when_the_page_breaks(client, links, logs, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError(f"could not read {links['answer']}")

    monkeypatch.setattr(answer, "_asked", broken)
    client.raise_request_exception = False

    client.get(links["answer"])

    assert "RuntimeError" in logs.getvalue()
    assert token_in(links["answer"]) not in logs.getvalue()


def test_no_code_to_sign_in_comes_into_the_logs(client, tenant, logs):
    ask_for_code(client, tenant.user.email)
    code, wrong = newest_code(), wrong_code()
    client.post(CODE, {"code": wrong})
    delivery.deliver_due(now=timezone.now)
    client.post(CODE, {"code": code})
    client.get("/no/such/page/")

    assert "/no/such/page/" in logs.getvalue()
    assert [secret for secret in (code, wrong, tenant.user.email) if secret in logs.getvalue()] == []


def test_no_code_stays_in_the_outbox(client, tenant):
    ask_for_code(client, tenant.user.email)
    code = newest_code()

    delivery.deliver_due(now=timezone.now)

    kept = list(Notification.objects.values_list("subject", "body", "html", "error", "occasion"))
    assert [column for row in kept for column in row if code in column] == []


@pytest.mark.parametrize("path", ["answer", "mark", "/account/login/", "/account/2fa/", "/meldingen/", "/"])
def test_no_page_is_kept_by_a_cache_or_told_to_another_site(tenant_client, links, path):
    page = tenant_client.get(links.get(path, path))

    kept = {name: page.headers[name] for name in ("Cache-Control", "Referrer-Policy")}
    assert kept["Referrer-Policy"] == "same-origin"
    assert "no-store" in kept["Cache-Control"]


def test_a_page_by_link_names_no_other_site(client, links):
    """Then there is nobody to whom a browser could tell the address."""
    pages = [client.get(link).content.decode() for link in links.values()]

    assert [page for page in pages if "http://" in page or "https://" in page] == []


WORDS = "lekkage+bij+buurman"
EVERYTHING = (
    '"%(r)s" %(U)s?%(q)s "%(f)s" %({referer}i)s %({cookie}i)s %({raw_uri}e)s %({query_string}e)s %({http_referer}e)s'
)


def test_the_access_log_of_the_web_server_says_which_page_and_not_what_was_searched(tmp_path):
    started = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
    options, written = Config(), tmp_path / "access.log"
    options.set("accesslog", str(written))
    options.set("access_log_format", EVERYTHING)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/antwoord/geheim/?q={WORDS}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": "/antwoord/geheim/",
        "QUERY_STRING": f"q={WORDS}",
        "HTTP_REFERER": f"https://thuis.example/melden/?q={WORDS}",
        "HTTP_COOKIE": "sessionid=geheim",
    }
    headers = [("REFERER", environ["HTTP_REFERER"]), ("COOKIE", environ["HTTP_COOKIE"]), ("HOST", "thuis.example")]
    answer = SimpleNamespace(status="200 OK", sent=10, headers=[])

    log = load_class(started["logger_class"])(options)
    log.access(answer, SimpleNamespace(headers=headers), environ, timedelta(milliseconds=5))

    line = written.read_text()
    assert line.startswith('"GET /antwoord/-/ HTTP/1.1" /antwoord/-/? "https://thuis.example/melden/"')
    assert (WORDS in line, "geheim" in line) == (False, False)


def test_the_server_of_a_developer_does_not_write_what_was_searched(logs):
    logging.getLogger("django.server").info('"%s" %s %s', f"GET /melden/zoeken/?q={WORDS} HTTP/1.1", 200, 512)

    assert logs.getvalue().endswith(' django.server: "GET /melden/zoeken/ HTTP/1.1" 200 512\n')


@pytest.mark.ignore_template_errors  # those of the admin
def test_no_words_that_staff_searched_come_into_the_logs(planner_client, logs):
    found = planner_client.get(reverse("admin:requests_servicerequest_changelist"), {"q": WORDS})
    planner_client.get("/admin/no/such/page/", {"q": WORDS})

    assert (found.status_code, "/admin/no/such/page/" in logs.getvalue()) == (200, True)
    assert WORDS not in logs.getvalue()


def test_no_words_that_a_tenant_searched_come_into_the_logs(tenant_client, logs):
    tenant_client.get("/no/such/page/", {"q": WORDS})

    assert "/no/such/page/" in logs.getvalue()
    assert WORDS not in logs.getvalue()
