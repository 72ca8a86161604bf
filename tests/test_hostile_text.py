"""What people type is shown as they typed it and is nothing more: not a tag, not a header, not a template.

Every page and mail is made with ordinary words and with hostile ones in every field. Both must have exactly the
same elements, attributes and targets; whatever breaks out of its place would add one.
"""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from itertools import cycle

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests import notifications, workflow
from requests.models import Message, Report, ServiceRequest, Survey, Verdict, Visit
from requests.workflow import Actor, Status
from tenants.notifications import delivery, outbox
from tests.factories import ServiceRequestFactory, StaffFactory, TenancyFactory
from tests.size import LONG

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]  # those of the admin's templates

OUR_HEADERS = {"content-type", "mime-version", "subject", "from", "to", "date", "message-id", "auto-submitted"}

TAGS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>klik</a>",
    "<a href=//evil.example>klik</a>",
    "<form action=//evil.example><input name=q></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>*{display:none}</style>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<div x-data x-init=alert(1)>",
    "<div hx-get=//evil.example hx-trigger=load>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=//evil.example/x.mp3 autoplay></audio>",
    "<object data=//evil.example/x.swf></object>",
    "<embed src=//evil.example/x.svg>",
    "<frameset onload=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<button formaction=javascript:alert(1)>klik</button>",
    "<xss style='animation-name:x' onanimationend=alert(1)>",
    "<table background=//evil.example/x.png>",
    "<svg><use href='data:image/svg+xml,<svg onload=alert(1)>'></svg>",
    "<div style='background:url(//evil.example/x.png)'>",
    "<img srcset='//evil.example/x.png 2x'>",
]
BREAKOUTS = [
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" onmouseover=alert(1) x="',
    "' onmouseover=alert(1) x='",
    "` onmouseover=alert(1) x=`",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "\x00<script>alert(1)</script>".replace("\x00", "\ufffd"),
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "\u2028<script>alert(1)</script>\u2029",
    "\u202e<script>alert(1)</script>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://evil.example/inloggen",
    "mailto:evil@evil.example",
]
TEMPLATES = [
    "{{ 777000|add:'42' }}",
    "{% load static %}{% debug %}",
    "{% include 'admin/login.html' %}",
    "{% csrf_token %}",
    "{{ settings.SECRET_KEY }}",
    "{{ request.user.password }}",
    "%(reference)s %(secret)s",
    "%s %d %n %%",
    "{0.__class__} {name!r:>10}",
    "${777*1001} #{777*1001} <%= 777*1001 %>",
    "{# weg #}",
]
HEADERS = [
    "Kraan\r\nBcc: evil@evil.example",
    "Kraan\nBcc: evil@evil.example",
    "Kraan\r\n\r\n<script>alert(1)</script>",
    "Kraan\rSubject: anders",
    "Kraan%0d%0aBcc: evil@evil.example",
    "Kraan\u2028Bcc: evil@evil.example",
    "Kraan\u0085Bcc: evil@evil.example",
    "Kraan\x0bBcc: evil@evil.example",
    "=?utf-8?q?Kraan=0D=0ABcc:_evil@evil.example?=",
    '"evil@evil.example" <evil@evil.example>,',
]
PAYLOADS = [*TAGS, *BREAKOUTS, *TEMPLATES, *HEADERS]
PAYLOADS += [payload.upper() for payload in TAGS] + [f"{payload}{payload}" for payload in BREAKOUTS]
PAYLOADS += [f"De kraan lekt. {payload} Groet, Fatima" for payload in [*TAGS, *BREAKOUTS, *TEMPLATES, *HEADERS]]
PER_RUN = 24
IN_A_NAME = [*HEADERS, *TEMPLATES, TAGS[0]]
MOST = 2000  # characters of what people write
RUNS = [PAYLOADS[first : first + PER_RUN] for first in range(0, len(PAYLOADS), PER_RUN)]


