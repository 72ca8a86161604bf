import csv
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from requests import services
from requests.front_door import catalogues, search
from requests.intake import catalogue
from requests.intake.spelling import LONGEST_PHRASE, plain
from requests.models import CatalogueVersion, SearchSynonym, SearchWord
from tests.factories import DraftFactory

pytestmark = pytest.mark.django_db

PHRASES = Path(__file__).parents[1] / "data" / "phrases.csv"


def find(words, **where):
    return search.find(words, **{"version": catalogues.current_version(), "language": "nl"} | where)


def problems(*rows):
    """The shipped sheets, with these changes to the problems that are named."""
    sheets = catalogue.shipped_sheets()
    changes = {row["key"]: row for row in rows}
    return {**sheets, "problems": [row | changes.get(row["key"], {}) for row in sheets["problems"]]}


def publish(sheets):
    draft = services.make_version(by=None, at=timezone.now(), sheets=sheets)
    return services.publish(draft.pk, by=None, at=timezone.now()).pk


@pytest.mark.parametrize(("language", "goal"), [("nl", 0.90), ("en", 0.80)])
def test_what_people_type_is_among_the_first_three(language, goal):
    with PHRASES.open(encoding="utf-8", newline="") as lines:
        asked = [row for row in csv.DictReader(lines, delimiter=";") if row["language"] == language]

    found = {row["phrase"]: find(row["phrase"], language=language)[:3] for row in asked}

    missed = [row for row in asked if not set(row["wanted"].split()) & set(found[row["phrase"]])]
    misses = "\n".join(f"{row['phrase']}: {found[row['phrase']]}, not {row['wanted']}" for row in missed)
    assert len(asked) >= 100
    assert 1 - len(missed) / len(asked) >= goal, f"{len(missed)} of {len(asked)} missed\n{misses}"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("wespennest", "wasp_nest"),
        ("Wéspennést!!", "wasp_nest"),
        ("wespenest", "wasp_nest"),  # a letter left out
        ("wepsennest", "wasp_nest"),  # two swapped
        ("wespen nest", "wasp_nest"),  # written apart
        ("cvketel lekt", "boiler_leaks"),  # written as one
        ("thermostaad kapot", "thermostat_broken"),  # by ear
        ("slaapkamerschimmel", "room_mould"),  # a compound that nobody wrote down
        ("elevator doesn’t work", "lift_stuck"),  # English on a Dutch page
    ],
)
def test_words_are_found_however_they_are_written(words, first):
    assert find(words)[0] == first


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_language_of_the_words_may_be_another_than_that_of_the_page(language):
    assert find("the toilet won't flush", language=language)[0] == "toilet_runs_on"
    assert find("de voordeur klemt", language=language)[0] == "front_door_jams"


def test_words_that_say_nothing_find_nothing():
    assert find("ik heb een probleem met mijn") == []
    assert find("") == []
    assert find("qqqqqq") == []


def test_what_fits_much_less_than_the_best_is_not_shown():
    assert find("niet") != []
    assert find("wespennest niet") == ["wasp_nest"]


def test_only_as_many_as_asked_for_are_found():
    assert find("lekt", limit=2) == find("lekt")[:2]
    assert len(find("lekt")) == 8


def test_only_problems_of_the_places_are_found():
    everywhere = find("lamp kapot")

    in_the_toilet = find("lamp kapot", places={"toilet"})

    assert everywhere[0] != "toilet_light_broken"
    assert in_the_toilet[0] == "toilet_light_broken"
    assert {catalogues.current().get(key).place.key for key in in_the_toilet} == {"toilet"}
    assert find("lamp kapot", places=set()) == []


def test_equals_stay_in_the_order_of_the_catalogue():
    same = {"problem_nl": "De flubber flabbert", "words_nl": "", "thing": "other"}
    sheets = problems({"key": "kitchen_tiles_loose", **same}, {"key": "kitchen_tap_drips", **same})

    found = find("flubber", version=publish(sheets))

    assert found == ["kitchen_tap_drips", "kitchen_tiles_loose"]


