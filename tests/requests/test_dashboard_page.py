import re
from datetime import date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.translation import override

from requests.models import Survey
from requests.satisfaction import filters
from requests.satisfaction.period import TWELVE_MONTHS, Period
from requests.views import dashboard
from requests.workflow import Status

from ..factories import ComplexFactory, DwellingFactory, ServiceRequestFactory, StaffFactory, TenancyFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 20)
NAMES = [(3, "De Linden"), (7, "Het Anker")]
URL = "/dashboard/"


@pytest.fixture
def manager_client(client):
    """Staff with a second factor and one right: to see the dashboards."""
    manager = StaffFactory()
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    manager.user_permissions.add(Permission.objects.get(codename="view_dashboard"))
    client.force_login(manager)
    return client


def words(response):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def recently(days=3):
    return datetime.now(ZoneInfo("Europe/Amsterdam")) - timedelta(days=days)


def ready(mark=None, *, dwelling=None, done_at=None):
    done_at = done_at or recently()
    request = ServiceRequestFactory(
        status=Status.CLOSED,
        at=done_at,
        received_at=done_at - timedelta(days=2),
        **({"dwelling": dwelling} if dwelling else {}),
    )
    if mark:
        Survey.objects.filter(report__service_request=request).update(mark=mark, answered_at=done_at)
    return request


def test_the_address_is_known_by_its_name():
    assert reverse("requests:dashboard") == URL


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(URL).url == "/account/login/?next=/dashboard/"


def test_a_tenant_finds_no_dashboard(tenant_client):
    ready(8)

    assert tenant_client.get(URL).status_code == 404


def test_staff_without_the_right_find_no_dashboard(manager_client):
    manager_client.get(URL)  # with the right: no 404, so that it is the right that matters below
    StaffFactory._meta.model.objects.get().user_permissions.clear()

    assert manager_client.get(URL).status_code == 404


def test_the_right_alone_does_not_make_a_tenant_a_manager(client):
    tenant = TenancyFactory().tenant
    tenant.user.user_permissions.add(Permission.objects.get(codename="view_dashboard"))
    client.force_login(tenant.user)

    assert client.get(URL).status_code == 404


def test_a_manager_sees_the_figures(manager_client):
    home = DwellingFactory()
    for mark in (8,) * 9 + (9,) * 6 + (3,) * 5:
        ready(mark, dwelling=home)

    response = manager_client.get(URL)

    assert response.status_code == 200
    said = words(response)
    for sentence in (
        "Hoe gaat het met de reparaties?",
        "7,1 ± 1,1",
        "25% 11–47%",
        "100% 84–100%",
        "2 dagen",
        "Nu open 0",
    ):
        assert sentence in said


def test_before_anything_happened_the_page_says_so(manager_client):
    response = manager_client.get(URL)

    assert response.status_code == 200
    assert "Nog geen cijfers" in words(response)
    assert b"chart" not in response.content.split(b"<main")[1]


def test_nine_answers_are_not_shown(manager_client):
    anchor, linden = (DwellingFactory(complex=ComplexFactory(name=name)) for name in ("Het Anker", "De Linden"))
    for _ in range(9):
        ready(2, dwelling=anchor)
    for _ in range(10):
        ready(9, dwelling=linden)

    said = words(manager_client.get(URL))
    only_anchor = words(manager_client.get(URL, {"complex": anchor.complex_id}))

    assert "De Linden 9,0 ± 0,0 Het Anker te weinig antwoorden" in said
    assert "2,0" not in said + only_anchor
    assert "Wij tonen cijfers vanaf 10 antwoorden" in only_anchor


def test_a_handful_of_answers_is_not_even_counted(manager_client):
    ready(2)
    for _ in range(11):
        ready()

    said = words(manager_client.get(URL))

    assert "Antwoorden: minder dan 5 van de 12" in said


def test_the_page_needs_no_inline_style_or_script(manager_client):
    home = DwellingFactory()
    for mark in (8,) * 12:
        ready(mark, dwelling=home)

    html = manager_client.get(URL).content.decode()

    assert re.findall(r"<[^>]+\s(?:style|on\w+)=", html) == []
    assert "style-src 'self'" in manager_client.get(URL)["Content-Security-Policy"]