class Structure(HTMLParser):
    """Elements with the names of their attributes and where they lead, but for line breaks; and the words."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in {"p", "br"}:
            self.words += " "
        else:
            leads_to = [target(value or "") for name, value in attributes if name in {"href", "action", "src"}]
            self.elements.append((tag, sorted(name for name, _ in attributes), leads_to))

    def handle_data(self, data):
        self.words += data


def target(address):
    """Without what differs for every case: numbers and signed tokens."""
    return re.sub(r"\d+", "#", re.sub(r"/(antwoord|cijfer)/[^/]+/", r"/\1/-/", address.split("?")[0]))


def one_line(text):
    return " ".join(text.split())


class Words:
    """What people fill in: all payloads where there is room for them, else one after the other."""

    def __init__(self, payloads):
        self.long = "\n".join(payloads)[:MOST]
        self.turns = cycle(payloads)

    def short(self, limit):
        return next(self.turns)[:limit]


def build(words):
    """A case with `words` in every field that somebody fills in."""
    at = timezone.now() - timedelta(days=1)
    tenancy = TenancyFactory(
        tenant__name=words.short(120),
        dwelling__complex__name=words.short(80),
        dwelling__complex__city=words.short(80),
        dwelling__street=words.short(120),
        dwelling__house_number=words.short(20),
        dwelling__city=words.short(80),
    )
    planner = colleague(first_name=words.short(150), last_name=words.short(150), is_superuser=True)
    mine = {"dwelling": tenancy.dwelling, "reported_by": tenancy.tenant, "assignee": planner}
    case = ServiceRequestFactory(status=Status.DONE, at=at, subject=words.short(120), **mine)
    ServiceRequestFactory(status=Status.RECEIVED, at=at, subject=words.short(120), **mine)  # its confirmation is shown
    Report.objects.filter(tenant=tenancy.tenant).update(text=words.long)
    for sender in ({"tenant": tenancy.tenant}, {"by": planner}, {"by": planner, "internal": True}):
        Message.objects.create(service_request=case, body=words.long, at=at, **sender)
    by = {"actor": Actor.STAFF, "by": planner, "at": at}
    case.history.create(move="finish", old_status=Status.IN_PROGRESS, new_status=Status.DONE, note=words.long, **by)
    later = case.fix_by + timedelta(days=2)
    case.promise_moves.create(old_fix_by=case.fix_by, new_fix_by=later, reason=words.long[:500], **by)
    window = {"window": (at, at + timedelta(hours=2)), "outcome": "no_access", "settled_at": at}
    Visit.objects.create(service_request=case, craftsman=words.short(80), **window)
    Verdict.objects.filter(report__service_request=case).update(words=words.long, answer="not_solved", answered_at=at)
    Survey.objects.filter(report__service_request=case).update(reason=words.long, mark=3, answered_at=at)
    return case, planner


def colleague(**fields):
    planner = StaffFactory(**fields)
    Authenticator.objects.create(user=planner, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return planner


def paths(case):
    detail = reverse("requests:detail", args=[case.reference])
    change = reverse("admin:requests_servicerequest_change", args=[case.pk])
    received = ServiceRequest.objects.get(status=Status.RECEIVED)
    tenant = ["/", reverse("requests:mine"), detail, reverse("requests:sent", args=[received.reference])]
    staff = [
        reverse("admin:requests_servicerequest_changelist") + "?tab=all",
        change,
        f"{change}?do=assign",
        reverse("admin:tenants_tenant_change", args=[case.reports.get().tenant.pk]),
        reverse("admin:tenants_user_changelist"),
        reverse("admin:dwellings_dwelling_change", args=[case.dwelling.pk]),
        reverse("admin:dwellings_complex_changelist"),
        reverse("admin:dwellings_tenancy_changelist"),
        reverse("requests:dashboard"),
    ]
    return tenant, staff


def pages(case, planner):
    """Every page that shows what people typed, by its path."""
    for user, its_paths in zip((case.reports.get().tenant.user, planner), paths(case), strict=True):
        browser = Client()
        browser.force_login(user)
        for path in its_paths:
            answer = browser.get(path)
            assert (path, answer.status_code) == (path, 200)
            yield target(path), answer.content.decode()


def told(case):
    """Every message that the tenant can get about the case, by its kind."""
    report = case.reports.get()
    at = timezone.now()
    yield notifications.received(case, report)
    for change in case.history.exclude(move="receive"):
        for move in workflow.MOVES:
            change.move = move.name
            window = (at, at + timedelta(hours=2))
            yield from notifications.moved(
                case, change, notifications.Visits(window=window, craftsman=case.visits.get().craftsman)
            )
    yield from notifications.written(case, case.messages.filter(by__isnull=False).first())
    yield from notifications.closing_reminder(case, [report], closes_at=at)


def structures(payloads):
    """(elements, words) of every page and every mail of a case with these payloads."""
    case, planner = build(Words(payloads))
    made = {**dict(pages(case, planner)), **{message.kind: outbox.render(message).html for message in told(case)}}
    return {name: Structure(html) for name, html in made.items()}


@pytest.fixture
def ordinary(db):
    with transaction.atomic():
        made = structures([f"gewone woorden {number}" for number in range(PER_RUN)])
        transaction.set_rollback(True)
    return made


def test_there_are_enough_hostile_words():
    assert len(set(PAYLOADS)) >= 200
    assert max(len("\n".join(payloads)) for payloads in RUNS) <= MOST  # or some are cut off, and not tried


def test_hostile_words_add_nothing_to_a_page_or_a_mail_and_are_shown_as_they_were_typed(ordinary, subtests):
    for number, payloads in enumerate(RUNS if LONG else RUNS[:1]):
        with subtests.test(number), transaction.atomic():
            hostile = structures(payloads)
            transaction.set_rollback(True)

            assert [name for name, found in hostile.items() if found.elements != ordinary[name].elements] == []
            shown = {name: one_line(structure.words) for name, structure in hostile.items()}
            assert {name for name, words in shown.items() if "777042" in words or "777777" in words} == set()
            assert_shown(shown, payloads)


def assert_shown(shown, payloads):
    detail = next(words for name, words in shown.items() if name.startswith("/meldingen/#"))
    for words in (detail, shown["request_message"]):
        assert [payload for payload in payloads if one_line(payload) not in words] == []


def delivered():
    """The mails that left, as a mail program reads them."""
    delivery.deliver_due(now=timezone.now)
    return [message_from_bytes(sent.message().as_bytes(), policy=policy.default) for sent in mail.outbox]


def assert_ours(sent, recipient):
    assert {name.lower() for name in sent} - {"content-transfer-encoding"} == OUR_HEADERS
    assert [address.addr_spec for address in sent["to"].addresses] == [recipient]


@pytest.mark.parametrize("payload", IN_A_NAME if LONG else IN_A_NAME[::3], ids=ascii)
def test_a_mail_has_one_recipient_and_our_headers_whatever_people_are_called(payload):
    case, _planner = build(Words([payload]))
    for number, message in enumerate(told(case)):
        outbox.post(replace(message, occasion=f"message {number}", urgent=True), at=timezone.now())

    mails = delivered()

    assert len(mails) >= 10
    for sent in mails:
        assert_ours(sent, case.reports.get().tenant.email)


@pytest.mark.parametrize("payload", HEADERS, ids=range(len(HEADERS)))
def test_a_subject_cannot_begin_a_new_header(payload):
    words = {"subject": payload, "body": payload, "html": ""}
    outbox.post_secret(address="a@example.org", kind="test", occasion="test", at=timezone.now(), **words)

    (sent,) = delivered()

    assert_ours(sent, "a@example.org")
    assert one_line(sent["subject"]) == one_line(payload) or payload.startswith("=?")
