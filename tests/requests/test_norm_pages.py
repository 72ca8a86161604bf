"""The pages on which everybody reads the norms and the calendar, and a manager sets them."""

from datetime import date, time, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from requests import services
from requests.admin.norms.wording import Example, example
from requests.models import ClosingDay, HolidayRule, Norm, OpeningHours
from requests.promises import Calendar, DayOff, Terms, in_force, shipped
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
QUICK = Terms(answer=1, fix=3, word=1)
NORMS, CALENDAR = reverse("admin:requests_norm_changelist"), reverse("admin:requests_closingday_changelist")


def in_the_role(client, name):
    user = StaffFactory(first_name="Joke", last_name="Bos")
    user.groups.add(Group.objects.get(name=name))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    client.force_login(user)
    return user


@pytest.fixture
def manager(client):
    return in_the_role(client, "Manager")


@pytest.fixture
def today():
    return timezone.localdate()


def sent(**more):
    """What the form of a norm sends."""
    values = {"urgency": "N", "category": "", "answer": "1", "fix": "3", "unit": "days", "word": "1"}
    return values | {"valid_from": timezone.localdate().isoformat()} | more


def errors(response):
    return {name: list(faults) for name, faults in response.context["form"].errors.items()}


def test_the_table_says_what_is_promised_now_with_an_example(client, manager):
    rows = client.get(NORMS).context["rows"]

    assert [(row.name, row.answer, row.fix, row.word) for row in rows] == [
        ("Acuut", "1 werkdag", "4 uur", "1 werkdag"),
        ("Binnen 24 uur", "1 werkdag", "24 uur", "1 werkdag"),
        ("Urgent", "1 werkdag", "5 werkdagen", "2 werkdagen"),
        ("Normaal", "2 werkdagen", "10 werkdagen", "5 werkdagen"),
        ("Planbaar", "5 werkdagen", "20 werkdagen", "5 werkdagen"),
    ]


def test_the_example_is_reported_on_a_friday_afternoon():
    closed = Calendar(shipped().calendar.hours, (), (DayOff(date(2026, 3, 9), "Personeelsdag"),))

    assert example(QUICK, closed, on=date(2026, 3, 2)) == Example(
        "vr 6 mrt 16:00", "di 10 mrt 17:00", "do 12 mrt 17:00"
    )


def test_a_norm_is_set_and_counts_from_then_on(client, manager, today):
    response = client.post(reverse("admin:requests_norm_add"), sent(category="damp"), follow=True)

    norm = Norm.objects.get(category="damp")
    assert (norm.terms, norm.valid_from, norm.made_by) == (QUICK, today, manager)
    assert in_force().norms.of("N", "damp", on=today) == QUICK
    assert [row.name for row in response.context["rows"]][3:5] == ["Normaal", "Vocht en schimmel"]
    assert "Wat al beloofd is, verandert niet." in response.content.decode()


def test_the_example_is_shown_before_anything_counts(client, manager):
    response = client.post(reverse("admin:requests_norm_add"), sent(look="1", fix="4"))

    assert [terms for _, terms, _ in response.context["compared"]] == [
        "antwoord binnen 2 werkdagen, gerepareerd binnen 10 werkdagen, bericht minstens elke 5 werkdagen",
        "antwoord binnen 1 werkdag, gerepareerd binnen 4 werkdagen, bericht minstens elke 1 werkdag",
    ]
    assert Norm.objects.filter(made_by=manager).count() == 0


def test_a_norm_in_hours(client, manager):
    client.post(reverse("admin:requests_norm_add"), sent(urgency="S", fix="12", unit="hours"))

    assert Norm.objects.get(made_by=manager).terms == Terms(answer=1, fix_hours=12, word=1)


def test_a_category_goes_with_the_others_again(client, manager, today):
    client.post(reverse("admin:requests_norm_add"), sent(category="damp"))

    client.post(reverse("admin:requests_norm_add"), sent(category="damp", as_others="on"))

    assert in_force().norms.of("N", "damp", on=today) == in_force().norms.of("N", "", on=today)
    assert [row.category for row in client.get(NORMS).context["rows"]] == [""] * 5


