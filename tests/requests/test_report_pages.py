"""Reporting a repair, page by page."""

import re
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange

from dwellings.models import Tenancy
from requests.front_door import catalogues
from requests.intake import catalogue, communal
from requests.models import Draft, Report, ServiceRequest
from tenants.models import Notification, Tenant
from tests.factories import (
    CommunalAreaFactory,
    DraftFactory,
    DwellingFactory,
    ServiceRequestFactory,
    TenancyFactory,
)
from tests.requests.tenant_pages import a_photo, page, stored_photo, words_of

STEPS = ("report_home", "report_place", "report_thing", "report_problem", "report_words", "report_check")


@pytest.fixture
def home(tenant):
    return Tenancy.objects.get(tenant=tenant).dwelling


@pytest.fixture
def draft(tenant, home):
    """Complete, and not sent yet."""
    return DraftFactory(tenant=tenant, dwelling=home)


def test_a_tenant_reports_a_repair_from_the_first_page_to_the_confirmation(tenant_client, tenant, home):
    place = tenant_client.post(page("report")).url
    thing = tenant_client.post(place, {"place": "kitchen"}).url
    words = tenant_client.post(thing, {"thing": "other"}).url
    check = tenant_client.post(words, {"text": "Sinds gisteren.\r\nHet wordt erger.", "photos": [a_photo()]}).url
    summary = words_of(tenant_client.get(check))
    confirmation = tenant_client.get(tenant_client.post(check).url)

    report = Report.objects.get(tenant=tenant)
    service_request = report.service_request
    assert (service_request.dwelling, service_request.problem) == (home, "kitchen_other")
    assert (report.text, report.photos.count()) == ("Sinds gisteren.\nHet wordt erger.", 1)
    assert "Iets anders in de keuken" in summary
    assert service_request.reference in words_of(confirmation)


@pytest.mark.parametrize("step", STEPS)
def test_a_page_that_is_only_opened_complains_of_nothing(tenant_client, draft, step):
    Draft.objects.update(text="Het druppelt." if step == "report_check" else "")

    response = tenant_client.get(page(step, draft.pk))

    assert "aria-invalid" not in words_of(response)
    assert "field--error" not in words_of(response)


def test_somebody_with_one_home_is_not_asked_which(tenant_client, home):
    response = tenant_client.post(page("report"))

    draft = Draft.objects.get()
    assert (response.url, draft.dwelling) == (page("report_place", draft.pk), home)


def test_somebody_with_two_homes_chooses_one(tenant_client, tenant):
    other = TenancyFactory(tenant=tenant).dwelling

    response = tenant_client.post(page("report"))
    draft = Draft.objects.get()
    tenant_client.post(response.url, {"home": str(other.pk)})

    draft.refresh_from_db()
    assert (response.url, draft.dwelling) == (page("report_home", draft.pk), other)


def test_a_home_of_somebody_else_is_refused_and_nothing_changes(tenant_client, draft, home):
    strangers_home = TenancyFactory().dwelling

    response = tenant_client.post(page("report_home", draft.pk), {"home": str(strangers_home.pk)})

    draft.refresh_from_db()
    assert draft.dwelling == home
    assert "U huurt deze woning niet. Kies een woning die u huurt." in words_of(response)
    assert strangers_home.address not in words_of(response)


def test_somebody_who_rents_nothing_today_is_told_to_call(client, db):
    tenant = TenancyFactory(period=DateRange(date(2020, 1, 1), date(2021, 1, 1))).tenant
    client.force_login(tenant.user)

    shown = words_of(client.get(page("report")))
    client.post(page("report"))

    assert "U huurt nu geen woning bij ons" in shown
    assert not Draft.objects.exists()


def test_a_home_that_was_given_up_meanwhile_is_refused_at_the_end_and_the_answers_are_kept(
    tenant_client, tenant, draft
):
    Tenancy.objects.filter(tenant=tenant).update(period=DateRange(date(2020, 1, 1), date(2021, 1, 1)))

    response = tenant_client.post(page("report_check", draft.pk), follow=True)

    address = draft.dwelling.address
    draft.refresh_from_db()
    assert f"U huurt {address} niet meer." in words_of(response)
    assert (ServiceRequest.objects.count(), draft.text) == (0, "De kraan druppelt al drie dagen.")


