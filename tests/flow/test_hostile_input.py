"""Whatever is typed, pasted or made up: an answer below 500, and text comes back as it was sent."""

import time
from html.parser import HTMLParser
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests import tokens
from requests.models import Message, ServiceRequest
from requests.workflow import Actor, Status, moves_from
from tests.addresses import ROUTE_ARGUMENT, every_pattern
from tests.factories import DraftFactory, ServiceRequestFactory, TenancyFactory

pytestmark = [pytest.mark.long, pytest.mark.django_db]
pytestmark += [pytest.mark.ignore_template_errors]  # Unfold's pages leave much undefined

HOSTILE = {
    "nul": b"a\0b",
    "bytes that are no text": b"\xed\xa0\x80 \xff\xfe",
    "somebody's code": "\u202e{{ settings.SECRET_KEY }}{% debug %}%(x)s{0.__class__}' OR 1=1; -- <script>\"'>".encode(),
    "a huge number": b"9" * 30,
    "less than nothing": b"-1",
    "lines and emoji": b"a\r\nBcc: x@example.org\r\n\r\nb\x1b[31m" + "👩🏽‍🔧".encode() * 1200,
}
QUERY = [
    "older",
    "q",
    "p",
    "page",
    "o",
    "e",
    "all",
    "move",
    "do",
    "next",
    "from",
    "until",
    "period",
    "complex",
    "status",
]
KINDS = {"uuid": "00000000-0000-0000-0000-000000000007", "int": "99999999999999999999"}
TEXT = ["text", "body", "note", "words", "reason", "login", "email"]


@pytest.fixture
def world(tenant, planner):
    """Somebody with a new request and one that is ready, and what the addresses of their pages need."""
    for status in (Status.RECEIVED, Status.DONE):
        ServiceRequestFactory(status=status, at=timezone.now(), reported_by=tenant)
    dwelling = tenant.tenancies.get().dwelling
    drafts = [DraftFactory(tenant=tenant, dwelling=dwelling) for _ in range(2)]
    done = ServiceRequest.objects.get(status=Status.DONE)
    about = {"report_id": done.reports.get().pk, "round": 1, "asked_at": done.done_at}
    return {
        "key": str(drafts[0].pk),
        "references": [service_request.reference for service_request in ServiceRequest.objects.all()],
        "pks": {service_request.pk: service_request.status for service_request in ServiceRequest.objects.all()},
        "tokens": {"answer": tokens.make(tokens.VERDICT, **about), "mark": tokens.make(tokens.MARK, **about)},
    }


@pytest.fixture
def people(tenant, planner, world):
    """A browser for each; a stranger's shows no page that these do not show too, but for the first."""
    return {"nobody": Client(), "tenant": signed_in(tenant.user), "planner": signed_in(planner)}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def ask(client, path, body=None):
    """The status of the answer, or what went wrong."""
    try:
        if body is None:
            return client.get(path).status_code
        return client.generic("POST", path, body, content_type="application/x-www-form-urlencoded").status_code
    except Exception as failure:  # noqa: BLE001 -- any of them would be an error page
        return repr(failure)[:300]


def is_not_ready(path, status):
    """So it may be: no worker runs here, or other trials left dead ones."""
    return path.startswith(("/readyz", "/health/")) and status == 503


