"""A form that comes too late is not done, and keeps what was typed: whoever sends it, and whatever turns it away."""

import re
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests.models import Draft, Message, ServiceRequest
from tenants.middleware import SEEN
from tenants.models import User
from tests.addresses import every_address
from tests.factories import DraftFactory, ServiceRequestFactory
from tests.requests.tenant_pages import a_photo, page, words_of
from tests.tenants.signing_in import newest_code

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]  # those of the admin's templates

TYPED = "Het lekt <b>nog</b>.\nOok ’s nachts."
SHOWN = "Het lekt &lt;b&gt;nog&lt;/b&gt;.\nOok ’s nachts.</textarea>"
SIGNED_OUT, STALE, GONE = "U bent uitgelogd", "Deze pagina stond te lang open", "Dit formulier is er niet meer"


@pytest.fixture
def visitor():
    """As a person's: it has to show that a form is its own."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def draft(tenant):
    return DraftFactory(tenant=tenant, dwelling=tenant.tenancies.get().dwelling)


@pytest.fixture
def service_request(tenant):
    return ServiceRequestFactory(reported_by=tenant, at=timezone.now())


def key_of(visitor):
    """What a form of this site carries with it."""
    visitor.get("/account/login/")
    return visitor.cookies["csrftoken"].value


def says(response):
    """The status, the heading, and whether what was typed is shown and nobody else may keep it."""
    said = response.content.decode()
    heading = next((heading for heading in (SIGNED_OUT, STALE, GONE) if f"<h1>{heading}</h1>" in said), "")
    return response.status_code, heading, SHOWN in said, response["Cache-Control"]


def tenants_forms(draft, service_request):
    """Each form of a tenant with words: where it goes, its field, and the page it is on."""
    own = {name: page(name, service_request.reference) for name in ("write", "verdict_here", "mark_here", "detail")}
    words, questions = page("report_words", draft.pk), page("report_details", draft.pk)
    return [
        (words, {"text": TYPED}, words),
        (questions, {"q-much": "yes", "q-code-words": TYPED}, questions),
        (reverse("tenants:access"), {"at_home": "OCH", "key_with": TYPED}, reverse("tenants:access")),
        (own["write"], {"body": TYPED, "key": str(uuid4())}, own["detail"]),
        (own["verdict_here"], {"answer": "not_solved", "round": "1", "words": TYPED}, own["verdict_here"]),
        (own["mark_here"], {"mark": "4", "reason": TYPED}, own["mark_here"]),
    ]


def staffs_forms(service_request):
    def at(name, *more):
        return reverse(f"admin:requests_servicerequest_{name}", args=[service_request.pk, *more])

    return [
        (at("message"), {"message-body": TYPED, "message-seen": "1"}, at("change")),
        (at("note"), {"note-body": TYPED}, at("change")),
        (at("move", "decline"), {"note": TYPED, "seen": "1"}, at("change") + "?move=decline"),
    ]


@pytest.fixture
def forms(draft, service_request):
    return tenants_forms(draft, service_request) + staffs_forms(service_request)


def test_who_is_signed_out_is_shown_the_text_and_the_way_back(visitor, forms):
    key = key_of(visitor)

    answers = [visitor.post(path, fields | {"csrfmiddlewaretoken": key}) for path, fields, _ in forms]

    assert {says(answer) for answer in answers} == {(403, SIGNED_OUT, True, "no-store")}
    assert [answer.context["sign_in"] for answer in answers] == [
        f"/account/login/?next={page.replace('?', '%3F').replace('=', '%3D')}" for _, _, page in forms
    ]
    assert (Message.objects.count(), Draft.objects.get().text) == (0, "De kraan druppelt al drie dagen.")


def test_who_is_signed_out_with_an_old_key_is_shown_the_text_and_the_page(visitor, forms):
    key_of(visitor)

    answers = [visitor.post(path, fields | {"csrfmiddlewaretoken": "x" * 64}) for path, fields, _ in forms]

    assert {says(answer) for answer in answers} == {(403, STALE, True, "no-store")}
    assert [answer.context["page"] for answer in answers] == [page for _, _, page in forms]


@pytest.mark.parametrize("who", ["tenant", "staff"])
def test_who_signed_in_again_in_another_tab_is_shown_the_text(visitor, who, tenant, planner, draft, service_request):
    forms = tenants_forms(draft, service_request) if who == "tenant" else staffs_forms(service_request)
    old = key_of(visitor)
    visitor.force_login(tenant.user if who == "tenant" else planner)
    visitor.cookies["csrftoken"] = "y" * 32  # signing in changes it

    answers = [visitor.post(path, fields | {"csrfmiddlewaretoken": old}) for path, fields, _ in forms]

    assert {says(answer) for answer in answers} == {(403, STALE, True, "no-store")}
    assert Message.objects.count() == 0


@pytest.mark.parametrize("who", ["tenant", "staff"])
def test_a_session_that_was_over_when_the_form_was_sent_keeps_the_text(
    visitor, who, tenant, planner, draft, service_request
):
    forms = tenants_forms(draft, service_request) if who == "tenant" else staffs_forms(service_request)
    for path, fields, _ in forms:
        visitor.force_login(tenant.user if who == "tenant" else planner)
        session = visitor.session
        session[SEEN] -= 15 * 24 * 3600
        session.save()

        answer = visitor.post(path, fields | {"csrfmiddlewaretoken": key_without_looking(visitor)})

        assert says(answer) == (403, SIGNED_OUT, True, "no-store"), path
        assert "voor de veiligheid uitgelogd" not in answer.content.decode()  # said once, where one signs in
        assert "voor de veiligheid uitgelogd" in visitor.get(answer.context["sign_in"]).content.decode()


def key_without_looking(visitor):
    """A key that fits, without a page that would note that the session is used."""
    visitor.cookies["csrftoken"] = "z" * 32
    return "z" * 32


def test_of_a_form_with_two_fields_for_words_both_are_shown(client):
    answer = client.post(reverse("tenants:access"), {"not_on": "Donderdag", "key_with": "De buren"})

    assert "Donderdag\nDe buren</textarea>" in answer.content.decode()


def test_signing_in_leads_back_to_the_page_of_the_form(client, tenant, service_request):
    answer = client.post(page("write", service_request.reference), {"body": TYPED})

    asked = client.post(answer.context["sign_in"], {"login": tenant.user.email})
    back = client.post(asked.url, {"code": newest_code()}, follow=True)

    assert back.redirect_chain == [(page("detail", service_request.reference), 302)]
    assert 'name="body"' in words_of(back)


def test_without_words_the_way_to_sign_in_leads_to_a_page_that_opens(client, service_request):
    path = reverse("admin:requests_servicerequest_assign", args=[service_request.pk])

    answer = client.post(path, {"me": ""})

    case = reverse("admin:requests_servicerequest_change", args=[service_request.pk])
    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={case}")


def test_withdrawing_after_signing_out_asks_again(client, service_request):
    path = page("withdraw", service_request.reference)

    answer = client.post(path)

    service_request.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={path}")
    assert service_request.status == "received"


def test_no_page_to_go_back_to_is_one_that_only_receives_forms(planner_client):
    """A form with words that is sent to such an address needs a page in PAGE_OF."""
    with_words = ("requests:", "admin:requests_servicerequest_")
    addresses = {name: path for name, path in every_address().items() if name.startswith(with_words)}
    only_receive = {name for name, path in addresses.items() if planner_client.get(path).status_code == 405}

    assert only_receive == {
        "requests:write",
        "requests:report_resume",
        *(f"admin:requests_servicerequest_{name}" for name in STAFF_SENDS),
    }


STAFF_SENDS = (
    "move",
    "preview",
    "message",
    "note",
    "settle",
    "again",
    "assign",
    "objection",
    "gesture",
    "later_preview",
)


def test_photos_that_came_with_a_late_form_are_to_be_chosen_again(client, draft):
    with_photos = client.post(page("report_words", draft.pk), {"text": TYPED, "photos": [a_photo()]})
    without = client.post(page("report_words", draft.pk), {"text": TYPED})

    lost = "De foto’s die u nu koos, konden wij niet bewaren."
    assert [lost in words_of(answer) for answer in (with_photos, without)] == [True, False]
    assert draft.photos.count() == 0


def test_staff_whose_second_factor_was_taken_away_keep_the_text(planner_client, planner, service_request):
    Authenticator.objects.filter(user=planner).delete()

    for path, fields, _ in staffs_forms(service_request):
        answer = planner_client.post(path, fields)

        said = answer.content.decode()
        assert (answer.status_code, SHOWN in said, 'href="/account/2fa/"' in said) == (403, True, True)
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["tenant", "staff"])
def test_a_form_of_staff_from_who_does_not_work_here_keeps_the_text(visitor, who, tenant, planner, service_request):
    User.objects.filter(pk=planner.pk).update(is_staff=False)
    visitor.force_login(tenant.user if who == "tenant" else planner)

    for path, fields, _ in staffs_forms(service_request):
        answer = visitor.post(path, fields | {"csrfmiddlewaretoken": key_without_looking(visitor)})

        assert says(answer) == (404, GONE, True, "no-store"), path
    assert Message.objects.count() == 0


def test_a_draft_that_was_forgotten_meanwhile_keeps_the_text(tenant_client, draft, service_request):
    path = page("report_words", draft.pk)
    draft.delete()
    nothing_typed = tenant_client.post(path, {"text": "  "})

    answer = tenant_client.post(path, {"text": TYPED})

    assert says(answer) == (404, GONE, True, "no-store")
    assert "Deze pagina bestaat niet" in words_of(nothing_typed)


def test_what_was_typed_in_a_field_that_is_not_for_words_is_not_shown(client):
    answer = client.post("/meldingen/", {"csrfmiddlewaretoken": TYPED, "login": TYPED, "code": TYPED})

    assert (answer.status_code, answer.url) == (302, "/account/login/?next=/meldingen/")


# --- what cannot be read -----------------------------------------------------------------------------------------


def test_more_photos_than_five_keep_the_text_and_the_first_five(tenant_client, draft):
    photos = [a_photo(f"{n}.jpg") for n in range(12)]

    answer = tenant_client.post(page("report_words", draft.pk), {"text": TYPED, "photos": photos})

    draft.refresh_from_db()
    assert (answer.status_code, draft.text, draft.photos.count()) == (200, TYPED, 5)
    assert SHOWN in answer.content.decode()
    assert "U kunt 5 foto’s bij een melding sturen." in words_of(answer)


def test_a_text_of_megabytes_is_called_a_text_and_nothing_of_before_is_lost(tenant_client, draft):
    path = page("report_words", draft.pk)

    answers = [
        tenant_client.post(path, {"text": "x" * 3_000_000}),
        tenant_client.post(path, f"text={'x' * 3_000_000}", content_type="application/x-www-form-urlencoded"),
    ]

    for answer in answers:
        said = words_of(answer)
        assert (answer.status_code, "<h1>Uw tekst is te lang</h1>" in said, "foto" in said) == (413, True, False)
        assert f'href="{path}"' in said
    draft.refresh_from_db()
    assert draft.text == "De kraan druppelt al drie dagen."


def test_more_files_than_anybody_needs_are_refused_with_a_page_that_says_so(tenant_client, draft, settings):
    path = page("report_words", draft.pk)
    files = [SimpleUploadedFile("a.jpg", b"x") for _ in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)]

    answer = tenant_client.post(path, {"text": TYPED, "photos": files})

    said = words_of(answer)
    assert (answer.status_code, "<h1>Dit zijn te veel foto’s</h1>" in said) == (413, True)
    assert f'href="{path}"' in said


def test_what_is_too_large_for_a_page_that_only_receives_leads_to_the_page_of_the_form(tenant_client, service_request):
    answer = tenant_client.post(page("write", service_request.reference), {"body": "x" * 3_000_000})

    assert answer.status_code == 413
    assert f'href="{page("detail", service_request.reference)}"' in words_of(answer)
    assert ServiceRequest.objects.get().messages.count() == 0


# --- another language ------------------------------------------------------------------------------------------


def leads_back_to(response):
    """Where the button for the other language leads."""
    return re.search(r'action="/taal/".*?name="next" value="([^"]*)"', response.content.decode(), re.DOTALL)[1]


def test_another_language_leads_back_to_the_same_page(tenant_client, service_request, client):
    detail = page("detail", service_request.reference)

    refused = tenant_client.post(page("write", service_request.reference), {"body": "", "key": uuid4()})
    opened = tenant_client.get(f"{detail}?answer=solved")

    assert [leads_back_to(refused), leads_back_to(opened)] == [detail, f"{detail}?answer=solved"]


def test_another_language_keeps_where_somebody_was_going(visitor):
    assert leads_back_to(visitor.get("/account/login/?next=/meldingen/")) == "/account/login/?next=/meldingen/"


@pytest.mark.parametrize(("posted", "leads_to"), [("/meldingen/", "/meldingen/"), ("https://evil.example/", "/")])
def test_another_language_on_an_old_page_leads_back_to_that_page(visitor, posted, leads_to):
    response = visitor.post("/taal/", {"language": "en", "next": posted})

    assert response.status_code == 403
    assert f'href="{leads_to}"' in response.content.decode()
