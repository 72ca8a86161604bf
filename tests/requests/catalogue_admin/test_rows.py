"""The rows of a draft: changed, added, moved and removed, each checked."""

import pytest

from requests import services
from requests.admin.catalogue.forms import RowForm
from requests.front_door import catalogues
from requests.intake import catalogue, difference
from requests.models import (
    SHEET_MODELS,
    CatalogueGuide,
    CatalogueProblem,
    CatalogueStep,
    CatalogueThing,
)
from tests.requests.catalogue_admin.pages import form_of, row_of, sent_by, text_of, to
from tests.size import LONG, few

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", SHEET_MODELS)
def test_a_form_that_nobody_touched_changes_nothing(site, draft, model):
    before = catalogues.sheets_of(draft.pk)

    for row in model.objects.filter(version=draft)[: 4 if LONG else 1]:
        answer = site.post(to("row", draft.pk, model.sheet, row.pk), form_of(site, draft, model.sheet, row))
        assert answer.status_code == 302, answer.context["form"].errors

    assert catalogues.sheets_of(draft.pk) == before


def test_every_shipped_row_is_a_valid_form():
    sheets = catalogue.shipped_sheets()

    wrong = [
        (sheet, catalogue.identity(row), form.errors)
        for sheet, rows in sheets.items()
        for row in (rows if LONG else few(rows))
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
