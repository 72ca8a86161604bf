"""What people type is words on paper too, and nothing else: no script, no link, no end of the text it stands in."""

import re
import zlib

import pytest

from requests.proof import Letter, pdf_of
from tests.factories import ServiceRequestFactory, TenancyFactory
from tests.test_hostile_text import BREAKOUTS, TAGS, TEMPLATES

pytestmark = [pytest.mark.django_db, pytest.mark.whole]

OF_PAPER = [
    "{nb}",
    ") Tj ET /OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
    "(open \\( \\) Tj \\",
    "endstream endobj 9 0 obj << /S /URI /URI (https://evil.example) >>",
    "<</AA <</O <</S /Launch /F (x.exe)>>>>>>",
    "**vet** __streep__ [klik](https://evil.example)",
    "https://evil.example/inloggen",
]
HANDFUL = [*OF_PAPER, TAGS[0], BREAKOUTS[0], BREAKOUTS[7], *TEMPLATES[:2], *TEMPLATES[6:9]]
RUNS_OR_LEADS_AWAY = {"JavaScript", "JS", "URI", "Launch", "AA", "Annots", "AcroForm", "EmbeddedFile", "SubmitForm"}
STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)


def paper(words):
    """The proof of a report with these words wherever a tenant has some."""
    tenancy = TenancyFactory(tenant__name=words, dwelling__street=words, dwelling__city=words)
    report = ServiceRequestFactory(reported_by=tenancy.tenant, dwelling=tenancy.dwelling).reports.get()
    report.text = words
    report.answers = [{"question_nl": "Wat?", "question_en": "What?", "answer_nl": words, "answer_en": words}]
    return pdf_of(report)[1]


def names(pdf):
    """What the document is made of: /Page, /Font and so on."""
    return {name.decode() for name in re.findall(rb"/([A-Za-z]+)", STREAM.sub(b"", pdf))}


def drawn(pdf):
    """The signs that are drawn, but for spaces, as a reader copies them."""
    streams = [unpacked(stream) for stream in STREAM.findall(pdf)]
    fonts = [signs_of(stream) for stream in streams if b"beginbfchar" in stream]
    found, font = "", {}
    for number, text in re.findall(rb"/F(\d) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", b"\n".join(streams), re.DOTALL):
        if number:
            font = fonts[int(number) - 1]
        else:
            codes = re.sub(rb"\\(.)", lambda sign: {b"r": b"\r"}.get(sign[1], sign[1]), text, flags=re.DOTALL)
            found += "".join(font[codes[at : at + 2].hex()] for at in range(0, len(codes), 2))
    return squeezed(found)


def unpacked(stream):
    return zlib.decompress(stream) if stream.startswith(b"\x78") else stream


def signs_of(stream):
    return {code.decode().lower(): chr(int(sign, 16)) for code, sign in re.findall(rb"<(\w{4})> <(\w{4})>\n", stream)}


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("payload", HANDFUL, ids=range(len(HANDFUL)))
def test_hostile_words_are_words_on_paper(payload):
    pdf = paper(payload)

    assert names(pdf) == names(paper("gewone woorden"))
    assert names(pdf) & RUNS_OR_LEADS_AWAY == set()
    assert drawn(pdf).count(squeezed(payload)) >= 3  # whose it is, what they said, and the answer


def test_what_leads_away_from_paper_would_be_seen():
    letter = Letter("nl")
    letter.add_page()
    letter.cell(text="klik", link="https://evil.example")

    assert names(bytes(letter.output())) & RUNS_OR_LEADS_AWAY == {"Annots", "URI"}
