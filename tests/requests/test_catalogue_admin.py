"""A manager changes the catalogue of problems: in a draft, looked at as a whole, and published once."""

import copy
import io
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from requests import services
from requests.admin.catalogue.choices import in_words
from requests.admin.catalogue.forms import RowForm
from requests.front_door import catalogues, search
from requests.intake import catalogue, difference, exchange
from requests.models import (
    SHEET_MODELS,
    CatalogueGuide,
    CataloguePlace,
    CatalogueProblem,
    CatalogueStep,
    CatalogueThing,
    CatalogueUpload,
    CatalogueVersion,
    Draft,
    SearchSynonym,
)
from tests.factories import NOON, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
NAME = "admin:requests_catalogueversion"


@pytest.fixture
def manager():
    """Staff with the role that a new installation has for managers, and nothing more."""
    manager = StaffFactory(first_name="Yvonne", last_name="de Boer")
    manager.groups.add(Group.objects.get(name="Manager"))
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return manager


@pytest.fixture
def site(client, manager):
    client.force_login(manager)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def published():
    return CatalogueVersion.objects.get(status="published")


@pytest.fixture
def draft(manager):
    return services.make_version(by=manager, at=NOON)


def to(which, *args):
    return reverse(f"{NAME}_{which}", args=args)


def row_of(version, key, model=CatalogueProblem):
    return model.objects.get(version=version, key=key)


def form_of(site, version, sheet, row):
    """What a browser would send when nothing is changed."""
    return sent_by(site.get(to("row", version.pk, sheet, row.pk)).context["form"])


def sent_by(form):
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def upload(sheets, name="catalogue.xlsx"):
    return SimpleUploadedFile(name, exchange.write_workbook(sheets))


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


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", SHEET_MODELS)
def test_a_form_that_nobody_touched_changes_nothing(site, draft, model):
    before = catalogues.sheets_of(draft.pk)

    for row in model.objects.filter(version=draft)[:12]:
        answer = site.post(to("row", draft.pk, model.sheet, row.pk), form_of(site, draft, model.sheet, row))
        assert answer.status_code == 302, answer.context["form"].errors

    assert catalogues.sheets_of(draft.pk) == before


def test_every_shipped_row_is_a_valid_form():
    sheets = catalogue.shipped_sheets()

    wrong = [
        (sheet, catalogue.identity(row), form.errors)
        for sheet, rows in sheets.items()
        for row in rows
        if not (
            form := RowForm(sheet, sheets, sent_by(RowForm(sheet, sheets, row=row, new=False)), row=row, new=False)
        ).is_valid()
        or form.cells() != row
    ]

    assert wrong == []


