"""How often, when and how satisfied: the numbers that the synthetic corporation is drawn from."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from statistics import mean

import pytest

from portal.demo import chances, marks
from portal.demo.people import People
from portal.demo.places import places

TODAY = date(2026, 3, 3)
DRAWS = 20_000


@pytest.mark.parametrize(
    ("what", "points"),
    [({"over_norm": True}, -0.8), ({"missed_visits": 1}, -1.5), ({"callback": True}, -0.9), ({"senior": True}, 0.4)],
    ids=str,
)
def test_what_happened_shows_in_the_mark(what, points):
    rng = Random(2)
    plain = [marks.mark(marks.Experience(), resident=0, rng=rng) for _ in range(DRAWS)]
    changed = [marks.mark(marks.Experience(**what), resident=0, rng=rng) for _ in range(DRAWS)]

    assert mean(changed) - mean(plain) == pytest.approx(points, rel=0.3)


def test_seniors_and_people_with_a_strong_opinion_answer_more_often():
    usual_chance = marks.response(7, age=45)

    assert usual_chance == 0.22
    assert marks.response(7, age=70) / usual_chance == pytest.approx(1.4)
    assert marks.response(7, age=25) / usual_chance == pytest.approx(0.6)
    assert marks.response(3, age=45) / usual_chance == pytest.approx(1.3)
    assert marks.response(9, age=45) / usual_chance == pytest.approx(1.15)


def test_requests_follow_the_seasons_and_the_week():
    rng = Random(3)
    calendar = chances.Calendar(date(2024, 3, 3), date(2026, 3, 2), frozenset())
    days = [calendar.day(rng) for _ in range(DRAWS)]
    drawn = [(day, calendar.category(day, rng).name) for day in days]

    weekdays = Counter(day.weekday() for day in days)
    heating = Counter(chances.season(day) for day, name in drawn if name == "heating")
    shares = Counter(name for _, name in drawn)
    assert weekdays[0] / weekdays[2] == pytest.approx(1.35, rel=0.1)
    assert heating[0] / heating[2] == pytest.approx(1.7 / 0.35, rel=0.15)
    assert {category.name: shares[category.name] / DRAWS for category in chances.CATEGORIES} == pytest.approx(
        {category.name: category.share for category in chances.CATEGORIES}, abs=0.02
    )


def test_homes_make_one_and_a_half_requests_a_year_and_one_in_fourteen_changes_hands():
    rng, people, complexes = Random(4), People(Random(5), today=TODAY), places(1200)
    households = [each for place in complexes for each in people.households(place, taken=())]
    since = TODAY - timedelta(days=730)
    ended = sum(each.until is not None and each.until >= since for each in households)

    assert mean(chances.yearly_rate(rng) for _ in range(DRAWS)) == pytest.approx(1.4, abs=0.05)
    assert ended / 2 / sum(len(place.homes) for place in complexes) == pytest.approx(0.07, abs=0.012)