def test_a_norm_for_later_stands_below_the_one_that_counts(client, manager, today):
    later = today + timedelta(days=30)

    client.post(reverse("admin:requests_norm_add"), sent(valid_from=later.isoformat()))

    row = client.get(NORMS).context["rows"][3]
    assert (row.fix, [line.rule.valid_from for line in row.coming]) == ("10 werkdagen", [later])


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"fix": "131"}, "fix", "Vul een heel getal in van 1 tot en met 130."),
        ({"fix": "169", "unit": "hours"}, "fix", "Vul een heel getal in van 1 tot en met 168."),
        ({"fix": ""}, "fix", "Vul een getal in."),
        ({"answer": "0"}, "answer", "Vul een heel getal in van 1 tot en met 20."),
        ({"answer": "4"}, "answer", "Het eerste antwoord komt vóór de reparatie. Kies minder dagen."),
        ({"word": "soms"}, "word", "Vul een heel getal in van 1 tot en met 10."),
        (
            {"as_others": "on"},
            "category",
            "Kies de categorie die voortaan de norm voor alle categorieën volgt.",
        ),
    ],
)
def test_a_norm_that_cannot_be_says_why(client, manager, wrong, field, why):
    response = client.post(reverse("admin:requests_norm_add"), sent(**wrong))

    assert errors(response) == {field: [why]}
    assert not Norm.objects.filter(made_by=manager).exists()


def test_nothing_counts_from_a_day_that_is_over(client, manager, today):
    yesterday = (today - timedelta(days=1)).isoformat()

    for name, data in [
        ("norm", sent(valid_from=yesterday)),
        ("openinghours", {"weekdays": ["0"], "opens": "09:00", "closes": "16:00", "valid_from": yesterday}),
        ("holidayrule", {"holiday": "Koningsdag", "worked": "yes", "valid_from": yesterday}),
    ]:
        response = client.post(reverse(f"admin:requests_{name}_add"), data)
        assert list(errors(response)) == ["valid_from"], name
    response = client.post(reverse("admin:requests_closingday_add"), {"day": yesterday, "name": "Te laat"})
    assert list(errors(response)) == ["day"]


@pytest.mark.parametrize(
    ("name", "field", "more"),
    [
        ("norm", "valid_from", sent(look="1")),
        ("openinghours", "valid_from", {"weekdays": ["0"], "opens": "09:00", "closes": "16:00"}),
        ("holidayrule", "valid_from", {"holiday": "Koningsdag", "worked": "yes"}),
        ("closingday", "day", {"name": "Ooit"}),
    ],
)
def test_nothing_counts_from_a_day_that_nobody_lives_to_see(client, manager, name, field, more):
    response = client.post(reverse(f"admin:requests_{name}_add"), more | {field: "9999-12-31"})

    assert errors(response) == {field: ["Dit is meer dan tien jaar later. Kies een eerdere dag."]}


def test_what_was_set_today_can_be_taken_back_and_stays_to_be_seen(client, manager, today):
    client.post(reverse("admin:requests_norm_add"), sent())
    norm = Norm.objects.get(made_by=manager)
    address = reverse("admin:requests_norm_take_back", args=["norm", norm.pk])

    responses = [client.post(address, follow=True) for _ in range(2)]

    assert in_force().norms.of("N", "", on=today) == shipped().norms.of("N", "", on=today)
    assert [response.status_code for response in responses] == [200, 200]
    assert not responses[1].context["history"][0].rule.stands


def test_what_counts_since_an_earlier_day_stays(client, manager):
    norm = Norm.objects.get(urgency="N")

    response = client.post(reverse("admin:requests_norm_take_back", args=["norm", norm.pk]), follow=True)

    assert "Dit geldt al sinds een eerdere dag" in response.content.decode()
    norm.refresh_from_db()
    assert norm.stands


