"""Norms and the calendar as rows: what counts when, what no row can say, and that no promise moves."""

import threading
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from requests import norms, promises, services
from requests.models import ClosingDay, HolidayRule, Norm, OpeningHours, ServiceRequest
from requests.models.norms import RULES
from requests.promises import Terms, in_force, looked_up_once, shipped
from tests.factories import NOON, DraftFactory, ServiceRequestFactory, StaffFactory

pytestmark = pytest.mark.django_db
TODAY, TOMORROW, YESTERDAY = (NOON.date() + timedelta(days=n) for n in (0, 1, -1))
QUICK = Terms(answer=1, fix=3, word=1)
OFFICE = (time(9), time(16))


@pytest.fixture
def manager():
    return StaffFactory()


def fix_by(urgency="N", category="", at=NOON):
    return promises.promise(urgency, category, at=at).fix_by.date()


def test_a_new_installation_promises_what_is_shipped():
    found, first = in_force(), shipped()

    assert set(found.norms.rows) == set(first.norms.rows)
    assert set(found.calendar.hours) == set(first.calendar.hours)
    assert set(found.calendar.holidays) == set(first.calendar.holidays)
    assert found.calendar.closing_days == ()


def test_what_is_shipped_comes_once():
    counts = [model.objects.count() for model in RULES]

    services.first_norms(at=NOON)

    assert counts == [5, 5, 1, 0] == [model.objects.count() for model in RULES]


def test_a_norm_counts_at_once_for_what_is_promised_next(manager):
    before = fix_by()

    services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=NOON)

    assert (before, fix_by()) == (date(2026, 3, 16), date(2026, 3, 5))


def test_a_norm_counts_from_its_day_on(manager):
    services.set_norm("N", QUICK, valid_from=TOMORROW, by=manager, at=NOON)

    assert fix_by() == date(2026, 3, 16)
    assert fix_by(at=NOON + timedelta(days=1)) == date(2026, 3, 6)


def test_a_category_has_its_own_norm_until_it_goes_with_the_others_again(manager):
    services.set_norm("N", QUICK, category="damp", valid_from=TODAY, by=manager, at=NOON)
    own, others = fix_by(category="damp"), fix_by(category="water")

    services.set_norm("N", None, category="damp", valid_from=TOMORROW, by=manager, at=NOON)

    assert (own, others) == (date(2026, 3, 5), date(2026, 3, 16))
    later = NOON + timedelta(days=1)
    assert fix_by(category="damp", at=later) == fix_by(category="water", at=later) == date(2026, 3, 17)


def test_a_new_request_of_a_category_is_promised_what_counts_for_it(manager):
    draft = DraftFactory()
    services.set_norm("N", QUICK, category="other", valid_from=TODAY, by=manager, at=NOON)

    service_request = services.submit(draft.pk, tenant=draft.tenant, at=NOON)

    assert (service_request.urgency, service_request.category) == ("N", "other")
    assert service_request.fix_by == promises.promise("N", "other", at=NOON).fix_by
    assert service_request.fix_by != promises.promise("N", at=NOON).fix_by


def test_no_change_moves_a_promise_that_was_made(manager):
    service_request = ServiceRequestFactory()
    promised = ["answer_by", "first_fix_by", "fix_by", "next_word_at"]
    before = ServiceRequest.objects.values(*promised).get(pk=service_request.pk)

    norm = services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=NOON)
    services.set_norm("N", QUICK, category="water", valid_from=TODAY, by=manager, at=NOON)
    services.set_opening_hours([0, 1, 2, 3, 4], OFFICE, valid_from=TODAY, by=manager, at=NOON)
    services.close_on(service_request.fix_by.date(), "Personeelsdag", by=manager, at=NOON)
    services.take_back(norm, by=manager, at=NOON)

    assert ServiceRequest.objects.values(*promised).get(pk=service_request.pk) == before


def test_setting_the_same_day_again_keeps_what_was_set_first_to_be_seen(manager):
    first = services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=NOON)

    services.set_norm("N", Terms(answer=1, fix=4, word=1), valid_from=TODAY, by=manager, at=NOON)

    first.refresh_from_db()
    assert (first.taken_back_at, first.taken_back_by) == (NOON, manager)
    assert fix_by() == date(2026, 3, 6)


