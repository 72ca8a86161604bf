import re
from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from requests.satisfaction import wording
from requests.satisfaction.charts import Chart, Norm, Point, Tone, columns, dots, rows
from requests.satisfaction.statistics import Mean, Share

DRAWN = [columns, dots, rows]


@pytest.fixture(autouse=True)
def _in_dutch():
    with override("nl"):
        yield


class Elements(HTMLParser):
    """The elements of some HTML, each with its attributes and the text directly inside it."""

    VOID = {"input", "br"}

    def __init__(self, html):
        super().__init__()
        self.all, self._open = [], []
        self.feed(str(html))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.all.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.all.append({"tag": tag, "text": "", **dict(attrs)})

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        if self._open:
            self._open[-1]["text"] += data

    def of(self, tag, css=None):
        found = [element for element in self.all if element["tag"] == tag]
        return found if css is None else [element for element in found if css in element.get("class", "").split()]

    def texts(self, tag, css=None):
        return [element["text"] for element in self.of(tag, css)]


def point(label="jan", value=7.5, **more):
    text = more.pop("text", None) or ("–" if value is None else wording.mark(value))
    return Point(label=label, value=value, text=text, cells=(text, "12"), **more)


def chart(*points, **more):
    given = {"title": "Mark per month", "headers": ("Month", "Mark", "Answers"), "write": wording.axis_mark, **more}
    return Chart(points=points, **given)


def months(*values):
    names = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec", "jan"]
    return [point(names[index], value) for index, value in enumerate(values)]


@pytest.mark.parametrize("draw", DRAWN)
def test_every_figure_of_a_chart_is_in_the_table_behind_it(draw):
    html = Elements(draw(chart(point("jan", 7.25), point("feb", None), ceiling=10)))

    assert html.texts("th") == ["Month", "Mark", "Answers", "jan", "feb"]
    assert html.texts("td") == ["7,3", "12", "–", "12"]


@pytest.mark.parametrize("draw", DRAWN)
def test_nothing_in_a_chart_needs_an_inline_style_or_script(draw):
    html = Elements(draw(chart(point(low=7, high=8, note="lower"), norm=Norm(8, "norm"), first_key="mark")))

    assert {"style", "script"} & {element["tag"] for element in html.all} == set()
    assert [name for element in html.all for name in element if name == "style" or name.startswith("on")] == []


@pytest.mark.parametrize("draw", DRAWN)
def test_labels_are_text_whatever_people_called_a_complex(draw):
    evil = '"><script>alert(1)</script>&amp;'

    html = Elements(draw(chart(point(evil, 7.5, note=evil), title=evil, first_key=evil, norm=Norm(8, evil))))

    assert html.of("script") == []
    assert evil in html.texts("th")
    assert html.texts("figcaption") == [evil]


@pytest.mark.parametrize("draw", [columns, dots])
def test_a_chart_says_what_it_shows_to_those_who_cannot_see_it(draw):
    with override("en"):
        (plot,) = Elements(draw(chart(point("jan", 7.1), point("feb", 6.9), point("mrt", None)))).of("svg")

    assert plot["role"] == "img"
    assert plot["aria-label"] == (
        "Mark per month. Lowest: feb: 6.9. Highest: jan: 7.1. All figures are in the table below."
    )


@pytest.mark.parametrize("draw", [columns, dots])
def test_every_mark_has_its_own_title(draw):
    html = Elements(draw(chart(point("jan", 7.1, text="7,1"), point("feb", 6.9, text="6,9"))))

    assert html.texts("title") == ["jan: 7,1", "feb: 6,9"]


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("points", [[], [point(value=None)]])
def test_a_chart_without_figures_says_so_instead_of_showing_an_empty_axis(draw, points):
    with override("en"):
        html = Elements(draw(chart(*points)))

    assert html.texts("p") == ["There are too few figures to draw this."]
    assert html.of("svg") == html.of("table") == []


def test_a_column_is_as_high_as_its_value():
    (first, second) = Elements(columns(chart(point("jan", 5), point("feb", 2.5), ceiling=10))).of("rect")

    assert (first["y"], first["height"]) == ("50.00%", "50.00%")
    assert (second["y"], second["height"]) == ("75.00%", "25.00%")


def test_a_value_beyond_the_axis_stays_inside_the_plot():
    (column,) = Elements(columns(chart(point("jan", 12), ceiling=10))).of("rect")

    assert (column["y"], column["height"]) == ("0.00%", "100.00%")


