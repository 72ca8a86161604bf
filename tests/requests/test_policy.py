"""The follow-up policy is one table: the code does it, staff read it, the documentation shows it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from requests.followup import policy, policy_in_words
from requests.models import Alarm

DOCS = Path(__file__).parents[2] / "docs" / "promises.md"


def test_every_occasion_has_one_row():
    assert sorted(row.occasion for row in policy.POLICY) == sorted(policy.Occasion)


@pytest.mark.parametrize("kind", Alarm.Kind.values)
def test_every_alarm_has_a_level_and_rises_no_higher_than_the_manager(kind):
    row = policy.row(kind)

    assert row.level is not None
    assert row.level + len(row.rises) <= Alarm.Level.MANAGER


def test_every_mail_of_the_table_can_be_written():
    mails = {row.mail for row in policy.POLICY if row.mail}

    assert [engines["text"].get_template(f"{mail}.txt") is not None for mail in sorted(mails)] == [True] * len(mails)


def test_a_level_has_its_working_days_and_the_last_one_none():
    assert [policy.days_at("broken", "N", level) for level in (0, 1, 2)] == [1, 3, None]
    assert [policy.days_at("badly_broken", "N", level) for level in (1, 2)] == [2, None]


@pytest.mark.parametrize(("urgency", "at_once"), [("A", True), ("S", True), ("U", False), ("N", False), ("P", False)])
def test_what_was_promised_by_the_hour_waits_for_no_daily_mail_when_it_is_broken(urgency, at_once):
    rows = [policy.of_alarm(kind, urgency) for kind in ("broken", "badly_broken", "visit_missed")]

    assert [row.at_once for row in rows] == [at_once] * 3
    assert not policy.of_alarm("at_risk", urgency).at_once


def test_an_emergency_begins_with_the_team_lead():
    assert (policy.first_level("broken", "A"), policy.first_level("broken", "N")) == (1, 0)
    assert [policy.days_at("broken", "A", level) for level in (0, 1, 2)] == [1, 1, None]  # 0: it was none at first


def test_the_documentation_shows_the_table_as_it_is():
    with translation.override("en"):
        table = policy_in_words.as_markdown()

    assert table in DOCS.read_text()


def test_staff_read_it_in_dutch():
    with translation.override(settings.LANGUAGE_CODE):
        assert policy_in_words.levels_in_words(policy.row("broken")) == (
            "In de dagelijkse mail: planner, na 1 werkdag teamleider, na 3 werkdagen manager"
        )