def test_what_has_not_begun_before_today_can_be_taken_back_once(manager):
    norm = services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=NOON)

    taken_back = [services.take_back(norm, by=manager, at=NOON) for _ in range(2)]

    assert taken_back == [True, False]
    assert fix_by() == date(2026, 3, 16)


def test_nothing_is_set_or_taken_back_for_days_that_are_over(manager):
    norm = services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=NOON)
    tomorrow = NOON + timedelta(days=1)

    with pytest.raises(services.DayIsOver):
        services.take_back(norm, by=manager, at=tomorrow)
    with pytest.raises(services.DayIsOver):
        services.set_norm("N", QUICK, valid_from=YESTERDAY, by=manager, at=NOON)
    with pytest.raises(services.DayIsOver):
        services.close_on(YESTERDAY, "Te laat", by=manager, at=NOON)


def test_a_day_begins_at_midnight_in_amsterdam(manager):
    half_past_midnight = datetime(2026, 3, 3, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))

    services.set_norm("N", QUICK, valid_from=TOMORROW, by=manager, at=half_past_midnight)

    with pytest.raises(services.DayIsOver):
        services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=half_past_midnight)


def test_opening_hours_holidays_and_closing_days_count_at_once(manager):
    services.set_opening_hours([0, 1, 2, 3], OFFICE, valid_from=TODAY, by=manager, at=NOON)
    services.set_opening_hours([4], None, valid_from=TODAY, by=manager, at=NOON)
    services.set_holiday("Goede vrijdag", worked=False, valid_from=TODAY, by=manager, at=NOON)
    day = services.close_on(date(2026, 3, 4), "Personeelsdag", by=manager, at=NOON)

    calendar = in_force().calendar
    assert calendar.week_on(TODAY) == [OFFICE, OFFICE, OFFICE, OFFICE, None, None, None]
    assert calendar.off_for(date(2026, 4, 3)) == ("Goede vrijdag",)
    assert calendar.off_for(date(2026, 3, 4)) == ("Personeelsdag",)

    services.take_back(day, by=manager, at=NOON)

    assert in_force().calendar.is_working_day(date(2026, 3, 4))


def test_an_office_that_never_opens_is_refused_and_nothing_changes(manager):
    before = in_force()

    with pytest.raises(services.NeverOpen):
        services.set_opening_hours(range(7), None, valid_from=TOMORROW, by=manager, at=NOON)

    assert in_force() == before


def test_what_keeps_the_office_open_cannot_be_taken_back(manager):
    saturday = services.set_opening_hours([5], OFFICE, valid_from=TODAY, by=manager, at=NOON)[0]
    services.set_opening_hours(range(5), None, valid_from=TOMORROW, by=manager, at=NOON)

    with pytest.raises(services.NeverOpen):
        services.take_back(saturday, by=manager, at=NOON)

    assert OpeningHours.objects.get(pk=saturday.pk).stands


def test_the_norms_are_read_in_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        norms.read()


def test_within_a_page_they_are_read_once(django_assert_num_queries):
    with django_assert_num_queries(1), looked_up_once():
        for days in range(30):
            promises.add_working_days(NOON, days)


def test_after_a_page_they_are_read_again(manager):
    with looked_up_once():
        fix_by()

    services.set_norm("N", QUICK, valid_from=TODAY, by=manager, at=NOON)

    assert fix_by() == date(2026, 3, 5)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_do_not_close_the_office_between_them(manager):
    """Each closes half of the week; together that would be all of it."""
    fates = []

    def close(weekdays):
        try:
            services.set_opening_hours(weekdays, None, valid_from=TODAY, by=manager, at=NOON)
            fates.append("closed")
        except services.NeverOpen:
            fates.append("refused")
        finally:
            connection.close()

    other = threading.Thread(target=close, args=([3, 4, 5, 6],))
    with transaction.atomic():
        services.set_opening_hours([0, 1, 2], None, valid_from=TODAY, by=manager, at=NOON)
        other.start()
        while other.is_alive() and not somebody_waits():
            pass
        assert fates == []
    other.join()

    assert fates == ["refused"]
    assert any(in_force().calendar.week_on(TODAY))


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


# --- what no row can say


def norm(**more):
    values = {"urgency": "N", "answer": 1, "fix": 5, "word": 1, "valid_from": TODAY, "made_at": NOON}
    return Norm(**values | more)