def test_coordinates_have_a_point_and_words_a_comma_in_dutch():
    html = Elements(dots(chart(point("jan", 7.25), norm=Norm(7.7, "sector"), floor=5, ceiling=10)))

    assert html.texts("text", "chart__value") == ["7,3"]
    assert html.texts("text", "chart__tick--norm") == ["7,7"]
    assert html.of("circle")[0]["cy"] == "55.00%"


def test_a_point_without_a_value_leaves_a_gap():
    html = Elements(dots(chart(*months(7.0, None, 7.4, 7.6))))

    assert len(html.of("circle")) == 3
    assert len(html.of("line", "chart__join")) == 1
    assert html.texts("text", "chart__label") == ["jan", "feb", "mrt", "apr"]


def test_a_margin_is_drawn_from_its_low_to_its_high_end():
    with override("en"):
        html = Elements(dots(chart(point("jan", 7.5, low=7, high=8), floor=5, ceiling=10)))

    stem = html.of("line", "chart__whisker")[0]
    assert (stem["y1"], stem["y2"]) == ("60.00%", "40.00%")
    assert html.texts("li") == ["95% margin"]


@pytest.mark.parametrize("norm", [value / 100 for value in range(101)])
def test_the_norms_label_touches_no_other_label_of_the_axis(norm):
    html = Elements(columns(chart(point("jan", 0.5), norm=Norm(norm, "norm"), ceiling=1, write=wording.percent)))

    heights = [float(tick["y"].rstrip("%")) for tick in html.of("text", "chart__tick")]
    (own,) = (float(tick["y"].rstrip("%")) for tick in html.of("text", "chart__tick--norm"))
    heights.remove(own)
    assert min(abs(height - own) for height in heights) > 10


def test_the_norm_is_named_beside_the_chart_where_no_column_can_hide_it():
    html = Elements(columns(chart(point("jan", 0.95), norm=Norm(0.9, "norm 90%"), ceiling=1)))

    assert html.texts("li") == ["norm 90%"]
    assert "norm 90%" not in html.texts("text")


def test_with_few_columns_every_label_is_shown_on_every_screen():
    html = Elements(columns(chart(*months(7.1, 7.2, 7.3, 7.4, 7.5, 7.6), ceiling=10)))

    assert html.of("text", "chart__extra") == []


def test_with_many_columns_a_narrow_screen_keeps_every_second_name_and_the_telling_values():
    html = Elements(columns(chart(*months(7.1, 7.2, 6.0, 7.4, 7.5, 7.6, 7.7, 7.8, 9.0, 8.0, 8.1, 8.2), ceiling=10)))

    def kept(css):
        return [text["text"] for text in html.of("text", css) if "chart__extra" not in text["class"]]

    assert kept("chart__label") == ["feb", "apr", "jun", "aug", "okt", "dec"]
    assert kept("chart__value") == ["6,0", "9,0", "8,2"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["98%", *["100%"] * 11, "98%"], ["98%", "100%", "98%"]),
        (["98%", "100%", "100%"], ["98%", "100%", "100%"]),
    ],
    ids=["they would touch", "there is room"],
)
def test_where_values_would_touch_the_same_one_is_said_once(said, shown):
    html = Elements(columns(chart(*(point(str(n), 1, text=text) for n, text in enumerate(said)), ceiling=1)))

    assert html.texts("text", "chart__value") == shown


def test_with_very_many_columns_names_are_left_out_on_every_screen():
    years = [point(f"the year {year}", 7.5) for year in range(2000, 2027)]

    html = Elements(columns(chart(*years, ceiling=10)))

    names = html.texts("text", "chart__label")
    assert names[-1] == "the year 2026"
    assert sum(len(name) + 1 for name in names) <= 62


@pytest.mark.parametrize(
    ("last", "ends_at"),
    [("nov", ("chart__label", "87.50%")), ("1-24 nov 26", ("chart__label chart__label--last", "100.00%"))],
)
def test_a_last_name_that_is_wider_than_its_column_stays_within_the_plot(last, ends_at):
    html = Elements(columns(chart(*months(1, 2, 3), point(last, 4))))

    name = html.of("text", "chart__label")[-1]
    assert (name["class"], name["x"]) == ends_at


@pytest.mark.parametrize(
    ("first", "ends_at"),
    [("dec", ("chart__label", "12.50%")), ("2–31 dec 25", ("chart__label chart__label--first", "25.00%"))],
)
def test_a_first_name_that_is_wider_than_its_column_leaves_room_for_the_second(first, ends_at):
    html = Elements(columns(chart(point(first, 4), *months(1, 2, 3))))

    name = html.of("text", "chart__label")[0]
    assert (name["class"], name["x"]) == ends_at