def test_a_synonym_of_the_corporation_is_used_from_the_next_search_on():
    before = find("piepding")

    SearchSynonym.objects.create(language="nl", word="Piëpding!", means="rookmelder piept")

    assert before == []
    assert find("mijn piep ding")[0] == find("piepdingen")[0] == find("piepding")[0] == "smoke_alarm_beeps"


@pytest.mark.parametrize("word", ["!!!", "vijf woorden is te veel"])
def test_a_synonym_that_could_never_be_found_is_refused(word):
    with pytest.raises(ValidationError) as refused:
        SearchSynonym(language="nl", word=word, means="kraan").full_clean()

    assert list(refused.value.message_dict) == ["word"]


def test_the_same_synonym_written_otherwise_is_refused():
    SearchSynonym.objects.create(language="nl", word="piepding", means="rookmelder")

    with pytest.raises(ValidationError):
        SearchSynonym(language="nl", word="Piëpding!", means="rookmelder").full_clean()


def test_a_synonym_that_is_taken_away_is_not_used_any_more():
    SearchSynonym.objects.create(language="nl", word="piepding", means="rookmelder piept").delete()

    assert find("piepding") == []


def test_a_draft_is_not_found_and_what_it_became_is():
    sheets = problems({"key": "kitchen_tap_drips", "problem_nl": "De flubber flabbert"})
    draft = services.make_version(by=None, at=timezone.now(), sheets=sheets)

    before = find("flubber", version=draft.pk)
    services.publish(draft.pk, by=None, at=timezone.now())

    assert before == []
    assert find("flubber", version=draft.pk) == find("flubber") == ["kitchen_tap_drips"]


def test_an_older_version_is_searched_for_as_long_as_somebody_reports_in_it():
    first = CatalogueVersion.objects.get()
    draft = DraftFactory(catalogue=first)
    DraftFactory(catalogue=None)
    second, third = publish(catalogue.shipped_sheets()), publish(catalogue.shipped_sheets())

    fourth = publish(catalogue.shipped_sheets())

    assert set(SearchWord.objects.values_list("version", flat=True)) == {first.pk, third, fourth}
    assert find("wespennest", version=draft.catalogue_id) == ["wasp_nest"]
    assert find("wespennest", version=second) == []


@pytest.mark.parametrize(
    "words",
    [
        "' OR 1=1; DROP TABLE requests_searchword; --",
        "kraan & ! | :* <-> (lekt",
        "%s %(version)s %% {0} \\",
        "💧💧🚿 \U0001f6bd",
        "الصنبور يسرب الماء",
        "\u202eнет воды\u202c",
        "\x00kraan\x00",
        "\ud800 half a sign",
        "e" + "\u0301" * 5_000,
        "ﷺ" * 300,
        "a b c d e f g h",
        "_" * 500,
        "xk qv zj " * 50,
    ],
)
def test_any_text_is_safe(words, django_assert_max_num_queries):
    version = catalogues.current_version()

    with django_assert_max_num_queries(4):
        found = find(words, version=version)

    assert set(found) <= set(catalogues.tree(version).leaves)
    assert SearchWord.objects.exists()


def test_signs_between_the_words_do_not_matter():
    assert find("kraan\x00 & 'lekt' 💧 | :*") == find("kraan lekt") != []


def test_only_the_beginning_of_a_long_text_is_read():
    assert find("wespennest " + "verwarming " * 1_000)[0] == find("wespennest " + "verwarming " * 25)[0]
    assert find("wespennest" + " " * 10_000 + "verwarming") == ["wasp_nest"]


def test_shipped_synonyms_are_written_as_they_are_read_and_say_what_the_catalogue_knows():
    shipped = search.shipped_synonyms()

    meanings = {one.means for one in shipped}

    assert len({one.word for one in shipped}) >= 200
    assert [one.word for one in shipped if one.word != plain(one.word)] == []
    assert [one.word for one in shipped if len(one.word.split()) > LONGEST_PHRASE] == []
    assert [means for means in meanings if not find(means)] == []
    assert SearchSynonym.objects.count() == len(shipped)
