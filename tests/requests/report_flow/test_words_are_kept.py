"""What somebody typed is kept, or shown, when the page came too late: another tab answered a question differently."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from requests.models import Draft
from tests.requests.report_flow.test_going_back import WITH_DETAILS
from tests.requests.report_flow.way import WORDS
from tests.requests.tenant_pages import a_photo, page, stored_photo, words_of

TYPED = "Het lekt ook ’s nachts."
TOO_LONG = "x" * 2001
GONE = "Dit formulier is er niet meer"
KEPT = "Wat u hebt ingevuld, is bewaard. Beantwoord eerst deze vraag."


@pytest.fixture
def draft(walk):
    """Complete; then another tab chose another place."""
    walk(*WITH_DETAILS)
    Draft.objects.update(place="bathroom", thing="", problem="")
    return Draft.objects.get()


@pytest.mark.parametrize("button", [{}, {"send": "1"}, {"remove": "x"}], ids=["on", "send", "remove"])
def test_words_and_photos_are_kept_before_what_is_missing_is_asked(tenant_client, draft, button):
    sent = {"text": TYPED, "photos": [a_photo(), a_photo()], **button}

    response = tenant_client.post(page("report_words", draft.pk), sent, follow=True)

    draft.refresh_from_db()
    assert response.redirect_chain[-1][0] == page("report_problem", draft.pk)
    assert KEPT in words_of(response)
    assert (draft.text, draft.photos.count()) == (TYPED, 2)


def test_a_photo_that_was_refused_meanwhile_is_named(tenant_client, draft):
    photos = [a_photo(), SimpleUploadedFile("kat.jpg", b"miauw")]

    response = tenant_client.post(page("report_words", draft.pk), {"text": TYPED, "photos": photos}, follow=True)

    assert "kat.jpg: Wij kunnen dit bestand niet openen" in words_of(response)
    assert draft.photos.count() == 1


def test_words_that_are_too_long_to_keep_are_shown(tenant_client, draft):
    response = tenant_client.post(page("report_words", draft.pk), {"text": TOO_LONG, "photos": [a_photo()]})

    assert response.status_code == 404
    assert [GONE in words_of(response), TOO_LONG in words_of(response)] == [True, True]
    assert draft.photos.count() == 1


def test_without_words_there_is_nothing_to_show(tenant_client, draft):
    answers = [tenant_client.post(page(f"report_{name}", draft.pk), {}) for name in ("words", "details", "costs")]

    assert [answer.url for answer in answers] == [page("report_problem", draft.pk)] * 3


def test_an_objection_is_kept_before_what_is_missing_is_asked(tenant_client, draft):
    sent = {"answer": "disagree", "objection": TYPED}

    response = tenant_client.post(page("report_costs", draft.pk), sent, follow=True)

    draft.refresh_from_db()
    assert KEPT in words_of(response)
    assert (draft.objection, draft.text) == (TYPED, WORDS["text"])


def test_an_objection_that_is_too_long_to_keep_is_shown(tenant_client, draft):
    response = tenant_client.post(page("report_costs", draft.pk), {"answer": "disagree", "objection": TOO_LONG})

    assert response.status_code == 404
    assert [GONE in words_of(response), TOO_LONG in words_of(response)] == [True, True]


def test_an_answer_to_a_question_that_is_not_asked_any_more_is_shown(tenant_client, draft):
    sent = {"q-much": "no", "q-code-words": TYPED}

    response = tenant_client.post(page("report_details", draft.pk), sent)

    assert response.status_code == 404
    assert [GONE in words_of(response), f">{TYPED}</textarea>" in words_of(response)] == [True, True]


def test_taking_a_photo_out_keeps_the_photos_that_were_chosen_meanwhile(walk, tenant_client):
    _, words = walk({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_worn"})
    old = stored_photo(draft=Draft.objects.get())

    tenant_client.post(words, {"text": TYPED, "remove": str(old.pk), "photos": [a_photo()]})

    draft = Draft.objects.get()
    assert (draft.text, draft.photos.count(), draft.photos.filter(pk=old.pk).exists()) == (TYPED, 1, False)
