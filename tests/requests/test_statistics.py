from math import comb

import pytest

from requests.satisfaction import statistics
from requests.satisfaction.statistics import Mean, Share


def of(values):
    return {"n": len(values), "total": sum(values), "squares": sum(value * value for value in values)}


@pytest.mark.parametrize(
    ("degrees", "factor"),
    # NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2, column 0.975
    [
        (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (6, 2.447), (7, 2.365), (8, 2.306),
        (9, 2.262), (10, 2.228), (15, 2.131), (20, 2.086), (30, 2.042), (40, 2.021), (60, 2.000),
        (100, 1.984), (1_000_000, 1.960),
    ],
)  # fmt: skip
def test_students_t_agrees_with_the_published_table(degrees, factor):
    assert statistics.student_t(degrees) == pytest.approx(factor, abs=0.001)


def test_students_t_never_rises_with_more_degrees_of_freedom():
    factors = [statistics.student_t(degrees) for degrees in range(1, 500)]

    assert factors == sorted(factors, reverse=True)


def test_students_t_of_nothing_is_refused():
    with pytest.raises(ValueError, match="degree of freedom"):
        statistics.student_t(0)


def test_the_margin_of_a_mean_is_that_of_the_textbook():
    # mean 6, sample deviation 2.1602, t(6) = 2.4469: 2.4469 * 2.1602 / sqrt(7)
    mean = statistics.mean(**of([3, 4, 5, 6, 7, 8, 9]))

    assert (mean.n, mean.value) == (7, 6)
    assert mean.margin == pytest.approx(1.998, abs=0.001)
    assert (mean.low, mean.high) == pytest.approx((4.002, 7.998), abs=0.001)


def test_1441_answers_give_a_margin_of_a_tenth_of_a_mark():
    # 1,441 answers half of which lie 1.94 below and half above the mean (times 100, to stay whole)
    deviation = 194
    n = 1441
    mean = statistics.mean(n=n, total=0, squares=deviation * deviation * (n - 1))

    assert mean.margin / 100 == pytest.approx(0.1, abs=0.001)


def test_identical_answers_have_no_margin():
    assert statistics.mean(**of([8, 8, 8])) == Mean(n=3, value=8, margin=0)


def test_one_answer_has_a_mean_but_no_margin():
    mean = statistics.mean(**of([9]))

    assert mean == Mean(n=1, value=9, margin=None)
    assert (mean.low, mean.high) == (None, None)


def test_no_answers_have_no_mean():
    assert statistics.mean(n=0, total=0, squares=0) is None


def test_a_large_total_loses_no_precision():
    mean = statistics.mean(n=2_000_000, total=2_000_000 * 8, squares=2_000_000 * 64)

    assert mean == Mean(n=2_000_000, value=8, margin=0)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), p. 857, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_wilsons(count, n, low, high):
    share = statistics.share(count=count, n=n)

    assert (share.low, share.high) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_a_share_of_everybody_mirrors_a_share_of_nobody(n):
    nobody, everybody = statistics.share(count=0, n=n), statistics.share(count=n, n=n)

    assert (nobody.low, everybody.high) == (0, 1)
    assert nobody.high == pytest.approx(1 - everybody.low)


def test_a_share_keeps_what_it_was_made_of():
    share = statistics.share(count=3, n=12)

    assert share == Share(count=3, n=12, value=0.25, low=share.low, high=share.high)
    assert share.low < share.value < share.high


def test_a_share_of_nothing_does_not_exist():
    assert statistics.share(count=0, n=0) is None


@pytest.mark.parametrize(
    ("values", "fraction", "expected"),
    [
        ([7], 0.5, 7),
        ([1, 2, 3, 4], 0.5, 2),
        ([1, 2, 3, 4, 5], 0.5, 3),
        (list(range(1, 11)), 0.9, 9),
        (list(range(1, 12)), 0.9, 10),
        ([15, 20, 35, 40, 50], 0.3, 20),  # the worked example of the nearest-rank method
        ([15, 20, 35, 40, 50], 0.4, 20),
        ([15, 20, 35, 40, 50], 1.0, 50),
        ([0, 0, 0, 30], 0.0, 0),
    ],
)
def test_a_quantile_is_a_value_that_occurred(values, fraction, expected):
    counts = {value: values.count(value) for value in values}

    assert statistics.quantile(counts, fraction) == expected


def test_a_quantile_counts_values_that_occur_often():
    symmetric = {value: comb(10, value) for value in range(11)}

    assert (statistics.quantile(symmetric, 0.5), statistics.quantile(symmetric, 0.9)) == (5, 7)


def test_a_quantile_of_nothing_does_not_exist():
    assert statistics.quantile({}, 0.5) is None