def test_a_closing_day_stands_among_the_days_off_of_its_year(client, manager, today):
    day = date(today.year + 1, 9, 1)

    client.post(reverse("admin:requests_closingday_add"), {"day": day.isoformat(), "name": "Personeelsdag"})

    (_, this_year), (_, next_year) = client.get(CALENDAR).context["years"]
    assert [off.name for off in next_year if off.line] == ["Personeelsdag"]
    assert [off.name for off in this_year if off.line] == []
    assert not in_force().calendar.is_working_day(day)

    client.post(reverse("admin:requests_norm_take_back", args=["closing-day", ClosingDay.objects.get().pk]))

    assert ClosingDay.objects.standing().count() == 0


def test_opening_hours_are_set_for_several_days_at_once(client, manager, today):
    data = {"weekdays": ["0", "4"], "opens": "09:00", "closes": "12:30", "valid_from": today.isoformat()}

    client.post(reverse("admin:requests_openinghours_add"), data)

    week = in_force().calendar.week_on(today)
    assert week == [(time(9), time(12, 30)), *[(time(8), time(17))] * 3, (time(9), time(12, 30)), None, None]


@pytest.mark.parametrize(
    ("clocks", "field"),
    [
        ({"opens": "09:00"}, "closes"),
        ({"closes": "09:00"}, "opens"),
        ({"opens": "09:00", "closes": "09:00"}, "closes"),
        ({"opens": "negen", "closes": "10:00"}, "opens"),
    ],
)
def test_opening_hours_that_cannot_be_say_why(client, manager, today, clocks, field):
    data = {"weekdays": ["0"], "opens": "", "closes": "", "valid_from": today.isoformat()}

    response = client.post(reverse("admin:requests_openinghours_add"), data | clocks)

    assert list(errors(response)) == [field]


def test_the_office_cannot_be_closed_for_ever(client, manager, today):
    data = {"weekdays": list("0123456"), "opens": "", "closes": "", "valid_from": today.isoformat()}

    response = client.post(reverse("admin:requests_openinghours_add"), data)

    assert errors(response) == {
        "__all__": ["Dan is het kantoor nooit open en kunnen wij niets beloven. Er is niets gewijzigd."]
    }
    assert OpeningHours.objects.count() == 5


def test_a_holiday_becomes_a_working_day(client, manager, today):
    data = {"holiday": "Koningsdag", "worked": "yes", "valid_from": today.isoformat()}

    page = client.get(reverse("admin:requests_holidayrule_add"), {"holiday": "Koningsdag"})
    client.post(reverse("admin:requests_holidayrule_add"), data)

    assert page.context["form"]["worked"].value() == "yes"
    assert in_force().calendar.is_worked("Koningsdag", on=today)


def test_what_counts_from_later_on_stands_on_top_of_the_calendar(client, manager, today):
    later = today + timedelta(days=9)
    services.set_holiday("Koningsdag", worked=True, valid_from=later, by=manager, at=timezone.now())

    lines = client.get(CALENDAR).context["coming"]

    assert [(line.kind, line.what) for line in lines] == [("holiday", "Koningsdag: wij werken")]
    client.post(reverse("admin:requests_norm_take_back", args=["holiday", HolidayRule.objects.get(made_by=manager).pk]))
    assert client.get(CALENDAR).context["coming"] == []


@pytest.mark.parametrize("role", ["Contact centre", "Planner"])
def test_others_read_everything_and_set_nothing(client, manager, today, role):
    norm = services.set_norm("N", QUICK, valid_from=today, by=manager, at=timezone.now())
    in_the_role(client, role)

    pages = [client.get(address) for address in (NORMS, CALENDAR)]
    refused = [
        client.get(reverse(f"admin:requests_{name}_add"))
        for name in ("norm", "closingday", "openinghours", "holidayrule")
    ]
    taken_back = client.post(reverse("admin:requests_norm_take_back", args=["norm", norm.pk]))

    assert [page.status_code for page in pages] == [200, 200]
    assert all("Terugnemen" not in page.content.decode() for page in pages)
    assert [page.status_code for page in (*refused, taken_back)] == [403] * 5
    norm.refresh_from_db()
    assert norm.stands


def test_a_kind_of_rule_that_is_not_there_does_not_exist(client, manager):
    assert client.post(reverse("admin:requests_norm_take_back", args=["user", 1])).status_code == 404