def test_a_shared_part_of_the_building_is_reported_for_the_building(tenant_client, home):
    stairwell = CommunalAreaFactory(complex=home.complex, name="Trappenhuis", location_code="POR")
    CommunalAreaFactory(name="Lift van een ander complex")
    draft = DraftFactory(tenant=Tenancy.objects.get(dwelling=home).tenant, dwelling=home, text="")

    shown = words_of(tenant_client.get(page("report_place", draft.pk)))
    thing = tenant_client.post(page("report_place", draft.pk), {"place": f"area-{stairwell.pk}"}).url
    words = tenant_client.post(thing, {"thing": "other"}).url
    check = tenant_client.post(words, {"text": "Op de derde verdieping is het donker."}).url
    tenant_client.post(check)

    service_request = ServiceRequest.objects.get()
    assert (service_request.dwelling, service_request.communal_area) == (None, stairwell)
    assert ("Trappenhuis" in shown, "ander complex" in shown) == (True, False)


@pytest.mark.parametrize(
    ("code", "place"),
    [("LIF", "lift"), ("POR", "stairwell"), ("GAL", "stairwell"), ("ENT", "entrance"), ("FIE", "shared_spaces")],
)
def test_a_communal_area_is_found_under_the_place_with_most_of_its_problems(code, place):
    assert communal.place_of(code, catalogue.shipped()).key == place


@pytest.mark.parametrize("kind", ["parking", "storage"])
def test_who_rents_no_rooms_is_not_asked_about_the_kitchen(tenant_client, draft, home, kind):
    type(home).objects.update(kind=kind)

    shown = words_of(tenant_client.get(page("report_place", draft.pk)))
    refused = words_of(tenant_client.post(page("report_place", draft.pk), {"place": "kitchen"}))

    offered = re.findall(r'name="place" value="(\w+)"', shown)
    assert offered == ["hall", "power_water_gas", "outside", "garden"]
    assert "Deze plek hoort niet bij uw woning." in refused


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("nl", ["Centrale hal", "Lift 2", "Zij-ingang", "Zolder"]),
        (
            "en",
            ["Entrance hall (Centrale hal)", "Lift 2", "Entrance hall (Zij-ingang)", "Storage, bicycle or bin room"],
        ),
    ],
)
def test_shared_parts_have_names_that_english_readers_understand(tenant_client, draft, home, language, names):
    for name, code in (("Centrale hal", "ENT"), ("Lift 2", "LIF"), ("Zij-ingang", "ENT"), ("Zolder", "ZOL")):
        CommunalAreaFactory(complex=home.complex, name=name, location_code=code)
    type(draft.tenant).objects.update(language=language)

    shown = words_of(tenant_client.get(page("report_place", draft.pk)))

    assert re.findall(r'value="area-[^>]*>.*?<span class="pick__text">([^<]*)<', shown) == names


@pytest.mark.parametrize("step", ["report_home", "report_place", "report_problem", "report_words"])
def test_after_a_mistake_one_lands_on_what_is_wrong_and_can_go_back(tenant_client, draft, step):
    response = tenant_client.post(page(step, draft.pk), {"home": "-1"})

    said = words_of(response)
    (link,) = re.findall(r'role="alert" tabindex="-1" autofocus>.*?<a href="#(\w+)"', said)
    assert said.count(f'id="{link}"') == 1
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_what_is_no_page_of_a_report_is_kept_nowhere(tenant_client, draft):
    photo = stored_photo(draft=draft)

    answers = [tenant_client.get(address) for address in (page("mine"), page("photo", photo.pk))]

    for answer in answers:
        answer.close()
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store", "private, no-store"]


@pytest.mark.parametrize(
    ("step", "sent", "said"),
    [
        ("report_place", {}, "Kies waar het is."),
        ("report_place", {"place": "moon"}, "Deze plek hoort niet bij uw woning."),
        ("report_problem", {}, "Kies wat er aan de hand is."),
        ("report_thing", {}, "Kies waar het over gaat."),
        ("report_thing", {"thing": "lift"}, "Dit hoort niet bij de plek die u koos."),
        ("report_problem", {"problem": "toilet_blocked"}, "Dit hoort niet bij wat u hiervoor koos."),
        ("report_words", {"text": " \n "}, "Schrijf op wat er aan de hand is. Eén zin is genoeg."),
        ("report_words", {"text": "x" * 5000}, "Uw tekst is 3000 tekens te lang."),
    ],
)
def test_an_answer_that_cannot_be_right_gets_a_sentence_and_changes_nothing(tenant_client, draft, step, sent, said):
    before = Draft.objects.values("place", "problem", "text").get(pk=draft.pk)

    response = tenant_client.post(page(step, draft.pk), sent)

    assert response.status_code == 200
    assert said in words_of(response)
    assert Draft.objects.values("place", "problem", "text").get(pk=draft.pk) == before


