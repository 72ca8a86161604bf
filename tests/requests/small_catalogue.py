"""A small tree in which every kind of page occurs, and its publication."""

from requests import services
from requests.intake import catalogue
from tests.factories import NOON

PLACES = [("kitchen", "no", "no"), ("bathroom", "no", "no"), ("cellar", "no", "yes"), ("lift", "yes", "no")]
THINGS = ["tap", "drain", "cupboard", "gas", "boiler", "lift", "other"]
QUESTIONS = [
    {"key": "much", "kind": "yes_no", "raises": "yes", "required": "yes"},
    {"key": "which", "kind": "choice", "options_nl": "links|rechts", "options_en": "left|right", "required": "no"},
    {"key": "code", "kind": "text", "required": "no"},
]
# key, thing, urgency, paid_by, and what differs from the rest
PROBLEMS = {
    "kitchen": [
        ("tap_drips", "tap", "N", "law_d", {"cover": "plan", "price": "45", "guide": "Z06"}),
        ("tap_leaks", "tap", "U", "corporation", {"questions": "much which code", "causes": "BEW STO", "guide": "Z06"}),
        ("tap_worn", "tap", "N", "corporation", {"label": "De kraan is versleten"}),
        ("drain_blocked", "drain", "U", "law_n", {"cover": "drain"}),
        ("drain_smells", "drain", "N", "corporation", {"shared": "stack", "element_code": "AFV", "defect_code": "VS1"}),
        ("cupboard_broken", "cupboard", "P", "corporation", {}),
        ("gas_smell", "gas", "A", "corporation", {}),
        ("own_boiler", "boiler", "N", "third_party", {}),
        ("kitchen_other", "other", "N", "corporation", {}),
    ],
    "bathroom": [
        ("bath_tap_worn", "tap", "N", "corporation", {"label": "De kraan is versleten"}),
        ("no_hot_water", "boiler", "S", "corporation", {}),
        ("bathroom_other", "other", "N", "corporation", {}),
    ],
    "cellar": [("cellar_other", "other", "N", "corporation", {})],
    "lift": [
        ("lift_stuck", "lift", "S", "corporation", {"shared": "automatic"}),
        ("lift_noise", "lift", "U", "corporation", {"shared": "complex"}),
        ("lift_other", "other", "N", "corporation", {}),
    ],
}
CODES = {"kitchen": "KEU", "bathroom": "BAD", "cellar": "BER", "lift": "LIF"}


def sheets(problems=PROBLEMS):
    places = [row for row in PLACES if row[0] in problems]
    return {
        "places": [
            {"key": key, "communal": communal, "for_storage": storage, "icon": "home"}
            | _names(f"De {key}", f"The {key}")
            for key, communal, storage in places
        ],
        "things": [{"key": key, "icon": "tap"} | _names(f"Een {key}", f"A {key}") for key in THINGS],
        "questions": [
            {"question_nl": f"Vraag {row['key']}?", "question_en": f"Question {row['key']}?", "options_nl": "",
             "options_en": "", "raises": ""} | row
            for row in QUESTIONS
        ],
        "guides": [{"key": "Z06", "title_nl": "Een kraan", "title_en": "A tap"}],
        "steps": [{"guide": "Z06", "number": "1", "picture": "aerator", "text_nl": "Draai dicht.",
                   "text_en": "Close."}],
        "problems": [_problem(place, *row) for place, rows in problems.items() for row in rows],
    }  # fmt: skip


def publish(problems=PROBLEMS, *, at=NOON):
    """Put it in force; returns the version."""
    version = services.make_version(by=None, at=at, sheets=sheets(problems))
    return services.publish(version.pk, by=None, at=at)


def _names(dutch, english):
    return {"name_nl": dutch, "name_en": english}


def _problem(place, key, thing, urgency, paid_by, extra):
    label = extra.get("label", f"Er is iets met {key}")
    row = dict.fromkeys(catalogue.SHEETS["problems"], "") | {
        "key": key,
        "place": place,
        "thing": thing,
        "location_code": CODES[place],
        "element_code": "WAT",
        "defect_code": "DRP",
        "category": "water",
        "trade": "LOO",
        "urgency": urgency,
        "paid_by": paid_by,
        "shared": "no",
        "problem_nl": label,
        "problem_en": f"Something about {key}",
        "hint_nl": "Bel {phone}.",
        "hint_en": "Call {phone}.",
    }
    return row | {name: value for name, value in extra.items() if name != "label"}