def test_each_chart_has_its_figures_in_a_table(manager_client):
    home = DwellingFactory()
    for mark in (8,) * 12:
        ready(mark, dwelling=home)

    html = manager_client.get(URL).content.decode()

    assert (html.count("<figure"), html.count('<table class="chart__table"')) == (6, 6 + 3)  # and three without a chart


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_the_same_number_of_questions(manager_client, count, django_assert_num_queries):
    for _ in range(count):
        ready(8)

    with django_assert_num_queries(12):
        manager_client.get(URL)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_dashboard_is_only_read(manager_client, method):
    assert getattr(manager_client, method)(URL).status_code == 405


def test_each_complex_says_how_many_of_those_who_were_asked_answered(manager_client):
    home = DwellingFactory(complex=ComplexFactory(name="Het Anker"))
    for mark in (8,) * 6 + (None,) * 2:
        ready(mark, dwelling=home)

    table = words(manager_client.get(URL)).split("Alle cijfers per complex")[1]

    assert re.search(r"Het Anker\s+–\s+6\s+75%", " ".join(table.split()))


def test_a_chosen_complex_shows_only_its_own_figures(manager_client):
    anchor, linden = ComplexFactory(name="Het Anker"), ComplexFactory(name="De Linden")
    for _ in range(12):
        ready(9, dwelling=DwellingFactory(complex=anchor))
        ready(4, dwelling=DwellingFactory(complex=linden))

    said = words(manager_client.get(URL, {"complex": anchor.pk, "period": "30d"}))

    assert "9,0 ± 0,0" in said
    assert "Het Anker" in said
    assert "Rapportcijfer per complex" not in said


def test_a_chosen_complex_stays_chosen_in_the_links_to_other_periods(manager_client):
    anchor = ComplexFactory(name="Het Anker")

    html = manager_client.get(URL, {"complex": anchor.pk}).content.decode()

    assert html.count(f"&amp;complex={anchor.pk}") == 5
    assert f'<option value="{anchor.pk}" selected>Het Anker</option>' in html


def test_the_link_to_a_complex_with_low_marks_keeps_the_period(manager_client):
    anchor, linden = ComplexFactory(name="Het Anker"), ComplexFactory(name="De Linden")
    for _ in range(12):
        ready(9, dwelling=DwellingFactory(complex=anchor))
        ready(4, dwelling=DwellingFactory(complex=linden))

    html = manager_client.get(URL, {"period": "30d"}).content.decode()

    assert re.findall(r'<a href="([^"]*)">De Linden', html) == [f"?period=30d&amp;complex={linden.pk}"]


def test_a_year_that_has_no_name_is_kept_by_its_days():
    year = filters.Choice(Period(date(2025, 1, 1), date(2025, 12, 31)), None, ())

    assert dashboard.same_period(year, TODAY) == "first=2025-01-01&last=2025-12-31"


def test_with_days_of_ones_own_choice_the_page_says_why_there_are_no_marks(manager_client):
    home = DwellingFactory()
    for _ in range(12):
        ready(8, dwelling=home)

    asked = ({"period": "30d"}, {"first": recently(days=5).date().isoformat()})
    pages = [words(manager_client.get(URL, given)) for given in asked]

    why = "Bij dagen die u zelf kiest, tonen wij geen rapportcijfers."
    assert [(why in page, "8,0 ± 0,0" in page) for page in pages] == [(False, True), (True, False)]


def test_the_period_that_is_shown_is_marked(manager_client):
    html = manager_client.get(URL, {"period": "aedes"}).content.decode()

    assert re.findall(r'href="\?([^"]*)" aria-current="true"', html) == ["period=aedes"]


def test_days_outside_the_period_do_not_count(manager_client):
    ready(done_at=recently(days=300))
    ready(done_at=recently(days=3))

    since = recently(days=310).date().isoformat()
    until = recently(days=299).date().isoformat()

    assert "Klaar in deze periode: 2" in words(manager_client.get(URL, {"first": since}))
    assert "Klaar in deze periode: 1" in words(manager_client.get(URL, {"first": since, "last": until}))


WRONG = [
    ({"first": "2026-13-45"}, "De eerste dag is geen datum. Kies een dag in de kalender."),
    ({"first": "gisteren"}, "De eerste dag is geen datum. Kies een dag in de kalender."),
    ({"first": "2026-01-01", "last": "31 februari"}, "De laatste dag is geen datum. Kies een dag in de kalender."),
    ({"first": "\x00"}, "De eerste dag is geen datum. Kies een dag in de kalender."),
    ({"first": "2026-02-02", "last": "2026-01-01"}, "De eerste dag ligt na de laatste dag."),
    ({"first": "2026-03-21"}, "De eerste dag ligt in de toekomst."),
    ({"first": "9999-12-31", "last": "9999-12-31"}, "De eerste dag ligt in de toekomst."),
    ({"first": "0001-01-01"}, "Kies een eerste dag in het jaar 2000 of later."),
    ({"last": "2026-03-01"}, "Kies ook een eerste dag."),
    ({"period": "eeuwigheid"}, "Deze periode kennen wij niet."),
]