def test_a_text_that_is_too_long_stays_in_the_field(tenant_client, draft):
    response = tenant_client.post(page("report_words", draft.pk), {"text": "begin " + "x" * 5000 + " einde"})

    assert " einde</textarea>" in words_of(response)


def test_two_thousand_characters_fit_however_the_browser_writes_a_new_line(tenant_client, draft):
    text = "\r\n".join(["x" * 999, "y" * 1000])

    response = tenant_client.post(page("report_words", draft.pk), {"text": text})

    draft.refresh_from_db()
    assert (response.status_code, len(draft.text)) == (302, 2000)


def test_a_character_that_no_keyboard_has_is_left_out(tenant_client, draft):
    tenant_client.post(page("report_words", draft.pk), {"text": "De wc\x00 lekt 🚽"})

    draft.refresh_from_db()
    assert draft.text == "De wc lekt 🚽"


def test_photos_are_kept_when_the_words_are_not_right_yet(tenant_client, draft):
    response = tenant_client.post(page("report_words", draft.pk), {"text": "", "photos": [a_photo(), a_photo()]})

    assert (response.status_code, draft.photos.count()) == (200, 2)
    assert words_of(response).count('name="remove"') == 2


def test_a_file_that_is_no_photo_is_refused_by_name_and_the_rest_is_kept(tenant_client, draft):
    wrong = SimpleUploadedFile("kat.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")

    response = tenant_client.post(page("report_words", draft.pk), {"text": "Nieuw", "photos": [wrong, a_photo()]})

    draft.refresh_from_db()
    assert "kat.jpg: " in words_of(response)
    assert (draft.text, draft.photos.count()) == ("Nieuw", 1)


def test_a_sixth_photo_is_refused_and_five_are_kept(tenant_client, draft):
    response = tenant_client.post(
        page("report_words", draft.pk), {"text": "Nieuw", "photos": [a_photo() for _ in range(6)]}
    )

    said = "U kunt 5 foto’s bij een melding sturen. Wij hebben er nu 5 bewaard, en de andere niet."
    assert said in words_of(response)
    assert draft.photos.count() == 5


@pytest.mark.parametrize("room", [5, 2, 1])
def test_a_file_that_is_no_photo_takes_no_room(tenant_client, draft, room):
    for _ in range(5 - room):
        stored_photo(draft=draft)
    wrong = SimpleUploadedFile("kat.jpg", b"miauw")
    photos = [a_photo() for _ in range(room)]

    response = tenant_client.post(page("report_words", draft.pk), {"text": "Nieuw", "photos": [wrong, *photos]})

    said = words_of(response)
    assert draft.photos.count() == 5
    assert ["kat.jpg: " in said, "en de andere niet" in said] == [True, False]


def test_ten_files_are_looked_at_and_it_is_said_how_many_are_kept(tenant_client, draft):
    wrong = [SimpleUploadedFile(f"kat{n}.jpg", b"miauw") for n in range(9)]

    response = tenant_client.post(
        page("report_words", draft.pk), {"text": "Nieuw", "photos": [*wrong, a_photo(), a_photo()]}
    )

    said = words_of(response)
    assert (draft.photos.count(), len(set(re.findall(r"kat\d.jpg", said)))) == (1, 9)
    assert "Wij hebben er nu 1 bewaard, en de andere niet." in said


@pytest.mark.parametrize("count", [2, 5])
def test_the_same_photos_sent_again_are_kept_once(tenant_client, draft, count):
    """By F5 on the page with an error, or after a timeout."""
    photos = [a_photo() for _ in range(count)]

    for _ in range(3):
        for photo in photos:
            photo.seek(0)
        response = tenant_client.post(page("report_words", draft.pk), {"text": "", "photos": photos})

    assert draft.photos.count() == count
    assert "en de andere niet" not in words_of(response)


