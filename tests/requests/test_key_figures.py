import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from requests.satisfaction import norms, pictures, statistics
from requests.satisfaction.figures import (
    Answers,
    ComplexFigures,
    Figures,
    LeadTime,
    Marks,
    OpenNow,
    Part,
    Promises,
    Visits,
)
from requests.satisfaction.key_figures import finding, key_figures
from requests.satisfaction.norms import Signal
from requests.satisfaction.period import Slice, Step
from requests.satisfaction.pictures import lower_than_most

PLENTY = 400
NO_VISITS = Visits(came=0, missed=0)
CONTENT = Marks(counts=(0, 0, 0, 0, 5, 5, 20, 220, 100, 50), asked=1000)
UNHAPPY = Marks(counts=(100, 0, 0, 0, 50, 50, 50, 100, 50, 0), asked=1000)
FEW = Marks(counts=(0, 0, 0, 0, 0, 0, 0, 3, 0, 0), asked=20)


@pytest.fixture(autouse=True)
def _in_dutch():
    with override("nl"):
        yield


def promises(done=PLENTY, on_time=PLENTY, **more):
    given = {"on_time_moved": on_time, "overdue": 0, "overdue_moved": 0, "reopened": 0, **more}
    return Promises(done=done, on_time=on_time, **given)


def figures(marks=CONTENT, kept=None, complexes=(), visits=NO_VISITS, by_promise=None):
    kept = kept or promises()
    day = date(2026, 3, 2)
    week, lead_time = Slice(day, day + timedelta(days=7), Step.WEEK), LeadTime(median=4, p90=13)
    part = Part(slice=week, received=PLENTY, marks=marks, promises=kept, lead_time=lead_time)
    return Figures(
        marks=marks,
        promises=kept,
        lead_time=lead_time,
        received=PLENTY,
        open_now=OpenNow(total=12, late=2, reopened=1),
        parts=(part,),
        complexes=tuple(complexes),
        visits=visits,
        by_promise=by_promise or {},
    )


def complex_figures(name, marks, *, kept=None):
    return ComplexFigures(
        pk=len(name),
        name=name,
        asked=2 * len(marks),
        answers=answers_of(marks),
        promises=kept or promises(),
        lead_time=LeadTime(median=4, p90=13),
    )


def answers_of(marks):
    squares, low = sum(mark * mark for mark in marks), sum(mark <= 5 for mark in marks)
    return Answers(n=len(marks), total=sum(marks), squares=squares, low=low)


def found(given):
    return finding(given, key_figures(given))


def tile(name, given):
    (only,) = (each for each in key_figures(given) if each.name == name)
    return only


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (0.91, 0.95, Signal.GOOD, Signal.BAD),
        (0.90, 0.95, Signal.GOOD, Signal.UNSURE),
        (0.85, 0.95, Signal.UNSURE, Signal.UNSURE),
        (0.85, 0.90, Signal.UNSURE, Signal.GOOD),
        (0.80, 0.89, Signal.BAD, Signal.GOOD),
    ],
)
def test_a_figure_meets_its_norm_when_its_whole_margin_does(low, high, at_least, at_most):
    assert norms.at_least(0.90, low=low, high=high) is at_least
    assert norms.at_most(0.90, low=low, high=high) is at_most


def test_when_every_figure_meets_its_norm_the_page_says_it_goes_well():
    assert found(figures()).title == "Het gaat goed"
    assert found(figures()).sentences == ("Op orde: rapportcijfer, ontevreden huurders, op tijd klaar.",)