def test_a_row_is_changed_and_shown_in_the_list(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    data = form_of(site, draft, "problems", row) | {
        "problem_nl": "De kraan\r\n drupt",
        "price": "60",
        "causes": ["BEW"],
    }

    answer = site.post(to("row", draft.pk, "problems", row.pk), data)

    row.refresh_from_db()
    assert answer.url == f"{to('change', draft.pk)}?sheet=problems#row-{row.pk}"
    assert (row.key, row.problem_nl, row.price, row.causes) == ("kitchen_tap_drips", "De kraan drupt", "60", "BEW")


def test_a_form_that_is_not_right_says_so_beside_the_field_and_saves_nothing(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    data = form_of(site, draft, "problems", row)
    data |= {"problem_en": " ", "price": "-1", "trade": "ZAN", "hint_nl": "x" * 601, "words_nl": "a\x07b"}

    answer = site.post(to("row", draft.pk, "problems", row.pk), data)

    assert set(answer.context["form"].errors) == {"problem_en", "price", "trade", "hint_nl", "words_nl"}
    assert row_of(draft, "kitchen_tap_drips").cells == row.cells


def test_two_colleagues_never_overwrite_each_other_unseen(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    mine = form_of(site, draft, "problems", row) | {"problem_nl": "Van mij"}
    theirs = row.cells | {"hint_nl": "Van een collega"}
    services.change_row(draft.pk, "problems", row.pk, theirs, seen=difference.seal(row.cells))

    warned = site.post(to("row", draft.pk, "problems", row.pk), mine)
    kept = row_of(draft, "kitchen_tap_drips").cells
    again = site.post(to("row", draft.pk, "problems", row.pk), sent_by(warned.context["form"]))

    assert (warned.status_code, kept, again.status_code) == (409, theirs, 302)
    assert "Van een collega" in text_of(warned)
    assert row_of(draft, "kitchen_tap_drips").problem_nl == "Van mij"


def test_a_row_that_is_gone_keeps_what_was_typed(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    data = form_of(site, draft, "problems", row) | {"problem_nl": "Niet kwijt"}
    services.fill(draft.pk, catalogues.sheets_of(draft.pk))  # all rows are other rows now

    answer = site.post(to("row", draft.pk, "problems", row.pk), data)

    assert answer.status_code == 409
    assert "Niet kwijt" in text_of(answer)


def test_the_same_form_sent_twice_counts_once_and_says_no_wrong(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    data = form_of(site, draft, "problems", row) | {"problem_nl": "De kraan drupt"}

    answers = [site.post(to("row", draft.pk, "problems", row.pk), data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert row_of(draft, "kitchen_tap_drips").problem_nl == "De kraan drupt"


def test_a_copy_stands_after_what_it_was_copied_from_with_a_key_of_its_own(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    address = f"{to('row_add', draft.pk, 'problems')}?copy={row.pk}"
    data = sent_by(site.get(address).context["form"]) | {"problem_en": "The tap squeaks"}

    answer = site.post(address, data)

    order = list(CatalogueProblem.objects.filter(version=draft).values_list("key", flat=True)[:2])
    assert (answer.status_code, order) == (302, ["kitchen_tap_drips", "kitchen_the_tap_squeaks"])
    assert row_of(draft, "kitchen_the_tap_squeaks").cells == row.cells | {
        "key": "kitchen_the_tap_squeaks",
        "problem_en": "The tap squeaks",
    }


def test_a_new_problem_stands_before_something_else_of_its_place(site, draft):
    data = sent_by(
        site.get(to("row_add", draft.pk, "problems"), {"copy": row_of(draft, "kitchen_tap_drips").pk}).context["form"]
    )

    site.post(to("row_add", draft.pk, "problems"), data | {"problem_en": "New"})

    last = CatalogueProblem.objects.filter(version=draft, place="kitchen").values_list("key", flat=True)
    assert list(last)[-2:] == ["kitchen_new", "kitchen_other"]
    assert site.get(to("change", draft.pk)).context["faults"] == []


def test_a_new_place_is_complete_with_two_forms(site, draft):
    site.post(
        to("row_add", draft.pk, "places"),
        {"name_nl": "Serre", "name_en": "Sun room", "communal": "no", "for_storage": "no", "icon": "window"},
    )
    missing = [fault.why for fault in site.get(to("change", draft.pk)).context["faults"]]
    other = row_of(draft, "kitchen_other")
    address = f"{to('row_add', draft.pk, 'problems')}?copy={other.pk}"
    site.post(address, sent_by(site.get(address).context["form"]) | {"place": "sun_room"})

    assert missing == ["the last problem of a place must be “sun_room_other”"]
    assert row_of(draft, "sun_room_other").place == "sun_room"
    assert site.get(to("change", draft.pk)).context["faults"] == []


def test_a_key_that_is_taken_is_refused(site, draft):
    first = CatalogueThing.objects.filter(version=draft).first()
    data = {"key": first.key, "icon": "tap", "name_nl": "Nog een", "name_en": "Another"}

    answer = site.post(to("row_add", draft.pk, "things"), data)

    assert answer.context["form"].errors == {"key": ["Another row has this key. Choose another one."]}


@pytest.mark.parametrize("key", ["with space", "é", "a/b", "x" * 61, "a\n"])
def test_a_key_that_no_sheet_may_have_is_refused(site, draft, key):
    data = {"key": key, "icon": "tap", "name_nl": "Nog een", "name_en": "Another"}

    answer = site.post(to("row_add", draft.pk, "things"), data)

    if key == "a\n":  # a browser adds it when somebody presses Enter; it is taken away
        assert answer.status_code == 302
    else:
        assert list(answer.context["form"].errors) == ["key"]


def test_rows_move_among_those_they_stand_with(site, draft):
    keys = lambda: list(CatalogueProblem.objects.filter(version=draft, place="bathroom").values_list("key", flat=True))  # noqa: E731
    first, second, *_ = before = keys()

    site.post(to("row_move", draft.pk, "problems"), {"down": row_of(draft, first).pk})
    moved = keys()
    site.post(to("row_move", draft.pk, "problems"), {"up": row_of(draft, first).pk})
    site.post(to("row_move", draft.pk, "problems"), {"up": row_of(draft, first).pk})  # is the first of its place

    assert moved[:2] == [second, first]
    assert keys() == before


def test_a_step_that_moves_changes_its_number(site, draft):
    one, two = CatalogueStep.objects.filter(version=draft, guide="Z01").order_by("number")[:2]

    site.post(to("row_move", draft.pk, "steps"), {"down": one.pk})

    texts = dict(CatalogueStep.objects.filter(version=draft, guide="Z01").values_list("number", "text_nl"))
    assert (texts["1"], texts["2"]) == (two.text_nl, one.text_nl)


@pytest.mark.parametrize("sent", [{}, {"up": "x"}, {"up": "9" * 30}, {"up": "²"}])
def test_moving_nothing_changes_nothing(site, draft, sent):
    before = catalogues.sheets_of(draft.pk)

    answer = site.post(to("row_move", draft.pk, "problems"), sent)

    assert answer.url.startswith(to("change", draft.pk))
    assert catalogues.sheets_of(draft.pk) == before


def test_removing_asks_first_and_says_what_points_at_it(site, draft):
    guide = CatalogueGuide.objects.get(version=draft, key="Z06")
    asked = site.get(to("row_delete", draft.pk, "guides", guide.pk))
    answer = site.post(to("row_delete", draft.pk, "guides", guide.pk))

    faults = site.get(to("change", draft.pk)).context["faults"]
    assert "De kraan druppelt" in asked.context["used_by"]
    assert answer.status_code == 302
    assert {fault.why for fault in faults} == {"“Z06” is not a known guide"}


def test_every_fault_leads_to_its_row(site, draft):
    CatalogueProblem.objects.filter(version=draft, key="gas_smell").update(hint_en="Go outside.")
    row = row_of(draft, "gas_smell")

    page = site.get(to("change", draft.pk))

    (fault,) = page.context["faults"]
    assert (fault.row, fault.why) == (row, "an emergency must give {phone} in hint_en")
    assert f'href="{to("row", draft.pk, "problems", row.pk)}"' in page.content.decode()
    assert "an emergency must give" in text_of(site.get(to("row", draft.pk, "problems", row.pk)))


def test_the_form_says_who_pays_with_the_words_of_the_law(site, draft):
    row = row_of(draft, "kitchen_tap_drips")
    data = form_of(site, draft, "problems", row)

    live = site.post(to("row_payer", draft.pk, "problems"), data | {"paid_by": "law_s", "cover": "", "causes": ["BEW"]})
    looked = site.post(to("row", draft.pk, "problems", row.pk), data | {"paid_by": "law_s", "look": "1"})

    assert [(one.payer, one.when) for one in live.context["sentences"]] == [
        ("the tenant", "Ordinary use"),
        ("the corporation", "The tenant cannot reach it"),
        ("the tenant", "By accident or by mistake: me, somebody in my home or a visitor"),
    ]
    assert "Cleaning a gutter that you can reach is for the tenant." in text_of(live)
    assert "Cleaning a gutter that you can reach is for the tenant." in text_of(looked)
    assert row_of(draft, "kitchen_tap_drips").paid_by == "law_d"


@pytest.mark.parametrize(
    "said", [{}, {"paid_by": "insurer"}, {"paid_by": "law_d", "urgency": "X"}, {"paid_by": "law_d", "price": "²"}]
)
def test_a_form_that_is_half_filled_in_never_breaks_the_sentence(site, draft, said):
    assert site.post(to("row_payer", draft.pk, "problems"), said).status_code == 200


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


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "ending"), [("xlsx", "xlsx"), ("csv", "zip")])
def test_a_version_is_exported_and_read_back(site, published, kind, ending):
    answer = site.get(to("export", published.pk, kind))

    assert answer["Content-Disposition"] == f'attachment; filename="catalogue-{published.pk}.{ending}"'
    assert exchange.read(answer.content).sheets == catalogues.sheets_of(published.pk)


def test_an_import_shows_what_changes_and_does_nothing_until_confirmed(site, draft, manager):
    sheets = catalogues.sheets_of(draft.pk)
    new = copy.deepcopy(sheets)
    new["problems"][0]["price"] = "77"

    sent = site.post(to("import", draft.pk), {"file": upload(new)})
    page = site.get(sent.url)
    unchanged = catalogues.sheets_of(draft.pk)
    done = site.post(sent.url, {"seen": page.context["seen"]})
    again = site.post(sent.url, {"seen": page.context["seen"]})

    assert page.context["changes"].counts["changed"] == 1
    assert unchanged == sheets
    assert (done.url, again.url) == (to("change", draft.pk), to("change", draft.pk))
    assert catalogues.sheets_of(draft.pk) == new
    assert not CatalogueUpload.objects.exists()


def test_an_import_never_overwrites_what_a_colleague_did_meanwhile(site, draft):
    new = copy.deepcopy(catalogues.sheets_of(draft.pk))
    new["problems"][0]["price"] = "77"
    sent = site.post(to("import", draft.pk), {"file": upload(new)})
    seen = site.get(sent.url).context["seen"]
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other").update(hint_nl="Van een collega")

    answer = site.post(sent.url, {"seen": seen})

    assert answer.status_code == 409
    assert "Van een collega" in text_of(answer)
    assert row_of(draft, "kitchen_other").hint_nl == "Van een collega"


def test_a_file_with_faults_imports_nothing_and_names_every_row(site, draft):
    before = catalogues.sheets_of(draft.pk)
    new = copy.deepcopy(before)
    new["problems"][0] |= {"trade": "ZAN", "price": "x"}
    new["places"][0]["communal"] = "perhaps"

    answer = site.post(to("import", draft.pk), {"file": upload(new)})

    assert [str(fault) for fault in answer.context["faults"]] == [
        "places, row 2 (kitchen): “perhaps” is not a known shared",
        "problems, row 2 (kitchen_tap_drips): “ZAN” is not a known trade",
        "problems, row 2 (kitchen_tap_drips): price must be whole euros",
    ] or len(answer.context["faults"]) == 3
    assert answer.context["changes"].counts["changed"] == 2
    assert catalogues.sheets_of(draft.pk) == before
    assert not CatalogueUpload.objects.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x05\x06" + b"\x00" * 18, b"\x00" * 5000])
def test_a_file_that_is_none_gets_a_sentence(site, draft, content):
    answer = site.post(to("import", draft.pk), {"file": SimpleUploadedFile("x.xlsx", content)})

    assert answer.status_code == 200
    assert len(answer.context["form"].errors["file"]) == 1


def test_no_file_gets_a_sentence(site, draft):
    assert site.post(to("import", draft.pk)).context["form"].errors == {"file": ["Choose a file first."]}


def test_a_colleagues_file_is_not_yours_to_confirm(site, draft):
    new = copy.deepcopy(catalogues.sheets_of(draft.pk))
    new["problems"][0]["price"] = "77"
    theirs = services.keep_upload(draft.pk, new, name="x.xlsx", by=StaffFactory(), at=NOON)

    answer = site.post(
        to("upload", draft.pk, theirs.pk), {"seen": difference.fingerprint(catalogues.sheets_of(draft.pk))}
    )

    assert answer.url == to("change", draft.pk)
    assert row_of(draft, "kitchen_tap_drips").price == "45"


def test_kept_files_go_when_the_draft_is_published(site, draft, manager):
    services.keep_upload(draft.pk, catalogues.sheets_of(draft.pk), name="x.xlsx", by=manager, at=NOON)

    services.publish(draft.pk, by=manager, at=NOON)

    assert not CatalogueUpload.objects.exists()


# --- synonyms ---------------------------------------------------------------------------------------------------------


def test_a_synonym_is_used_from_the_next_search_on(site, published):
    find = lambda: search.find("zwabbeldoos", version=published.pk, places=None, language="nl")  # noqa: E731
    before = find()

    answer = site.post(
        reverse("admin:requests_searchsynonym_add"),
        {"language": "nl", "word": "zwabbeldoos", "means": "kraan druppelt"},
    )

    assert (before, answer.status_code) == ([], 302)
    assert find()[0].endswith("tap_drips")
    synonym = SearchSynonym.objects.get(word="zwabbeldoos")
    site.post(reverse("admin:requests_searchsynonym_delete", args=[synonym.pk]), {"post": "yes"})
    assert find() == []


# --- who may, and what it costs ---------------------------------------------------------------------------------------


def test_who_only_looks_changes_nothing(client, draft):
    reader = StaffFactory()
    reader.groups.add(Group.objects.get(name="Planner"))
    Authenticator.objects.create(user=reader, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    client.force_login(reader)
    row = row_of(draft, "kitchen_tap_drips")

    to_see = [("change", ()), ("preview", ()), ("history", ()), ("row", ("problems", row.pk)), ("export", ("xlsx",))]
    to_change = [("delete", ()), ("publish", ()), ("import", ()), ("row", ("problems", row.pk))]
    to_change += [("row_add", ("problems",)), ("row_delete", ("problems", row.pk)), ("row_move", ("problems",))]

    looks = [client.get(to(which, draft.pk, *more)).status_code for which, more in to_see]
    changes = [client.post(to(which, draft.pk, *more), {"up": row.pk}).status_code for which, more in to_change]
    changes.append(client.post(to("add")).status_code)

    assert looks == [200] * 5
    assert changes == [403] * 8
    assert row_of(draft, "kitchen_tap_drips").cells == row.cells


@pytest.mark.parametrize("which", ["change", "publish", "history", "preview", "delete"])
def test_a_page_asks_as_much_for_twice_the_catalogue(site, draft, django_assert_max_num_queries, which):
    for problem in CatalogueProblem.objects.filter(version=draft, place="kitchen"):
        services.add_row(draft.pk, "problems", problem.cells | {"key": f"{problem.key}_2"}, after=None)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other_2").delete()

    with django_assert_max_num_queries(22):
        assert site.get(to(which, draft.pk)).status_code == 200


def test_words_stand_for_codes_and_for_what_rows_point_at():
    sheets = catalogue.shipped_sheets()

    assert in_words("problems", "location_code", "KEU", sheets) == "Keuken (KEU)"
    assert in_words("problems", "place", "kitchen", sheets) == "Keuken"
    assert in_words("problems", "paid_by", "nobody", sheets) == "nobody"
    assert in_words("places", "name_nl", "Keuken", sheets) == "Keuken"


def test_people_who_write_markup_only_write_text(site, draft):
    CataloguePlace.objects.filter(version=draft, key="kitchen").update(name_nl="<script>alert(1)</script>")
    pages = [
        to("change", draft.pk),
        to("publish", draft.pk),
        to("preview", draft.pk),
        to("row_add", draft.pk, "problems"),
    ]

    shown = [site.get(page).content for page in pages]

    assert [b"<script>alert(1)" in content for content in shown] == [False] * 4
    assert all(b"&lt;script&gt;alert(1)" in content for content in shown)


def test_an_import_page_shows_markup_in_a_file_as_text(site, draft):
    new = copy.deepcopy(catalogues.sheets_of(draft.pk))
    new["problems"][0]["trade"] = "<img src=x onerror=alert(1)>"

    answer = site.post(to("import", draft.pk), {"file": upload(new, "<b>.xlsx")})

    assert b"<img src=x" not in answer.content
    assert b"&lt;img src=x" in answer.content
    assert io.BytesIO(answer.content).getvalue()