@pytest.mark.parametrize(("asked", "sentence"), WRONG)
def test_a_period_that_makes_no_sense_gets_a_sentence_and_the_last_twelve_months(asked, sentence):
    with override("nl"):
        choice = filters.read(asked, names=NAMES, today=TODAY)

    assert choice == filters.Choice(TWELVE_MONTHS.until(TODAY), None, (sentence,))


@pytest.mark.parametrize("asked", ["99", "-1", "3; drop table", "３", "\x00", "3.0"])
def test_a_complex_that_does_not_exist_gets_a_sentence_and_all_complexes(asked):
    with override("nl"):
        choice = filters.read({"complex": asked, "period": "30d"}, names=NAMES, today=TODAY)

    expected = "Dit complex kennen wij niet."
    assert (choice.complex_id, choice.period.first) == (None, date(2026, 2, 19))
    assert expected in choice.errors or asked == "\x00"
    assert len(choice.errors) == 1


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ({}, Period(date(2025, 3, 21), TODAY)),
        ({"first": "", "last": "", "complex": "", "period": ""}, Period(date(2025, 3, 21), TODAY)),
        ({"period": "year"}, Period(date(2026, 1, 1), TODAY)),
        ({"first": "2026-02-01", "last": "2026-02-28"}, Period(date(2026, 2, 1), date(2026, 2, 28))),
        ({"first": "1-2-2026", "last": "28-2-2026"}, Period(date(2026, 2, 1), date(2026, 2, 28))),
        ({"first": "2026-02-01"}, Period(date(2026, 2, 1), TODAY)),
        ({"first": "2026-03-20", "last": "2026-03-20"}, Period(TODAY, TODAY)),
        ({"first": "2026-02-01", "period": "year"}, Period(date(2026, 2, 1), TODAY)),
    ],
)
def test_a_period_may_be_named_or_given_by_its_days(asked, period):
    with override("nl"):
        choice = filters.read(asked, names=NAMES, today=TODAY)

    assert choice == filters.Choice(period, None, ())


def test_a_last_day_that_has_yet_to_come_becomes_today_and_the_page_says_so(manager_client):
    ready(8)
    asked = {"first": "2026-02-01", "last": "2126-01-01"}

    choice = filters.read(asked, names=NAMES, today=TODAY)
    said = [words(manager_client.get(URL, given)) for given in (asked, {"period": "year"})]

    assert choice == filters.Choice(Period(date(2026, 2, 1), TODAY), None, (), until_today=True)
    assert ["De cijfers lopen daarom tot en met vandaag." in page for page in said] == [True, False]


@pytest.mark.parametrize(
    "asked",
    [asked for asked, _ in WRONG if asked not in ({"first": "2026-03-21"}, {"first": "\x00"})]
    + [{"complex": "x"}, {"first": ["a", "b"]}],
)
def test_whatever_the_address_says_there_is_a_page(manager_client, asked):
    ready(8)

    response = manager_client.get(URL, asked)

    assert response.status_code == 200
    assert "U ziet nu:" in words(response)


def test_the_page_is_there_in_english_too(manager_client):
    home = DwellingFactory()
    for _ in range(12):
        ready(8, dwelling=home)

    said = words(manager_client.get(URL, headers={"accept-language": "en"}))

    assert "How are the repairs going?" in said
    assert "8.0" in said


def test_the_page_shows_the_first_promise_and_the_moved_one(manager_client):
    done_at = recently()
    for moved in (timedelta(0), timedelta(days=5)):
        first_fix_by = done_at - timedelta(days=1)
        ServiceRequestFactory(
            status=Status.CLOSED,
            at=done_at,
            received_at=done_at - timedelta(days=9),
            first_fix_by=first_fix_by,
            fix_by=first_fix_by + moved,
        )

    page = words(manager_client.get(URL))

    assert "0 van de 2 meldingen" in page
    assert "Gemeten met de verzette datum: 50%" in page