def hours(**more):
    return OpeningHours(
        **{"weekday": 0, "opens": time(8), "closes": time(17), "valid_from": TODAY, "made_at": NOON} | more
    )


def holiday(**more):
    return HolidayRule(**{"holiday": "Koningsdag", "worked": True, "valid_from": TODAY, "made_at": NOON} | more)


def closing_day(**more):
    return ClosingDay(**{"day": TODAY, "name": "Personeelsdag", "made_at": NOON} | more)


@pytest.mark.parametrize(
    ("make", "broken", "constraint"),
    [
        (norm, {"urgency": "X"}, "norm_urgency_known"),
        (norm, {"category": "garden"}, "norm_category_known"),
        (norm, {"answer": None}, "norm_all_terms_or_none"),
        (norm, {"word": None}, "norm_all_terms_or_none"),
        (norm, {"fix": None}, "norm_all_terms_or_none"),
        (norm, {"fix_hours": 4}, "norm_all_terms_or_none"),
        (norm, {"answer": None, "word": None, "fix": None}, "norm_all_terms_or_none"),
        (norm, {"answer": 0}, "norm_within_bounds"),
        (norm, {"word": 11}, "norm_within_bounds"),
        (norm, {"fix": 131}, "norm_within_bounds"),
        (norm, {"fix": None, "fix_hours": 169}, "norm_within_bounds"),
        (norm, {"answer": 6}, "norm_answers_before_it_is_fixed"),
        (hours, {"weekday": 7}, "opening_hours_weekday_known"),
        (hours, {"closes": None}, "opening_hours_end_after_they_begin"),
        (hours, {"opens": None}, "opening_hours_end_after_they_begin"),
        (hours, {"closes": time(8)}, "opening_hours_end_after_they_begin"),
        (holiday, {"holiday": "Sinterklaas"}, "holiday_rule_holiday_known"),
        (closing_day, {"name": ""}, "closing_day_has_a_name"),
    ],
)
def test_what_no_row_can_say(make, broken, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**broken).save()


MAKERS = [(norm, "norm"), (hours, "opening_hours"), (holiday, "holiday_rule"), (closing_day, "closing_day")]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_one_rule_counts_for_the_same_thing_from_the_same_day(make, name):
    make().save()

    with pytest.raises(IntegrityError, match=f"{name}_once"), transaction.atomic():
        make().save()


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_nobody_sets_anything_for_a_day_that_is_over(make, name, manager):
    with pytest.raises(IntegrityError, match=f"{name}_not_from_the_past"), transaction.atomic():
        make(made_by=manager, made_at=NOON + timedelta(days=1)).save()


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_somebody_takes_back_before_it_counted(make, name, manager):
    with pytest.raises(IntegrityError, match=f"{name}_taken_back_by_somebody"), transaction.atomic():
        make(taken_back_at=NOON).save()
    with pytest.raises(IntegrityError, match=f"{name}_taken_back_by_somebody"), transaction.atomic():
        make(taken_back_by=manager).save()
    with pytest.raises(IntegrityError, match=f"{name}_taken_back_before_it_counted"), transaction.atomic():
        make(taken_back_at=NOON + timedelta(days=1), taken_back_by=manager).save()


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_a_rule_is_never_changed_or_removed(make, name, manager):
    rule = make()
    rule.save()
    rows = type(rule).objects.filter(pk=rule.pk)

    with pytest.raises(IntegrityError, match="taken back, never changed"), transaction.atomic():
        rows.update(made_at=NOON - timedelta(days=1))
    with pytest.raises(IntegrityError, match="taken back, never changed"), transaction.atomic():
        rows.delete()
    rows.update(taken_back_at=NOON, taken_back_by=manager)
    with pytest.raises(IntegrityError, match="taken back, never changed"), transaction.atomic():
        rows.update(taken_back_at=None, taken_back_by=None)


def test_the_roles_read_the_norms_and_only_managers_set_them():
    def rights(name):
        rows = Group.objects.get(name=name).permissions.filter(
            content_type__app_label="requests", content_type__model__in=[model._meta.model_name for model in RULES]
        )
        return sorted(rows.values_list("codename", flat=True))

    names = [model._meta.model_name for model in RULES]
    sees = sorted(f"view_{name}" for name in names)
    assert rights("Contact centre") == rights("Planner") == sees
    assert rights("Manager") == sorted([*sees, *(f"{does}_{name}" for does in ("add", "change") for name in names)])
