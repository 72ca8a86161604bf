"""The catalogue as a file: what is written is read back, and nothing in it is believed."""

import datetime
import io
import re
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests.intake import archive, catalogue, checks, exchange
from tests.requests.exchange.files import SMALL, WRITERS, csv_text, csv_zip, faults_of

FORMULAS = ["=1+1", "+31 10 123", "-5", "@SUM(A1)", "'=quoted", "''-twice", "'tis", "＝1"]


# What a cell may hold: anything that can be shown.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60).filter(
    lambda t: not checks.UNSHOWABLE.search(t)
)


CELLS = TEXT | st.sampled_from([*FORMULAS, "3", "3.0", "1e5", "TRUE", "2026-01-02", " padded ", 'a;b,"c"', "_x0041_"])


def refusal_of(data):
    with pytest.raises(exchange.UnreadableFile) as refused:
        exchange.read(data)
    return str(refused.value)


def book(sheets, edit, name="problems"):
    """A workbook as Excel would save it after `edit(page)`."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as made:
        for sheet, rows in sheets.items():
            page = made.add_worksheet(sheet)
            page.write_row(0, 0, catalogue.SHEETS[sheet])
            for line, row in enumerate(rows, start=1):
                page.write_row(line, 0, list(row.values()))
            if sheet == name:
                edit(page, made)
    return out.getvalue()


@st.composite
def any_sheets(draw):
    """Rows of anything: reading gives them back, whatever the checks then say."""
    return {
        name: draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, CELLS)).filter(has_text), max_size=2))
        for name, columns in catalogue.SHEETS.items()
    }


def has_text(row):
    return any(row.values())


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_shipped_comes_back_as_it_was(write):
    received = exchange.read(write(catalogue.shipped_sheets()))

    assert (received.sheets, received.faults) == (catalogue.shipped_sheets(), [])


@pytest.mark.parametrize("write", WRITERS)
@given(written=any_sheets())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_cells_hold_comes_back_as_it_was(write, written):
    assert exchange.read(write(written)).sheets == written


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_refused_or_read_and_never_crashes(data):
    write = data.draw(st.sampled_from(WRITERS))
    whole = SMALL[write]
    start = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    damaged = whole[:start] + data.draw(st.binary(max_size=40)) + whole[start + length :]

    with suppress(exchange.UnreadableFile):
        exchange.read(damaged)


def test_nothing_in_a_workbook_is_a_formula_or_a_link(sheets):
    for number, text in enumerate([*FORMULAS, "http://example.org"]):
        sheets["problems"][number]["words_nl"] = text

    parts = archive.unpacked(exchange.write_workbook(sheets))

    assert [name for name, part in parts.items() if b"<f" in part and name.startswith("xl/worksheets")] == []
    assert [name for name, part in parts.items() if b"hyperlink" in part and name.startswith("xl/worksheets")] == []


def test_what_begins_like_a_formula_begins_with_a_quote_in_csv(sheets):
    sheets["things"][0]["name_en"] = "=HYPERLINK(1)"
    sheets["things"][1]["name_en"] = "'=quoted"

    lines = csv_text(sheets, "things").splitlines()

    assert lines[1].endswith(";'=HYPERLINK(1)")
    assert lines[2].endswith(";''=quoted")


def test_a_workbook_has_a_sheet_per_sheet_with_its_first_row_frozen():
    parts = archive.unpacked(exchange.write_workbook(catalogue.shipped_sheets()))

    names = re.findall(r'<sheet name="(\w+)"', parts["xl/workbook.xml"].decode())
    assert names == list(catalogue.SHEETS)
    assert all(b'state="frozen"' in parts[f"xl/worksheets/sheet{number}.xml"] for number in range(1, 7))


def test_a_number_that_excel_made_is_the_text_it_was(sheets):
    column = catalogue.SHEETS["problems"].index("price")
    priced = next(number for number, row in enumerate(sheets["problems"]) if row["price"])

    received = exchange.read(
        book(sheets, lambda page, _: page.write_number(priced + 1, column, float(sheets["problems"][priced]["price"])))
    )

    assert (received.sheets, received.faults) == (sheets, [])


def test_a_number_with_a_fraction_is_a_fault(sheets):
    column = catalogue.SHEETS["problems"].index("price")

    found = faults_of(book(sheets, lambda page, _: page.write_number(1, column, 12.5)))

    assert found == ["problems, row 2 (kitchen_tap_drips): price must be whole euros"]


@pytest.mark.parametrize("value", [datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, 4), True])
def test_a_date_or_a_tick_is_a_fault_with_its_row(sheets, value):
    column = catalogue.SHEETS["problems"].index("abc")

    def edit(page, made):
        if value is True:
            page.write_boolean(4, column, value)
        else:
            page.write_datetime(4, column, value, made.add_format({"num_format": "d-m-yyyy"}))

    assert faults_of(book(sheets, edit)) == ["problems, row 5: abc is a date or a tick, not text; type it as text"]


def test_a_formula_is_refused_with_its_cell(sheets):
    said = refusal_of(book(sheets, lambda page, _: page.write_formula(6, 2, "=1+1", None, 2)))

    assert said == "There is a formula in cell C7. Copy the sheet, paste it as values, and send it again."


@pytest.mark.parametrize("place", [(1_048_575, 16_383), (1_048_575, 0)])
def test_a_cell_far_away_is_refused_before_memory_is_laid_out_for_it(sheets, place):
    assert "more than 5.000 rows" in refusal_of(book(sheets, lambda page, _: page.write_string(*place, "x")))


def test_a_cell_far_to_the_right_is_named(sheets):
    assert "in cell XFD1." in refusal_of(book(sheets, lambda page, _: page.write_string(0, 16_383, "x")))


def test_a_cell_that_does_not_say_where_it_is_is_refused(sheets):
    parts = archive.unpacked(exchange.write_workbook(sheets))
    nowhere = parts["xl/worksheets/sheet1.xml"].replace(b'<row r="2"', b'<row r="1048576"').replace(b'<c r="A2"', b"<c")

    said = refusal_of(archive.packed(parts | {"xl/worksheets/sheet1.xml": nowhere}))

    assert said == "This workbook cannot be read. Open it, save it as .xlsx and send that."


def test_one_very_long_text_that_many_cells_show_is_refused(sheets):
    parts = archive.unpacked(exchange.write_workbook(sheets))
    strings = parts["xl/sharedStrings.xml"].replace(b"<t>kitchen</t>", b"<t>" + b"x" * 30_000 + b"</t>")

    said = refusal_of(archive.packed(parts | {"xl/sharedStrings.xml": strings}))

    assert said == "A cell of this workbook has far too much text. Is it the right file?"


def test_fifty_thousand_rows_are_refused(sheets):
    def edit(page, _):
        for line in range(1, 50_001):
            page.write_string(line, 0, "k")

    assert "more than 5.000 rows" in refusal_of(book(sheets, edit))


def test_fifty_thousand_rows_of_csv_are_one_fault(sheets):
    many = csv_text(sheets, "things") + "a;tap;b;c\r\n" * 50_000

    assert faults_of(csv_zip(sheets, things=many.encode())) == ["things: there are more than 5.000 rows"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty"),
        (b"key;name\r\n", "This is not a workbook"),
        (b"PK\x03\x04" + b"\x00" * 100, "This is not a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "This is not a workbook"),  # .xls
        (archive.packed({}), "There is no catalogue in this file"),
        (archive.packed({"readme.txt": b"hello"}), "There is no catalogue in this file"),
        (archive.packed({"content.xml": b"<x/>", "mimetype": b"ods"}), "There is no catalogue in this file"),
        (archive.packed({"xl/workbook.xml": b"<nothing"}), "This workbook cannot be read"),
        (archive.packed({f"{number}.csv": b"" for number in range(300)}), "far too large"),
        (b"x" * (exchange.MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_catalogue_is_refused_with_a_sentence(data, said):
    assert said in refusal_of(data)


def test_a_zip_that_unpacks_to_a_flood_is_refused():
    assert "far too large" in refusal_of(archive.packed({"problems.csv": b"0" * (26 * 1024 * 1024)}))


def test_a_zip_that_lies_about_its_size_is_refused():
    bomb = bytearray(archive.packed({"problems.csv": b"0" * 10_000_000}))
    for header, field in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = bomb.find(header) + field
        bomb[at : at + 4] = (100).to_bytes(4, "little")

    assert "it is damaged" in refusal_of(bytes(bomb))


def test_a_zip_with_a_password_is_refused(sheets):
    locked = bytearray(exchange.write_zip(sheets))
    for header, field in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        locked[locked.find(header) + field] |= 1

    assert "locked" in refusal_of(bytes(locked))