def answered(status):
    return isinstance(status, int) and status < 500


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "lines and emoji"])
def test_no_address_breaks_on_what_is_made_up_in_it(people, name):
    value = quote(HOSTILE[name][:2000], safe="")
    query = "&".join(f"{parameter}={value}" for parameter in QUERY)
    paths = {
        "/" + ROUTE_ARGUMENT.sub(lambda found: KINDS.get(found[1], value), route) + f"?{query}"
        for _, route in [*every_pattern(), ("static", "static/<path>")]
    }

    statuses = {(who, path): ask(people[who], path) for who in ("tenant", "planner") for path in sorted(paths)}

    wrong = {key: status for key, status in statuses.items() if not answered(status)}
    assert {(who, path): status for (who, path), status in wrong.items() if not is_not_ready(path, status)} == {}
    assert set(statuses.values()) >= ({400} if name == "nul" else {200, 302, 404})


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and what their fields hold now."""

    def __init__(self, path, html):
        super().__init__()
        self.found, self.form, self.path = [], None, path
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form" and given.get("method", "").lower() == "post":
            self.form = {}
            self.found.append((urljoin(self.path, given.get("action") or ""), self.form))
        elif tag in ("input", "textarea", "select", "button") and self.form is not None and given.get("name"):
            self.form.setdefault(given["name"], given.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


def pages(world):
    """Every page with a form that a tenant, a planner or the reader of a mail can open."""
    steps = ("report_home", "report_place", "report_problem", "report_words", "report_check")
    tenant = [reverse("requests:report"), *(reverse(f"requests:{step}", args=[world["key"]]) for step in steps)]
    for name in ("detail", "withdraw", "verdict_here", "mark_here"):
        tenant += [reverse(f"requests:{name}", args=[reference]) for reference in world["references"]]
    planner = [reverse("admin:requests_servicerequest_changelist")]
    for pk, status in world["pks"].items():
        page = reverse("admin:requests_servicerequest_change", args=[pk])
        planner += [page, f"{page}?do=assign"]
        planner += [f"{page}?move={move.name}" for move in moves_from(status, actor=Actor.STAFF)]
    nobody = [reverse("account_login"), *(reverse(f"requests:{name}", args=[t]) for name, t in world["tokens"].items())]
    return {"tenant": tenant, "planner": planner, "nobody": nobody}


@pytest.fixture
def forms(people, world):
    """Who can send which form where: each kind once, as a function of its address and its fields."""
    found = {}
    for who, paths in pages(world).items():
        for path in paths:
            answer = people[who].get(path, follow=True)
            here = answer.redirect_chain[-1][0] if answer.redirect_chain else path
            for action, fields in Forms(here, answer.content.decode()).found:
                where = resolve(urlsplit(action).path)
                found[who, where.view_name, where.kwargs.get("name", ""), tuple(sorted(fields))] = (action, fields)
    return found


def test_no_form_breaks_on_what_is_typed(people, forms):
    found = {(who, field) for who, _, _, fields in forms for field in fields}
    assert {
        ("tenant", "text"),
        ("tenant", "body"),
        ("nobody", "login"),
        ("nobody", "words"),
        ("planner", "note"),
    } <= found
    statuses = {}
    for name, typed in HOSTILE.items():
        for (who, where, move, names), (path, fields) in forms.items():
            for hostile in (set(names) & set(TEXT), set(names)):  # the words alone get past the rest
                kept = {field: value for field, value in fields.items() if field not in hostile}
                made_up = [f"{field}={quote(typed, safe='')}" for field in sorted(hostile)]
                body = "&".join([urlencode(kept), *made_up])
                statuses[name, who, where, move, len(hostile)] = ask(people[who], path, body)

    assert {key: status for key, status in statuses.items() if not answered(status)} == {}
    assert len(statuses) > 100


TOO_MUCH = {
    "ten thousand fields": "&".join(f"field{n}=x" for n in range(10_000)),
    "three megabytes": "text=" + "x" * 3_000_000,
}


@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_form_that_is_too_large_is_refused_at_once(tenant_client, tenant, body):
    draft = DraftFactory(tenant=tenant, dwelling=tenant.tenancies.get().dwelling)
    paths = [reverse("requests:report_words", args=[draft.pk]), reverse("account_login"), reverse("home")]

    began = time.perf_counter()
    statuses = [ask(tenant_client, path, body) for path in paths]
    took = time.perf_counter() - began

    assert all(answered(status) and status >= 300 for status in statuses), statuses
    assert statuses[0] in (400, 413)
    assert took < 1.0 * len(paths)
    draft.refresh_from_db()
    assert draft.text == "De kraan druppelt al drie dagen."


TYPED = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=TYPED)
def test_what_is_typed_comes_back_equal(tenant_client, tenant, typed):
    service_request = ServiceRequest.objects.first() or ServiceRequestFactory(reported_by=tenant)
    path = reverse("requests:write", args=[service_request.reference])
    key = timezone.now().strftime("00000000-0000-0000-0000-%H%M%S%f")
    before = Message.objects.count()

    answer = tenant_client.post(path, {"body": typed, "key": key})

    wanted = typed.replace("\r\n", "\n").strip()
    assert answer.status_code == (302 if wanted else 200)
    assert Message.objects.count() == before + bool(wanted)
    if wanted:
        assert Message.objects.latest("pk").body == wanted


@pytest.mark.parametrize("typed", ["Écoute… 水漏れ 🚿 עברית", "👨‍👩‍👧‍👦" * 250, "a\nb\n\n  c", "</textarea><b>&amp;"])
def test_words_of_a_report_come_back_equal_and_are_shown_as_they_are(tenant_client, tenant, typed):
    draft = DraftFactory(tenant=tenant, dwelling=TenancyFactory(tenant=tenant).dwelling)
    path = reverse("requests:report_words", args=[draft.pk])

    tenant_client.post(path, {"text": typed})

    draft.refresh_from_db()
    assert draft.text == typed
    assert "<b>&amp;" not in tenant_client.get(path).content.decode()
