"""What is wrong with a file is all said at once; what it would change."""

import copy
import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests.intake import archive, catalogue, checks, difference, exchange, workbook
from requests.models import SHEET_MODELS
from tests.requests.exchange.files import SMALL, csv_text, csv_zip, faults_of


def test_missing_unknown_and_double_columns_are_all_named(sheets):
    text = csv_text(sheets, "places").replace("for_storage", "storage", 1).replace("name_en", "name_nl", 1)

    assert faults_of(csv_zip(sheets, places=text.encode())) == [
        "places, row 1: the column for_storage is missing",
        "places, row 1: the column name_en is missing",
        "places, row 1: the column “storage” is not known",
        "places, row 1: the column name_nl is there more than once",
    ]


def test_missing_and_unknown_sheets_are_named(sheets):
    files = archive.unpacked(exchange.write_zip(sheets))
    files["place.csv"] = files.pop("places.csv")

    assert faults_of(archive.packed(files)) == [
        "place: this sheet is not known; the sheets are places, things, questions, guides, steps, problems",
    ]


def test_a_sheet_that_is_not_there_is_named(sheets):
    files = archive.unpacked(exchange.write_zip(sheets))
    del files["places.csv"]

    assert faults_of(archive.packed(files)) == ["places: this sheet is missing"]


def test_a_sheet_without_anything_says_what_must_be_in_it(sheets):
    assert faults_of(csv_zip(sheets, guides=b"")) == [
        "guides, row 1: this sheet is empty; the first row must be key, title_nl, title_en"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_however_a_spreadsheet_saves_it(sheets, encoding, separator):
    out = io.StringIO()
    lines = csv.writer(out, delimiter=separator)
    lines.writerow(catalogue.SHEETS["guides"])
    lines.writerows(row.values() for row in sheets["guides"])

    received = exchange.read(csv_zip(sheets, guides=out.getvalue().encode(encoding)))

    assert (received.sheets, received.faults) == (sheets, [])


@pytest.mark.parametrize("content", ["key;title_nl;title_en\r\nZ01;caf\xe9;x".encode("latin-1"), b"\xff\xfe\x00"])
def test_csv_in_another_encoding_says_how_to_save_it(sheets, content):
    assert "guides: this is not CSV in UTF-8; in Excel, save as “CSV UTF-8”" in faults_of(
        csv_zip(sheets, guides=content)
    )


def test_columns_may_stand_in_another_order_and_empty_rows_at_the_end(sheets):
    rows = [f"{row['title_en']};{row['key']};{row['title_nl']}" for row in sheets["guides"]]
    text = "\r\n".join(["title_en;key;title_nl", *rows, ";;", "", ""])

    received = exchange.read(csv_zip(sheets, guides=text.encode()))

    assert (received.sheets, received.faults) == (sheets, [])


def test_an_empty_row_between_others_is_one_fault(sheets):
    lines = csv_text(sheets, "guides").splitlines()
    lines.insert(2, ";;")

    found = faults_of(csv_zip(sheets, guides="\r\n".join(lines).encode()))

    assert found == ["guides, row 3: this row is empty; remove it"]


def test_something_beside_the_last_column_is_a_fault(sheets):
    text = csv_text(sheets, "guides").rstrip("\r\n") + ";stray\r\n"

    assert faults_of(csv_zip(sheets, guides=text.encode())) == [
        f"guides, row {len(sheets['guides']) + 1}: there is something beside the last column"
    ]


def test_every_kind_of_error_is_said_at_once(sheets):
    lines = csv_text(sheets, "guides").splitlines()
    lines.insert(2, ";;")
    sheets["problems"][0]["trade"] = "ZAN"
    sheets["places"][0]["icon"] = "unicorn"
    sheets["things"][0]["key"] = "not a key"
    sheets["things"][1]["name_nl"] = "two\nlines"

    found = faults_of(csv_zip(sheets, guides="\r\n".join(lines).encode()))

    assert {
        "guides, row 3: this row is empty; remove it",
        "problems, row 2 (kitchen_tap_drips): “ZAN” is not a known trade",
        "places, row 2 (kitchen): “unicorn” is not a known icon",
        "things, row 2 (not a key): a key has only letters, digits and _",
        "things, row 3 (drain): name_nl has a line break or a character that cannot be shown",
    } <= set(found)


def test_every_length_that_passes_the_checks_fits_in_the_database():
    chosen = {
        "paid_by",
        "cover",
        "shared",
        "urgency",
        "category",
        "trade",
        "kind",
        "communal",
        "for_storage",
        "required",
    }
    chosen |= {"location_code", "element_code", "defect_code", "place", "thing", "guide", "raises"}

    longest = {
        (model.sheet, column): model._meta.get_field(column).max_length
        for model in SHEET_MODELS
        for column in catalogue.SHEETS[model.sheet]
        if column not in chosen
    }

    assert {name: checks.LONGEST.get(name[1], checks.LONGEST_TEXT) for name in longest} == longest


# --- the difference ---------------------------------------------------------------------------------------------------


def test_the_difference_names_each_row_and_each_cell(sheets):
    new = copy.deepcopy(sheets)
    gone = new["problems"].pop(0)
    new["problems"][0]["price"] = "99"
    new["things"].append({"key": "robot", "icon": "tap", "name_nl": "Robot", "name_en": "Robot"})
    before = sheets["problems"][1]["price"]

    found = difference.between(sheets, new)

    assert [(one.sheet, one.key, one.kind) for one in found] == [
        ("things", "robot", "added"),
        ("problems", sheets["problems"][1]["key"], "changed"),
        ("problems", gone["key"], "removed"),
    ]
    assert found[1].cells == (difference.Cell("price", before, "99"),)
    assert difference.counted(found) == {"added": 1, "removed": 1, "changed": 1, "moved": 0}


def test_a_row_that_only_moved_is_the_only_one_that_is_named(sheets):
    new = copy.deepcopy(sheets)
    new["things"].insert(0, new["things"].pop(5))

    found = difference.between(sheets, new)

    assert [(one.key, one.kind) for one in found] == [(sheets["things"][5]["key"], "moved")]


def test_what_is_the_same_has_no_difference_and_one_fingerprint(sheets):
    same = copy.deepcopy(sheets)
    other = copy.deepcopy(sheets)
    other["steps"][0]["text_en"] += "!"

    assert difference.between(sheets, same) == []
    assert difference.fingerprint(sheets) == difference.fingerprint(same)
    assert difference.fingerprint(sheets) != difference.fingerprint(other)


@given(order=st.permutations(range(8)))
def test_the_rows_that_stayed_are_as_many_as_can_be(order):
    rows = [{"key": str(number), "title_nl": "x", "title_en": "x"} for number in range(8)]
    old, new = (
        {name: [] for name in catalogue.SHEETS} | {"guides": guides} for guides in (rows, [rows[n] for n in order])
    )

    moved = [int(one.key) for one in difference.between(old, new)]

    stayed = [number for number in order if number not in moved]
    assert stayed == sorted(stayed)
    assert len(stayed) == longest_run(order)


def longest_run(order):
    """By brute force."""
    best = [1] * len(order)
    for here, number in enumerate(order):
        best[here] = 1 + max((best[there] for there in range(here) if order[there] < number), default=0)
    return max(best)


def test_a_workbook_is_told_from_a_zip_of_csv_by_what_is_in_it():
    assert workbook.is_workbook(archive.unpacked(SMALL[exchange.write_workbook]))
    assert not workbook.is_workbook(archive.unpacked(SMALL[exchange.write_zip]))
    assert zipfile.is_zipfile(io.BytesIO(SMALL[exchange.write_zip]))