def test_what_is_not_in_order_comes_first_and_by_name():
    late = figures(UNHAPPY, promises(on_time=PLENTY // 2))

    assert found(late).tone == "err"
    assert found(late).title == "Niet op orde: rapportcijfer, ontevreden huurders, op tijd klaar"


def test_a_figure_whose_margin_crosses_the_norm_is_neither_good_nor_bad():
    near = figures(kept=promises(done=40, on_time=36))

    assert tile("on-time", near).judged == "Niet duidelijk onder of boven 90%"
    assert (found(near).tone, found(near).title) == ("info", "Geen cijfer is duidelijk slechter dan de norm")
    assert found(near).sentences == ("Niet duidelijk: op tijd klaar.", "Op orde: rapportcijfer, ontevreden huurders.")


def test_too_few_answers_are_not_judged_but_what_is_known_is():
    few = figures(FEW)

    assert (tile("mark", few).value, tile("mark", few).signal) == ("–", None)
    assert found(few).sentences == (
        "Op orde: op tijd klaar.",
        "Te weinig om iets over te zeggen: rapportcijfer, ontevreden huurders.",
    )


@pytest.mark.parametrize(("done", "signal", "lines"), [(9, None, 1), (10, Signal.BAD, 2)])
def test_nine_requests_are_too_few_for_a_judgement_and_for_nine_of_ten(done, signal, lines):
    late = figures(kept=promises(done=done, on_time=0))

    assert tile("on-time", late).signal is signal
    assert len(tile("lead-time", late).lines) == lines


def test_one_request_is_not_written_as_many():
    alone = figures(kept=promises(done=1, on_time=0))

    assert tile("on-time", alone).lines[0] == "0 van de 1 melding"
    assert tile("on-time", figures()).lines[0] == "400 van de 400 meldingen"


def test_without_any_figure_there_is_no_judgement():
    assert found(figures(FEW, promises(done=0, on_time=0))).tone == "info"


def test_a_handful_of_dissatisfied_tenants_is_told_as_at_most():
    marks = Marks(counts=(2, 0, 0, 0, 0, 0, 0, 38, 0, 0), asked=100)

    dissatisfied = tile("dissatisfied", figures(marks))

    assert (dissatisfied.value, dissatisfied.beside) == ("hooguit 10%", "")
    assert dissatisfied.lines == ("Minder dan 5 van de 40 gaven een 5 of lager",)


def test_every_tile_says_what_counts():
    assert all(each.meaning and each.label for each in key_figures(figures()))


def test_a_complex_that_is_far_below_the_mean_is_named_and_linked():
    low = complex_figures("Het Anker", [3, 4, 5] * 10)
    others = [complex_figures(f"Complex {number}", [7, 8, 9] * 10) for number in range(11)]

    given = figures(complexes=[*others, low])

    assert lower_than_most(given) == [low]
    assert found(given).low == ((low.pk, "Het Anker (4,0)"),)


def test_among_many_equals_the_lowest_by_chance_is_not_singled_out():
    overall = CONTENT.mean.value
    slightly = complex_figures("Het Anker", [6, 7, 8, 9] * 3)  # outside its own margin, were it the only one
    others = [complex_figures(f"Complex {number}", [8, 9] * 10) for number in range(700)]

    alone, among_many = figures(complexes=[slightly]), figures(complexes=[slightly, *others])

    assert slightly.answers.mean.high < overall
    assert (lower_than_most(alone), lower_than_most(among_many)) == ([slightly], [])


def test_a_margin_is_widened_with_the_number_that_is_compared():
    # Bonferroni: z(1 - 0.025/12) = 2.865, z(1 - 0.025/700) = 3.972, over z(0.975) = 1.960
    widened = [statistics.widened(number) for number in (0, 1, 12, 700)]

    assert widened == pytest.approx([1, 1, 1.462, 2.027], abs=0.001)


def test_few_chance_marks_put_no_complex_above_one_with_many_low_marks():
    many = complex_figures("Veel", [7] * 200)
    few = complex_figures("Weinig", [6] * 10 + [7] * 2)
    hidden = complex_figures("Aan de rand", [1] * 3)

    html = str(pictures.per_complex(figures(complexes=[hidden, few, many]))[0])

    assert html.index("Veel") < html.index("Weinig") < html.index("Aan de rand")


def test_complexes_stand_in_the_order_of_the_share_that_is_shown():
    few = complex_figures("Weinig", [8] * 20, kept=promises(done=10, on_time=9))
    many = complex_figures("Veel", [8] * 20, kept=promises(done=400, on_time=348))
    none = complex_figures("Aan de rand", [8] * 20, kept=promises(done=3, on_time=0))

    html = str(pictures.per_complex(figures(complexes=[none, few, many]))[1])

    assert html.index("Veel") < html.index("Weinig") < html.index("Aan de rand")  # 87%, 90%, too few to say


@pytest.mark.parametrize(
    ("complexes", "said"),
    [(13, "Er staat nog 1 complex in de tabel."), (14, "Er staan nog 2 complexen in de tabel.")],
)
def test_what_does_not_fit_in_the_chart_is_said_to_be_in_the_table(complexes, said):
    given = figures(complexes=[complex_figures(f"Complex {number}", [8] * 20) for number in range(complexes)])

    assert said in str(pictures.per_complex(given)[0])


@pytest.mark.parametrize(
    ("complexes", "said"),
    [
        (60, []),
        (61, ["Nog 1 complex staat niet in de tabel."]),
        (63, ["Nog 3 complexen staan niet in de tabel."]),
    ],
)
def test_complexes_that_no_table_has_are_counted(complexes, said):
    given = figures(complexes=[complex_figures(f"Complex {number}", [8] * 20) for number in range(complexes)])

    charts = [str(chart) for chart in pictures.per_complex(given)]

    assert [re.findall(r"Nog \d+ complex\w* sta\w+ niet in de tabel\.", chart) for chart in charts] == [said, said]


def test_marks_that_are_kept_back_are_neither_judged_nor_called_too_few():
    kept_back = figures(replace(CONTENT, is_withheld=True))

    assert tile("mark", kept_back).lines[-1] == "Niet getoond: anders zijn anderen niet meer anoniem."
    assert tile("dissatisfied", kept_back).lines == ("Niet getoond: anders zijn anderen niet meer anoniem.",)
    assert found(kept_back).sentences == ("Op orde: op tijd klaar.",)
    assert "Niet getoond: anders zijn anderen niet meer anoniem." in pictures.distribution(kept_back.marks)


def test_what_counts_says_what_a_second_question_does_to_a_mark():
    sentences = [sentence for sentence in tile("mark", figures()).meaning if "tweede keer" in sentence]

    assert sentences == [
        "Is een reparatie voor de tweede keer klaar, dan vragen wij het opnieuw. Het cijfer telt dan in de periode "
        "van die tweede vraag. Zolang er geen nieuw cijfer is, blijft het eerdere staan."
    ]


def test_on_time_is_judged_by_the_first_day_and_shows_the_moved_one_beside_it():
    on_time = tile("on-time", figures(kept=promises(on_time=PLENTY // 2, on_time_moved=PLENTY)))

    assert (on_time.value, on_time.signal) == ("50%", Signal.BAD)
    assert on_time.lines == ("200 van de 400 meldingen", "Gemeten met de verzette datum: 100,0%")


def test_the_visits_that_we_missed_stand_beside_the_promises_we_kept():
    given = tile("on-time", figures(visits=Visits(came=588, missed=12)))

    assert given.lines[-1] == "Bezoeken die wij misten: 12 van de 600 (2%)"
    assert not any("Bezoeken" in line for line in tile("on-time", figures()).lines)
