"""Who reaches what: every address × everybody × hers, the neighbour's and nobody's; strangers with other methods.

A new address needs one line in RULES. What is not theirs answers as what does not exist: the same status and
the same size, and not a word of it.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import product

import pytest
from django.db import transaction
from django.http import FileResponse
from django.template import engines
from django.test import override_settings

from . import access_world
from .access_world import (
    ADMINISTRATOR,
    ANONYMOUS,
    EVERYBODY,
    MANAGER,
    NEIGHBOUR,
    OWNER,
    PLANNER,
    SIGNED_IN,
    STAFF,
    TENANTS,
)
from .addresses import address, every_pattern
from .size import LONG

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.whole,
    pytest.mark.ignore_template_errors,  # those of the admin's templates
]

OTHER_METHODS = "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"
OUTSIDERS = [ANONYMOUS, NEIGHBOUR, MANAGER]  # of each kind the one with the fewest rights: they try the other methods
HAVE_THEIR_OWN = {OWNER, NEIGHBOUR}  # the others are strangers to his things as he is to hers
SIGN_IN = ("/account/login/", "/admin/login/")


@dataclass(frozen=True)
class Rule:
    """Who may come here, and who may send something (`posts`, when that differs).

    `of`: which argument of the route is the key of which kind of thing; `given`: other arguments.
    """

    who: set[str]
    of: dict[str, str] = field(default_factory=dict)
    posts: set[str] | None = None
    given: dict[str, str] = field(default_factory=dict)

    def allows(self, role: str, things: str, method: str = "GET") -> bool:
        who = self.who if self.posts is None or method != "POST" else self.posts
        if not self.of or who >= {OWNER, NEIGHBOUR}:
            return role in who
        if role == NEIGHBOUR:
            return OWNER in who and things == "theirs"
        return role in who and (role != OWNER or things == "hers")


NOBODY: set[str] = set()
HERS = {OWNER}  # and in the same way the neighbour what is the neighbour's
QUEUE = {PLANNER, ADMINISTRATOR}
FIGURES = {MANAGER, ADMINISTRATOR}


def of_request(who):
    return Rule(who, of={"reference": "request"})


def of_draft():
    return Rule(HERS, of={"key": "draft"})


def of_case(**given):
    return Rule(QUEUE, of={"pk": "case"}, given=given)


def of_model(name, kind, *, see, change=NOBODY, add=NOBODY):
    """The addresses that the admin makes for a model; nobody deletes there."""
    key = {"object_id": kind}
    return {
        f"admin:{name}_changelist": Rule(see),
        f"admin:{name}_add": Rule(add),
        f"admin:{name}_history": Rule(see, of=key),
        f"admin:{name}_delete": Rule(NOBODY, of=key),
        f"admin:{name}_change": Rule(see, of=key, posts=change),
        f"admin/{name.replace('_', '/')}/<path:object_id>/": Rule(STAFF, of=key),  # leads to the page itself
    }


def of_object(kind):
    """Where the admin removes one."""
    return Rule({ADMINISTRATOR}, of={"object_id": kind})


def of_version(who, **given):
    return Rule(who, of={"pk": "version"}, given=given)


def of_row(who):
    return Rule(who, of={"pk": "version", "row": "row"}, posts={ADMINISTRATOR}, given={"sheet": "problems"})


RULES = {
    # --- everybody
    "home": Rule(EVERYBODY),
    "set_language": Rule(EVERYBODY),
    "theme": Rule(EVERYBODY),
    "healthz": Rule(EVERYBODY),
    "readyz": Rule(EVERYBODY),
    "health": Rule(EVERYBODY),
    "requests:emergency": Rule(EVERYBODY),
    "requests:emergency_steps": Rule(EVERYBODY, given={"key": "gas"}),
    # --- tenants
    "requests:report": Rule(TENANTS),
    "requests:danger": Rule(TENANTS, given={"key": "gas"}),
    "requests:throw_away": of_draft(),
    "tenants:access": Rule(TENANTS),
    "requests:report_home": of_draft(),
    "requests:report_place": of_draft(),
    "requests:report_search": of_draft(),
    "requests:report_area": of_draft(),
    "requests:report_thing": of_draft(),
    "requests:report_problem": of_draft(),
    "requests:report_details": of_draft(),
    "requests:report_known": of_draft(),
    "requests:report_help": of_draft(),
    "requests:report_costs": of_draft(),
    "requests:report_ended": of_draft(),
    "requests:report_resume": Rule(NOBODY, of={"key": "draft"}, posts=HERS),
    "requests:report_call": of_draft(),
    "requests:report_words": of_draft(),
    "requests:report_check": of_draft(),
    "requests:mine": Rule(TENANTS),
    "requests:detail": of_request(HERS),
    "requests:sent": of_request(HERS),
    "requests:proof": of_request(HERS),
    "requests:proof_pdf": of_request(HERS),
    "requests:next_steps": of_request(HERS),
    "requests:next_step": Rule(HERS, of={"reference": "request"}, given={"where": "klacht"}),
    "requests:next_step_pdf": Rule(HERS, of={"reference": "request"}, given={"where": "klacht"}),
    "requests:write": of_request(HERS),
    "requests:withdraw": of_request(HERS),
    "requests:verdict_here": of_request(HERS),
    "requests:mark_here": of_request(HERS),
    "requests:photo": Rule(HERS | STAFF, of={"pk": "photo"}),
    "requests:thumbnail": Rule(NOBODY, of={"pk": "photo"}),  # the worker has not made one
    # --- who has the link from the mail
    "requests:answer": Rule(EVERYBODY, of={"token": "verdict"}),
    "requests:mark": Rule(EVERYBODY, of={"token": "mark"}),
    # --- managers
    "requests:dashboard": Rule(FIGURES),
    # --- one's own account
    "account_login": Rule(EVERYBODY),
    "account_signup": Rule(NOBODY),
    "account_request_login_code": Rule(NOBODY),
    "account_confirm_login_code": Rule(SIGNED_IN),  # are led home; others come here after asking for a code
    "account_logout": Rule(EVERYBODY),
    "account_inactive": Rule(EVERYBODY),
    "account_reauthenticate": Rule(SIGNED_IN),
    "mfa_index": Rule(SIGNED_IN),
    "mfa_authenticate": Rule(SIGNED_IN),  # are led home; others come here between the first and the second step
    "mfa_reauthenticate": Rule(STAFF | {OWNER, NEIGHBOUR}),  # who has a second factor
    "mfa_activate_totp": Rule(SIGNED_IN),
    "mfa_deactivate_totp": Rule(STAFF),  # who has the app
    "mfa_view_recovery_codes": Rule(NOBODY),  # nobody here has spare codes
    "mfa_generate_recovery_codes": Rule(SIGNED_IN),
    "mfa_download_recovery_codes": Rule(NOBODY),
    "mfa_list_webauthn": Rule(SIGNED_IN),
    "mfa_add_webauthn": Rule(SIGNED_IN),
    "mfa_reauthenticate_webauthn": Rule(STAFF | {OWNER, NEIGHBOUR}, posts=STAFF),  # led to their app
    "mfa_remove_webauthn": Rule(HERS, of={"pk": "passkey"}),
    "mfa_edit_webauthn": Rule(HERS, of={"pk": "passkey"}),
    "mfa_login_webauthn": Rule(SIGNED_IN),
    "usersessions_list": Rule(SIGNED_IN),
    # --- staff
    "admin/": Rule(SIGNED_IN),  # leads on to the queue, which looks who it is
    "admin:index": Rule(SIGNED_IN),
    "admin:login": Rule(STAFF),
    "admin:logout": Rule(SIGNED_IN),
    "admin:password_change": Rule(NOBODY),
    "admin:password_change_done": Rule(NOBODY),
    "admin:autocomplete": Rule(NOBODY),
    "admin:jsi18n": Rule(STAFF),
    "admin:search": Rule(STAFF),
    "admin:view_on_site": Rule(NOBODY),
    "admin:app_list": Rule(NOBODY),
    "admin/<url>": Rule(NOBODY),
    "admin:requests_servicerequest_move": of_case(name="review"),
    "admin:requests_servicerequest_preview": of_case(name="review"),
    "admin:requests_servicerequest_later": of_case(),
    "admin:requests_servicerequest_later_preview": of_case(),
    "admin:requests_servicerequest_message": of_case(),
    "admin:requests_servicerequest_note": of_case(),
    "admin:requests_servicerequest_settle": of_case(),
    "admin:requests_servicerequest_again": Rule(QUEUE, of={"pk": "case", "notification": "notification"}),
    "admin:requests_servicerequest_assign": of_case(),
    "admin:requests_servicerequest_objection": Rule({ADMINISTRATOR}, of={"pk": "case"}),
    "admin:requests_servicerequest_gesture": Rule(QUEUE, of={"pk": "case", "recovery": "recovery"}),
    "admin:tenants_notification_changelist": Rule(STAFF),
    "admin:requests_gesture_policy": Rule(STAFF),
    **of_model("requests_gesture", "gesture", see=STAFF, change={ADMINISTRATOR}, add={ADMINISTRATOR}),
    "admin:requests_gesture_delete": of_object("gesture"),
    "admin:requests_servicerequest_new": Rule(QUEUE),
    "admin:requests_report_letter": Rule(STAFF, of={"pk": "report"}, posts=NOBODY),
    "admin:tenants_letter_changelist": Rule(STAFF, posts=NOBODY),
    "admin:tenants_letter_print": Rule(QUEUE),
    "admin:tenants_letter_document": Rule(STAFF, of={"number": "printed_letters"}, posts=NOBODY),
    "admin:requests_servicerequest_split": Rule(QUEUE, of={"pk": "case", "report": "report"}),
    "admin:requests_servicerequest_merge": of_case(),
    "admin:requests_norm_changelist": Rule(STAFF),
    "admin:requests_norm_add": Rule({ADMINISTRATOR}),
    "admin:requests_norm_take_back": Rule({ADMINISTRATOR}, of={"pk": "norm"}, given={"kind": "norm"}),
    "admin:requests_closingday_changelist": Rule(STAFF),
    "admin:requests_closingday_add": Rule({ADMINISTRATOR}),
    "admin:requests_openinghours_add": Rule({ADMINISTRATOR}),
    "admin:requests_holidayrule_add": Rule({ADMINISTRATOR}),
    "admin:dwellings_outage_over": Rule({ADMINISTRATOR}, of={"pk": "outage"}),
    "admin:requests_emergency_on_top": Rule(STAFF),
    "admin:requests_emergency_seen": Rule({ADMINISTRATOR}, of={"pk": "emergency"}),
    **of_model("requests_emergency", "emergency", see=STAFF, change=STAFF),  # what is sent there only shows it
    **of_model("requests_objection", "objection", see=STAFF),
    **of_model("requests_selfhelp", "self_help", see=STAFF),
    "admin:tenants_tenant_access": Rule({ADMINISTRATOR}, of={"pk": "tenant"}),
    **of_model("dwellings_outage", "outage", see=STAFF, change={ADMINISTRATOR}, add={ADMINISTRATOR}),
    **of_model("requests_servicerequest", "case", see=STAFF, change=STAFF),  # what is sent there only shows it
    **of_model("dwellings_complex", "complex", see=STAFF),
    **of_model("dwellings_dwelling", "dwelling", see=STAFF),
    **of_model("dwellings_tenancy", "tenancy", see=STAFF),
    **of_model("tenants_tenant", "tenant", see=STAFF),
    "admin:requests_catalogueversion_publish": of_version({ADMINISTRATOR}),
    "admin:requests_catalogueversion_preview": of_version(STAFF),
    "admin:requests_catalogueversion_export": of_version(STAFF, kind="csv"),
    "admin:requests_catalogueversion_import": of_version({ADMINISTRATOR}),
    "admin:requests_catalogueversion_upload": Rule({ADMINISTRATOR}, of={"pk": "version", "upload": "upload"}),
    "admin:requests_catalogueversion_row_add": of_version({ADMINISTRATOR}, sheet="problems"),
    "admin:requests_catalogueversion_row_move": of_version({ADMINISTRATOR}, sheet="problems"),
    "admin:requests_catalogueversion_row_payer": of_version({ADMINISTRATOR}, sheet="problems"),
    "admin:requests_catalogueversion_row": of_row(STAFF),
    "admin:requests_catalogueversion_row_delete": of_row({ADMINISTRATOR}),
    # what is sent to the page of a version only shows it
    **of_model("requests_catalogueversion", "version", see=STAFF, change=STAFF, add={ADMINISTRATOR}),
    "admin:requests_catalogueversion_delete": of_object("version"),
    **of_model("requests_searchsynonym", "synonym", see=STAFF, change={ADMINISTRATOR}, add={ADMINISTRATOR}),
    "admin:requests_searchsynonym_delete": of_object("synonym"),
    **of_model("tenants_user", "user", see=STAFF, change={ADMINISTRATOR}, add={ADMINISTRATOR}),
}

ADDRESSES = sorted(set(every_pattern()))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once: every request is undone, so it stays as it is."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
    ):
        yield access_world.build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _one_visitor_in_a_great_hurry(settings, world, monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False
    settings.MEDIA_ROOT = world.media


@dataclass(frozen=True)
class Answer:
    status: int
    to: str
    text: str

    @property
    def is_shut(self) -> bool:
        return self.status in {403, 404} or (self.status == 302 and self.to.startswith(SIGN_IN))

    def looks_like(self, other: "Answer") -> bool:
        """The same status, and as long but for five percent: no hint that the thing exists."""
        return self.status == other.status and abs(len(self.text) - len(other.text)) <= len(other.text) * 0.05


def ask(browser, method, path):
    """What comes back; whatever it changed is undone, here and in the browser."""
    cookies = deepcopy(browser.cookies)
    with transaction.atomic():
        response = browser.generic(method, path)
        content = response.getvalue() if isinstance(response, FileResponse) else response.content
        transaction.set_rollback(True)
    browser.cookies = cookies
    if isinstance(response, FileResponse) and response.file_to_stream:
        response.file_to_stream.close()  # response.close() would close the connection too
    return Answer(response.status_code, response.get("Location", ""), content.decode(errors="replace"))


def path_to(world, rule, route, things):
    arguments = {argument: getattr(world, things)[kind] for argument, kind in rule.of.items()}
    return address(route, arguments | rule.given)


def complaints(world, rule, route, role, method):
    """A sentence for each thing that is wrong with what this person gets with this method."""
    browser = world.browsers[role]
    absent = None
    for things in ("hers", "theirs") if rule.of and role in HAVE_THEIR_OWN else ("hers",):
        may_see, may_do = rule.allows(role, things), rule.allows(role, things, method)
        if may_do and method in OTHER_METHODS:
            continue
        answer = ask(browser, method, path_to(world, rule, route, things))
        if rule.of and not may_see and absent is None:
            absent = ask(browser, method, path_to(world, rule, route, "absent"))
        for fault in faults(answer, absent, may_see=may_see, may_do=may_do):
            if not (method == "OPTIONS" and not answer.text):  # only says which methods exist
                yield f"{method} of {things} by {role}: {fault} ({answer.status} {answer.to})"


def faults(answer, absent, *, may_see, may_do):
    if may_do:
        if answer.is_shut:
            yield "is shut"
        return
    if not answer.is_shut and answer.status != 405:
        yield "is open"
    if not may_see and access_world.SECRET in answer.text:
        yield "shows the secret"
    if not may_see and absent and not answer.looks_like(absent):
        yield f"differs from what does not exist ({absent.status})"


def test_every_address_has_a_rule():
    assert {name for name, _ in ADDRESSES} - set(RULES) == set()


def test_every_rule_has_an_address():
    assert set(RULES) - {name for name, _ in ADDRESSES} == set()


@pytest.mark.parametrize(("name", "route"), ADDRESSES, ids=lambda part: part)
def test_everybody_reaches_what_is_theirs_and_nothing_else(world, name, route):
    rule = RULES[name]

    wrong = [
        complaint
        for method, role in visits(ADDRESSES.index((name, route)))
        for complaint in complaints(world, rule, route, role, method)
    ]

    assert wrong == []


def visits(number):
    """Everybody reads, and the neighbour sends. Of the others one in six does; one outsider tries one method more."""
    for place, role in enumerate(sorted(EVERYBODY)):
        yield "GET", role
        if LONG or role == NEIGHBOUR or (number + place) % 6 == 0:
            yield "POST", role
    for place, (role, method) in enumerate(product(OUTSIDERS, OTHER_METHODS)):
        if LONG or number % (len(OUTSIDERS) * len(OTHER_METHODS)) == place:
            yield method, role


def test_the_secret_is_there_to_be_found(world):
    """Otherwise the matrix would prove nothing."""
    path = address("meldingen/<str:reference>/", {"reference": world.hers["request"]})

    assert access_world.SECRET in ask(world.browsers[OWNER], "GET", path).text
    assert ask(world.browsers[ANONYMOUS], "GET", path).is_shut
