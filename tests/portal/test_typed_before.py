"""Who was signed out while typing finds the words again on the page of the form, after signing in."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import stale
from requests import workflow
from requests.front_door import catalogues
from requests.workflow import Actor, Status
from tenants.middleware import SEEN
from tests.factories import DraftFactory, ServiceRequestFactory, TenancyFactory
from tests.requests.tenant_pages import page
from tests.tenants.signing_in import newest_code

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]  # those of the admin's templates

TYPED = "Het lekt <b>nog</b>.\nOok ’s nachts."
SHOWN = "Het lekt &lt;b&gt;nog&lt;/b&gt;.\nOok ’s nachts.</textarea>"
TENANTS = ("words", "access", "objection", "write", "verdict", "mark", "complaint")
STAFFS = ("message", "note", "later")
MOVES = [
    (move.name, sorted(move.sources)[0])
    for move in workflow.MOVES
    if Actor.STAFF in move.actors and move is not workflow.COME_BACK
]


@pytest.fixture
def tenants_form(tenant):
    """Where one of the tenant's forms goes, what is sent, the field of the words, and the page it is on."""
    home = tenant.tenancies.get().dwelling

    def form(name):
        if name in ("words", "objection"):
            tap = {"thing": "tap", "problem": "kitchen_tap_drips", "catalogue_id": catalogues.current_version()}
            answers = {"details_given": True, **tap} if name == "objection" else {"reachable": False}
            draft = DraftFactory(tenant=tenant, dwelling=home, **answers)
            path = page("report_words" if name == "words" else "report_costs", draft.pk)
            sent = {"text": TYPED} if name == "words" else {"answer": "disagree", "objection": TYPED}
            return path, sent, "text" if name == "words" else "objection", path
        if name == "access":
            path = reverse("tenants:access")
            return path, {"at_home": "OCH", "key_with": TYPED}, "key_with", path
        status = {"verdict": Status.DONE, "mark": Status.CLOSED}.get(name, Status.RECEIVED)
        long_ago = timezone.now() - timedelta(days=90 if name == "complaint" else 1)
        reference = ServiceRequestFactory(reported_by=tenant, dwelling=home, status=status, at=long_ago).reference
        detail = page("detail", reference)
        at = {"verdict": page("verdict_here", reference), "mark": page("mark_here", reference)}.get(name, detail)
        if name == "complaint":
            at = page("next_step", reference, "klacht")
        return {
            "write": (page("write", reference), {"body": TYPED, "key": str(uuid4())}, "body", detail),
            "verdict": (at, {"answer": "not_solved", "round": "1", "words": TYPED}, "words", at),
            "mark": (at, {"mark": "4", "reason": TYPED}, "reason", at),
            "complaint": (at, {"words": TYPED, "key": str(uuid4())}, "words", at),
        }[name]

    return form


def staffs_form(name, status=Status.RECEIVED):
    case = ServiceRequestFactory(status=status, at=timezone.now())

    def at(which, *more):
        return reverse(f"admin:requests_servicerequest_{which}", args=[case.pk, *more])

    if name in STAFFS:
        return {
            "message": (at("message"), {"message-body": TYPED, "message-seen": "1"}, "message-body", at("change")),
            "note": (at("note"), {"note-body": TYPED}, "note-body", at("change")),
            "later": (at("later"), {"reason": TYPED, "seen": "1"}, "reason", at("later")),
        }[name]
    return at("move", name), {"note": TYPED, "seen": "1"}, "note", f"{at('change')}?move={name}"


def time_out(client):
    session = client.session
    session[SEEN] -= 15 * 24 * 3600
    session.save()


def is_offered(response, field):
    """Whether the words are there, and a field that they belong in."""
    said = response.content.decode()
    there = re.search(rf'data-field="{field}"[^>]*>{re.escape(SHOWN)}', said)
    return bool(there), bool(re.search(rf'<(textarea|input)[^>]* name="{field}"', said))


def send_signed_out(client, user, form):
    path, sent, field, back = form
    client.force_login(user)
    time_out(client)
    return client.post(path, sent), field, back


@pytest.mark.parametrize("name", TENANTS)
def test_a_tenant_finds_the_words_again_once(client, tenant, tenants_form, name):
    refused, field, back = send_signed_out(client, tenant.user, tenants_form(name))
    client.force_login(tenant.user)

    first, second = client.get(back), client.get(back)

    assert (refused.status_code, refused.context["is_kept"]) == (403, True)
    assert (first.status_code, is_offered(first, field)) == (200, (True, True))
    assert "data-typed" not in second.content.decode()


