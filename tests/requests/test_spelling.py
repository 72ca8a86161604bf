import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests.intake.spelling import distance, likeness, plain, sound, telling, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("De wc-bril is stúk, één!", ["de", "wc", "bril", "is", "stuk", "een"]),
        ("It doesn’t work", ["it", "doesnt", "work"]),
        ("ﬁets_pomp 💧", ["fiets", "pomp"]),
        ("x" * 100, ["x" * 40]),
        (" \x00\u202e ", []),
    ],
)
def test_a_text_is_read_as_plain_words(text, words):
    assert words_of(text) == words


def test_what_says_nothing_is_left_out():
    assert telling("Ik heb een probleem: de kraan lekt niet!") == ["kraan", "lekt", "niet"]


@given(st.text())
def test_any_text_can_be_read_and_reading_it_again_changes_nothing(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("", "kraan", 5),
        ("kraan", "kraan", 0),
        ("kran", "kraan", 1),
        ("karan", "kraan", 1),
        ("abc", "xyz", 3),
    ],
)
def test_slips_are_counted(one, other, slips):
    assert distance(one, other) == distance(other, one) == slips


@pytest.mark.parametrize(
    ("one", "other"), [("kosein", "kozijn"), ("verstopd", "verstopt"), ("elektra", "electra"), ("vauten", "fouten")]
)
def test_spellings_of_one_sound_are_the_same(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("typed", "meant", "how"),
    [
        ("lampjes", "lamp", 0.9),  # another form
        ("kosein", "kozijn", 0.9),
        ("karan", "kraan", 0.6),
        ("lek", "dek", 0.0),  # too short to be a slip
        ("radiator", "riolering", 0.0),
    ],
)
def test_one_word_may_be_meant_by_another(typed, meant, how):
    assert likeness(typed, meant) == pytest.approx(how)