def test_a_first_name_that_is_left_out_moves_no_other():
    names = ["2–31 dec 2025", *(f"the month {n:02}" for n in range(1, 12))]

    html = Elements(columns(chart(*(point(name, 1) for name in names))))

    assert html.of("text", "chart__label--first") == []


def test_values_beside_each_other_have_two_columns_and_a_key():
    html = Elements(columns(chart(point("jan", 4, second=8), ceiling=10, first_key="received", second_key="ready")))

    assert [rect["height"] for rect in html.of("rect")] == ["40.00%", "80.00%"]
    assert html.texts("li") == ["received", "ready"]


def test_a_row_that_may_not_be_shown_has_a_name_and_words_but_no_bar():
    html = Elements(rows(chart(point("De Linde", 7.5), point("Het Anker", None, text="too few answers"), ceiling=10)))

    assert html.texts("span", "chart__name") == ["De Linde", "Het Anker"]
    assert html.texts("span", "chart__text")[1] == "too few answers"
    assert len(html.of("svg")) == 1


def test_a_row_starts_at_zero_or_is_a_dot():
    bar = Elements(rows(chart(point("De Linde", 0.5), ceiling=1)))
    dot = Elements(rows(chart(point("De Linde", 7.5), floor=5, ceiling=10)))

    assert [rect["width"] for rect in bar.of("rect", "chart__bar")] == ["50.00%"]
    assert (dot.of("rect", "chart__bar"), dot.of("circle")[0]["cx"]) == ([], "50.00%")


def test_a_row_that_stands_out_says_so_in_words_too():
    html = Elements(rows(chart(point("De Linde", 6.5, tone=Tone.BAD, note="probably lower"), ceiling=10)))

    assert len(html.of("li", "chart__row--bad")) == 1
    assert html.texts("span", "chart__note") == ["probably lower"]


def test_a_long_list_draws_the_first_rows_and_keeps_all_in_the_table():
    html = Elements(rows(chart(*(point(f"complex {number}", 7.5) for number in range(40)), ceiling=10, most_rows=12)))

    assert len(html.of("li", "chart__row")) == 12
    assert len(html.of("tr")) == 41
    assert [re.sub(r"\D", "", text) for text in html.texts("p", "chart__rest")] == ["28"]


@pytest.mark.parametrize(
    ("highest", "top", "ticks"),
    [
        (0, 1, [0, 1]),
        (1, 1, [0, 1]),
        (3, 3, [0, 1, 2, 3]),
        (7, 8, [0, 2, 4, 6, 8]),
        (412, 500, [0, 100, 200, 300, 400, 500]),
        (1040, 1250, [0, 250, 500, 750, 1000, 1250]),
        (17_000, 20_000, [0, 5000, 10_000, 15_000, 20_000]),
    ],
)
def test_an_axis_of_people_ends_at_a_round_number_and_counts_no_halves(highest, top, ticks):
    axis = chart(point(value=highest), least_step=1)

    assert (axis.top, axis.ticks) == (top, ticks)


@pytest.mark.parametrize(("language", "expected"), [("nl", "7,7"), ("en", "7.7")])
def test_a_mark_is_written_as_the_language_does(language, expected):
    with override(language):
        assert wording.mark(7.674) == expected


def test_figures_are_written_with_no_more_digits_than_are_sure():
    few = Mean(n=40, value=7.674, margin=0.61)
    many = Mean(n=40_000, value=7.674, margin=0.019)

    assert (wording.mean(few), wording.margin(few)) == ("7,7", "± 0,6")
    assert (wording.mean(many), wording.margin(many)) == ("7,67", "± 0,02")
    assert wording.between(Share(count=11, n=100, value=0.11, low=0.0625, high=0.1863)) == "6–19%"
    assert wording.between(Share(count=1100, n=10_000, value=0.11, low=0.1040, high=0.1163)) == "10,4–11,6%"
    assert wording.count(1234567) == "1.234.567"
    assert (wording.axis_mark(8), wording.axis_mark(7.7)) == ("8", "7,7")


@pytest.mark.parametrize(
    ("value", "written"), [(7.25, "7,3"), (7.35, "7,4"), (7.249, "7,2"), (8.0, "8,0"), (9.96, "10,0")]
)
def test_half_a_tenth_is_rounded_up(value, written):
    assert wording.mark(value) == written


@pytest.mark.parametrize(("fraction", "written"), [(0.125, "13%"), (0.115, "12%"), (0.0, "0%"), (0.999, "100%")])
def test_half_a_percent_is_rounded_up(fraction, written):
    assert wording.percent(fraction) == written