@pytest.mark.parametrize(("name", "status"), [*((name, Status.RECEIVED) for name in STAFFS), *MOVES])
def test_a_colleague_finds_the_words_again_once(client, planner, name, status):
    refused, field, back = send_signed_out(client, planner, staffs_form(name, status))
    client.force_login(planner)

    first, second = client.get(back), client.get(back)

    assert (refused.status_code, refused.context["is_kept"]) == (403, True)
    assert (first.status_code, is_offered(first, field)) == (200, (True, True))
    assert "data-typed" not in second.content.decode()


def test_these_are_twenty_forms():
    assert len(TENANTS) + len(STAFFS) + len(MOVES) >= 20


def test_they_come_along_through_the_real_way_to_sign_in(client, tenant, tenants_form):
    refused, field, back = send_signed_out(client, tenant.user, tenants_form("write"))

    asked = client.post(refused.context["sign_in"], {"login": tenant.user.email})
    response = client.post(asked.url, {"code": newest_code()}, follow=True)

    assert response.redirect_chain == [(back, 302)]
    assert is_offered(response, field) == (True, True)


def test_the_next_person_at_this_device_does_not_find_them(client, tenant, tenants_form):
    other = TenancyFactory().tenant
    _, _, back = send_signed_out(client, tenant.user, tenants_form("access"))
    client.force_login(other.user)

    theirs = client.get(back)

    assert (theirs.status_code, TYPED[:8] in theirs.content.decode()) == (200, False)
    assert stale.KEPT not in client.session


def test_on_another_page_they_are_not_shown_and_not_lost(client, tenant, tenants_form):
    _, field, back = send_signed_out(client, tenant.user, tenants_form("write"))
    client.force_login(tenant.user)

    elsewhere, there = client.get(page("mine")), client.get(back)

    assert "data-typed" not in elsewhere.content.decode()
    assert is_offered(there, field) == (True, True)


def test_after_an_hour_they_are_gone(client, tenant, tenants_form):
    _, _, back = send_signed_out(client, tenant.user, tenants_form("write"))
    client.force_login(tenant.user)
    session = client.session
    session[stale.KEPT]["until"] -= stale.KEPT_FOR.total_seconds()
    session.save()

    assert "data-typed" not in client.get(back).content.decode()
    assert stale.KEPT not in client.session


@pytest.mark.parametrize(("name", "is_kept"), [("write", True), ("access", False)])
def test_where_nobody_knows_who_left_only_what_is_about_one_thing_is_kept(client, tenant, tenants_form, name, is_kept):
    """The session was ended on another device: the page of one's own request nobody else can open."""
    path, sent, _, _ = tenants_form(name)
    client.force_login(tenant.user)
    Session.objects.all().delete()

    refused = client.post(path, sent)

    assert (refused.status_code, refused.context["is_kept"], SHOWN in refused.content.decode()) == (403, is_kept, True)


def test_of_a_stranger_who_guesses_an_address_nothing_is_shown_to_anybody(client, tenant):
    somebody_elses = ServiceRequestFactory()
    client.post(page("write", somebody_elses.reference), {"body": TYPED})
    client.force_login(tenant.user)

    response = client.get(page("detail", somebody_elses.reference))

    assert (response.status_code, TYPED[:8] in response.content.decode()) == (404, False)


def test_only_words_are_kept_and_no_more_than_anybody_types(client, tenant, tenants_form):
    path, _, _, _ = tenants_form("write")
    client.post(path, {"body": TYPED, "code": "123456", "login": "a@example.org"})
    kept = client.session[stale.KEPT]["words"]

    too_much = client.post(path, {"body": "x" * (stale.MOST_CHARACTERS + 1)})

    assert kept == {"body": TYPED}
    assert (too_much.context["is_kept"], "Kopieer uw tekst en log in." in too_much.content.decode()) == (False, True)


def test_what_another_site_sends_is_not_kept(tenant, tenants_form):
    visitor, (path, sent, _, _) = Client(enforce_csrf_checks=True), tenants_form("write")

    refused = visitor.post(path, sent)

    assert (refused.status_code, stale.KEPT in visitor.session) == (403, False)