def test_removing_a_photo_keeps_what_was_typed_meanwhile(tenant_client, draft):
    photo = stored_photo(draft=draft)

    tenant_client.post(page("report_words", draft.pk), {"text": "Half af", "remove": str(photo.pk)})

    draft.refresh_from_db()
    assert (draft.text, draft.photos.count()) == ("Half af", 0)


def test_a_photo_of_another_draft_cannot_be_removed(tenant_client, draft):
    other = stored_photo(draft=DraftFactory())

    tenant_client.post(page("report_words", draft.pk), {"text": "Half af", "remove": str(other.pk)})

    assert type(other).objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_draft_does_not_exist(tenant_client, step, method):
    somebody_elses = DraftFactory()

    response = getattr(tenant_client, method)(page(step, somebody_elses.pk))

    assert response.status_code == getattr(tenant_client, method)(page(step, uuid.uuid4())).status_code == 404


@pytest.mark.parametrize(
    ("missing", "step", "led_to"),
    [
        ({"dwelling": None}, "report_place", "report_home"),
        ({"place": ""}, "report_problem", "report_place"),
        ({"problem": ""}, "report_words", "report_problem"),
        ({"text": ""}, "report_check", "report_words"),
        ({"problem": "gone_from_the_catalogue"}, "report_check", "report_problem"),
    ],
)
def test_who_jumps_ahead_is_led_to_what_is_missing(tenant_client, draft, missing, step, led_to):
    Draft.objects.filter(pk=draft.pk).update(**missing)

    response = tenant_client.get(page(step, draft.pk))

    assert response.url == page(led_to, draft.pk)


def test_sending_twice_makes_one_request_one_mail_and_one_confirmation(tenant_client, draft):
    first = tenant_client.post(page("report_check", draft.pk))
    second = tenant_client.post(page("report_check", draft.pk))

    assert (ServiceRequest.objects.count(), Notification.objects.count()) == (1, 1)
    assert first.url == second.url


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_of_a_report_that_was_sent_shows_its_confirmation(tenant_client, draft, step, method):
    confirmation = tenant_client.post(page("report_check", draft.pk)).url

    response = getattr(tenant_client, method)(page(step, draft.pk), {"text": "Iets anders"} if method == "post" else {})

    draft.refresh_from_db()
    assert (response.url, draft.text) == (confirmation, "De kraan druppelt al drie dagen.")


@pytest.mark.parametrize(
    ("letters", "how"), [(True, "U krijgt hierover ook een brief."), (False, "U krijgt hierover ook een mail.")]
)
def test_the_confirmation_says_in_which_way_it_comes(tenant_client, tenant, draft, letters, how):
    Tenant.objects.filter(pk=tenant.pk).update(wants_letters=letters)

    confirmation = tenant_client.post(page("report_check", draft.pk)).url

    assert how in words_of(tenant_client.get(confirmation))


def test_a_confirmation_of_somebody_else_does_not_exist(tenant_client):
    somebody_elses = ServiceRequestFactory()

    response = tenant_client.get(page("sent", somebody_elses.reference))

    assert response.status_code == 404


def test_staff_cannot_report_as_if_they_rented(planner_client):
    response = planner_client.get(page("report"))

    assert response.status_code == 404


def test_an_anonymous_visitor_is_asked_to_sign_in(client, draft):
    response = client.get(page("report_words", draft.pk))

    assert response.url.startswith("/account/login/")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("step", "queries"), [("report_words", 6), ("report_check", 7)])
def test_more_photos_ask_no_more_queries(tenant_client, draft, count, step, queries, django_assert_num_queries):
    for _ in range(count):
        stored_photo(draft=draft)
    catalogues.current()  # is read once per process

    with django_assert_num_queries(queries):
        tenant_client.get(page(step, draft.pk))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("step", ["report_home", "report_place"])
def test_more_homes_and_areas_ask_no_more_queries(tenant_client, tenant, draft, count, step, django_assert_num_queries):
    for number in range(count):
        TenancyFactory(tenant=tenant, dwelling=DwellingFactory(complex=draft.dwelling.complex))
        CommunalAreaFactory(complex=draft.dwelling.complex, name=f"Trappenhuis {number}")
    catalogues.current()  # is read once per process

    with django_assert_num_queries(5 if step == "report_place" else 4):
        tenant_client.get(page(step, draft.pk))
