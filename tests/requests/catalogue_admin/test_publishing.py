"""A draft is looked at as a whole, and published once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests import promises, services
from requests.front_door import catalogues, search
from requests.models import (
    CatalogueProblem,
    CatalogueVersion,
    Draft,
    Norm,
)
from tests.factories import NOON, StaffFactory
from tests.requests.catalogue_admin.pages import row_of, said, sent_by, text_of, to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


# --- publishing -------------------------------------------------------------------------------------------------------


def publish_form(site, draft):
    return sent_by(site.get(to("publish", draft.pk)).context["form"]) | {"note": "Nieuwe prijzen"}


def test_publishing_shows_what_changes_cell_by_cell_first(site, draft):
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").update(urgency="U", price="99")

    response = site.get(to("publish", draft.pk))

    ((name, (row,)),) = response.context["changes"].of
    assert (name, row.kind, row.name) == ("problems", "changed", "De kraan druppelt")
    assert [(cell.label, cell.old, cell.new) for cell in row.cells] == [
        ("urgency", "Normal (N)", "Urgent (U)"),
        ("price of the paid job", "45", "99"),
    ]


def test_a_manager_publishes_with_a_note(site, draft, manager, published):
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").update(problem_nl="De kraan drupt")

    answer = site.post(to("publish", draft.pk), publish_form(site, draft))

    draft.refresh_from_db()
    assert answer.url == to("change", draft.pk)
    assert (draft.status, draft.note, draft.published_by) == ("published", "Nieuwe prijzen", manager)
    assert catalogues.current().get("kitchen_tap_drips").problem_nl == "De kraan drupt"
    assert search.find("kraan drupt", version=draft.pk, places=None, language="nl")[:1] == ["kitchen_tap_drips"]


def test_publishing_twice_is_the_same_as_once(site, draft):
    data = publish_form(site, draft)

    first, second = (site.post(to("publish", draft.pk), data) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert said(second)[-1] == "This version was published already."
    assert CatalogueVersion.objects.filter(status="published").count() == 1


def test_what_nobody_looked_at_is_not_published(site, draft, published):
    data = publish_form(site, draft)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").update(price="9999")

    answer = site.post(to("publish", draft.pk), data)

    assert (answer.status_code, catalogues.current_version()) == (409, published.pk)
    assert "9999" in text_of(answer)
    assert answer.context["form"]["note"].value() == "Nieuwe prijzen"


def test_a_draft_with_faults_has_no_button_to_publish_it(site, draft, published):
    data = publish_form(site, draft)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other").delete()

    page, answer = site.get(to("publish", draft.pk)), site.post(to("publish", draft.pk), data)

    assert 'name="note"' not in page.content.decode()
    assert (answer.status_code, catalogues.current_version()) == (409, published.pk)


def test_publishing_asks_what_changed(site, draft, published):
    answer = site.post(to("publish", draft.pk), publish_form(site, draft) | {"note": " "})

    assert answer.context["form"].errors == {"note": ["Write in a few words what changed."]}
    assert catalogues.current_version() == published.pk


def test_any_two_versions_are_compared(site, draft, published, manager):
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").update(price="50")
    services.publish(draft.pk, by=manager, at=NOON)
    third = services.make_version(by=manager, at=NOON + timedelta(days=1))

    with_the_last = site.get(to("history", third.pk)).context
    with_the_first = site.get(to("history", third.pk), {"with": published.pk}).context

    assert (with_the_last["other"], with_the_last["changes"].some) == (draft, False)
    assert (with_the_first["other"], with_the_first["changes"].counts["changed"]) == (published, 1)


def test_the_first_version_has_nothing_to_be_compared_with(site, published):
    assert "no other version" in text_of(site.get(to("history", published.pk)))


# --- preview ----------------------------------------------------------------------------------------------------------


def test_a_preview_follows_the_taps_of_a_tenant_in_both_languages(site, draft):
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").update(problem_en="The tap weeps")
    see = lambda **query: site.get(to("preview", draft.pk), query)  # noqa: E731

    places, things = see(), see(place="kitchen", language="en")
    problems, leaf = see(place="kitchen", thing="tap", language="en"), see(problem="kitchen_tap_drips", language="en")
    dutch = see(problem="kitchen_tap_drips")

    assert [card[1] for card in places.context["places"][0][1]][:2] == ["Keuken", "Badkamer"]
    assert ("tap", "Tap or water pipe", "tap") in things.context["things"]
    assert ("kitchen_tap_drips", "The tap weeps") in problems.context["problems"]
    assert leaf.context["leaf"].title == "Kitchen: the tap weeps"
    assert dutch.context["leaf"].title == "Keuken: de kraan druppelt"
    assert "45" in text_of(leaf)
    assert not Draft.objects.exists()


def test_a_preview_promises_what_the_category_promises(site, published):
    terms = {"answer": 1, "fix": 1, "word": 1, "valid_from": timezone.localdate()}
    made = {"made_by": StaffFactory(), "made_at": timezone.now()}
    urgency = row_of(published, "kitchen_tap_drips").urgency
    Norm.objects.create(urgency=urgency, category="water", **terms, **made)

    leaf = site.get(to("preview", published.pk), {"problem": "kitchen_tap_drips", "language": "en"}).context["leaf"]

    tomorrow = timezone.localtime(promises.add_working_days(timezone.now(), 1))
    assert leaf.soon.fix_by.startswith(f"{tomorrow:%A} {tomorrow.day}")


@pytest.mark.long
def test_every_leaf_can_be_previewed(site, published):
    shown = [
        site.get(to("preview", published.pk), {"problem": key, "language": "en"}).context["leaf"]
        for key in list(catalogues.current().leaves)[::8]
    ]

    assert all(leaf.paying and leaf.hint for leaf in shown)


def test_a_draft_with_faults_says_what_to_mend_instead_of_a_preview(site, draft):
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other").delete()

    assert "A preview is possible once these are mended." in text_of(site.get(to("preview", draft.pk)))


@pytest.mark.parametrize("query", [{"place": "moon"}, {"thing": "x"}, {"problem": "x"}, {"language": "xx"}])
def test_a_preview_of_what_is_not_there_begins_again(site, published, query):
    assert site.get(to("preview", published.pk), query).status_code == 200
