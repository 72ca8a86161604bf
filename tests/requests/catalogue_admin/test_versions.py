"""A manager makes, reads and throws away versions of the catalogue of problems."""

import pytest

from requests import services
from requests.front_door import catalogues
from requests.intake import catalogue
from requests.models import (
    SHEET_MODELS,
    CatalogueProblem,
    CatalogueVersion,
)
from tests.factories import NOON
from tests.requests.catalogue_admin.pages import form_of, row_of, text_of, to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_manager_makes_a_draft_and_is_asked_first(site, manager, published):
    asked = site.get(to("add"))
    made = site.post(to("add"), follow=True)

    draft = CatalogueVersion.objects.get(status="draft")
    assert asked.status_code == 200
    assert draft.made_by == manager
    assert catalogues.sheets_of(draft.pk) == catalogues.sheets_of(published.pk)
    assert made.redirect_chain == [(to("change", draft.pk), 302)]


def test_making_a_second_draft_leads_to_the_first(site, draft):
    answer = site.post(to("add"))

    assert answer.url == to("change", draft.pk)
    assert CatalogueVersion.objects.filter(status="draft").count() == 1


def test_the_list_says_what_each_version_is(site, draft, published):
    shown = text_of(site.get(to("changelist")))

    leaves = CatalogueProblem.objects.filter(version=published).count()
    assert shown.count(f">{leaves}<") >= 2 or shown.count(f" {leaves} ") >= 2
    assert "Yvonne de Boer" in shown


def test_a_draft_is_thrown_away_after_a_question(site, draft, published):
    asked = site.get(to("delete", draft.pk))
    gone = site.post(to("delete", draft.pk))

    assert (asked.status_code, gone.url) == (200, to("changelist"))
    assert CatalogueVersion.objects.get() == published


def test_a_published_version_is_never_thrown_away(site, published):
    answer = site.post(to("delete", published.pk))

    assert answer.url == to("change", published.pk)
    assert CatalogueVersion.objects.get() == published


@pytest.mark.parametrize("sheet", catalogue.SHEETS)
def test_every_sheet_shows_every_row(site, draft, sheet):
    response = site.get(to("change", draft.pk), {"sheet": sheet})

    shown = [line.row.pk for group in response.context["groups"] for line in group.lines]
    model = next(model for model in SHEET_MODELS if model.sheet == sheet)
    assert sorted(shown) == sorted(model.objects.filter(version=draft).values_list("pk", flat=True))


def test_problems_are_narrowed_down_by_place_and_by_words(site, draft):
    in_kitchen = site.get(to("change", draft.pk), {"in": "kitchen"}).context
    dripping = site.get(to("change", draft.pk), {"in": "kitchen", "q": "LEERTJE drúpt"}).context
    nothing = site.get(to("change", draft.pk), {"q": "zzzz"})

    assert [group.key for group in in_kitchen["groups"]] == ["kitchen"]
    assert [line.key for group in dripping["groups"] for line in group.lines] == ["kitchen_tap_drips"]
    assert "No row fits." in text_of(nothing)


@pytest.mark.parametrize("query", [{"sheet": "../x"}, {"in": "nowhere"}, {"q": "é" * 200}, {"q": "%_'\""}])
def test_an_odd_address_shows_a_page_all_the_same(site, draft, query):
    assert site.get(to("change", draft.pk), query).status_code == 200


def test_a_published_version_is_only_to_read(site, published):
    row = row_of(published, "kitchen_tap_drips")
    page = site.get(to("change", published.pk))
    shown = text_of(site.get(to("row", published.pk, "problems", row.pk)))

    assert "Add a row" not in text_of(page)
    assert "De kraan druppelt" in shown
    assert "<form" not in shown.split("<main", 1)[1]
    for method, address in (
        (site.get, to("row_add", published.pk, "problems")),
        (site.get, to("row_delete", published.pk, "problems", row.pk)),
        (site.post, to("row_delete", published.pk, "problems", row.pk)),
        (site.get, to("import", published.pk)),
    ):
        assert method(address).status_code == 404


def test_a_form_of_a_version_that_was_published_meanwhile_keeps_what_was_typed(site, draft, manager):
    row = row_of(draft, "kitchen_tap_drips")
    data = form_of(site, draft, "problems", row) | {"problem_nl": "Mijn eigen woorden"}
    services.publish(draft.pk, by=manager, at=NOON)

    answer = site.post(to("row", draft.pk, "problems", row.pk), data)

    assert answer.status_code == 409
    assert "Mijn eigen woorden" in text_of(answer)
    assert row_of(draft, "kitchen_tap_drips").problem_nl == "De kraan druppelt"
