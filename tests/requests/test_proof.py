"""The proof of a report: the same on the screen, on paper and with the mail, for whoever made it."""

import io

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from requests import services
from requests.models import Attachment, Report
from requests.proof import LINE, Letter, pdf_of, proof_of, proof_pdf
from requests.proof.document import _picture
from tenants.notifications import attachments, delivery
from tenants.notifications.models import Notification
from tests.factories import NOON, DraftFactory, ServiceRequestFactory, TenancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    tenancy = TenancyFactory(tenant__name="Mevrouw Ş. van der Ğzel")
    report = ServiceRequestFactory(reported_by=tenancy.tenant, dwelling=tenancy.dwelling).reports.get()
    report.text = "De kraan druppelt 😀\n<script>alert(1)</script>"
    report.answers = [
        {"question_nl": "Enige kraan?", "question_en": "Only tap?", "answer_nl": "Ja", "answer_en": "Yes"}
    ]
    report.save()
    return report


@pytest.fixture
def photo(report):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    photo = Attachment(report=report, width=40, height=30, bytes=9, sha256="ab" * 32, at=NOON)
    photo.image.save("photo.jpg", ContentFile(picture.getvalue()), save=False)
    photo.save()
    yield photo
    photo.image.delete(save=False)


def test_it_says_who_when_where_and_what(report):
    proof = proof_of(report)

    assert proof.intro == (
        "Op maandag 2 maart 2026 om 12:00 uur deed u een melding bij Woonstichting De Linde. Dit vertelde u ons."
    )
    assert proof.address[0] == "Mevrouw Ş. van der Ğzel"
    assert dict(proof.facts) == {
        "Nummer": report.service_request.reference,
        "Gemeld": "maandag 2 maart 2026, 12:00",
        "Via": "portaal",
        "Waar": report.tenancy.dwelling.address,
        "Wat": "Keuken: De kraan druppelt",
        "Enige kraan?": "Ja",
    }
    assert proof.promise == (
        "U hoort uiterlijk op woensdag 4 maart 2026 van ons.",
        "Wij willen het uiterlijk op maandag 16 maart 2026 hebben opgelost.",
    )


def test_what_the_landlord_must_repair_says_when_six_weeks_are_over(report):
    assert "Is het op maandag 13 april 2026 niet hersteld?" in proof_of(report).rights[1]


def test_what_the_tenant_pays_says_nothing_of_the_law(report):
    report.service_request.payer = "tenant"

    assert proof_of(report).rights == ()


def test_it_is_in_english_for_who_reads_english(report):
    proof = proof_of(report, language="en")

    assert (proof.title, dict(proof.facts)["Only tap?"], proof.filename) == (
        "Proof of your report", "Yes", f"proof-{report.service_request.reference}.pdf",
    )  # fmt: skip


def test_the_same_report_makes_the_same_document(report, photo):
    assert pdf_of(report) == pdf_of(report)


def test_a_photo_that_is_gone_leaves_its_fingerprint(report, photo):
    with_picture = pdf_of(report)[1]
    photo.image.storage.delete(photo.image.name)

    without = pdf_of(report)[1]

    assert len(without) < len(with_picture)
    assert proof_of(report).photos[0].sha256 == "ab" * 32


def test_very_long_words_go_on_on_the_next_page(report):
    report.text = "woord " * 330 + "\n" * 100

    assert pdf_of(report)[1].startswith(b"%PDF")


def test_what_is_usual_fits_on_one_page(report):
    assert pdf_of(report)[1].count(b"/Type /Page\n") == 1


def test_a_name_too_long_for_the_window_goes_on_on_the_next_line():
    ends = []

    for name in ("Mevrouw De Vries", "Mevrouw Wilhelmina Johanna van der Spek-Oudshoorn van Nieuwenhuizen", "Ik " * 99):
        letter = Letter("nl")
        letter.add_page()
        letter.head([name, "Beukenhof 1", "1234 AB  Lindendam"], "maandag 2 maart 2026")
        ends.append(letter.get_y())
        letter.output()  # closes its fonts

    assert ends[0] == ends[1]  # the date stands where it always stands
    assert ends[2] > ends[1]  # and never over the address


@pytest.mark.parametrize(("label", "value"), [("Nummer", "woord " * 60), ("Welke kraan druppelt er? " * 6, "Ja")])
def test_a_fact_takes_as_much_room_as_the_longer_of_what_stands_beside_each_other(label, value):
    letter = Letter("nl")
    letter.add_page()
    letter.set_y(200)

    letter.fact("Kort", "Kort")
    after_one_line = letter.get_y()
    letter.fact(label, value)
    end = letter.get_y()
    letter.output()  # closes its fonts

    assert after_one_line == 200 + LINE + 1
    assert (end - after_one_line - 1) / LINE > 4


@pytest.mark.parametrize("text", ["woord " * 60, "onafgebroken" * 25, "kort " + "lang" * 40 + " kort", "", "één"])
def test_lines_fit_and_no_letter_is_lost(text):
    letter = Letter("nl")
    letter.add_page()

    lines = letter._lines(text, 60)
    widest = max(letter.get_string_width(line) for line in lines)
    letter.output()  # closes its fonts

    assert widest <= 60 - 2 * letter.c_margin
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_street_is_broken_at_a_hyphen():
    letter = Letter("nl")
    letter.add_page()

    lines = letter._lines("Burgemeester-van-Spaarndammer-Wilgenrooslaan 1", 80)
    letter.output()  # closes its fonts

    assert lines == ["Burgemeester-van-Spaarndammer-", "Wilgenrooslaan 1"]


@pytest.mark.parametrize(
    ("size", "width", "height"), [((2000, 1000), 75, 37.5), ((1000, 1000), 60, 60), ((500, 1000), 30, 60)]
)
def test_a_photo_is_as_high_as_it_is_and_no_more(photo, size, width, height):
    with photo.image.storage.open(photo.image.name, "wb") as file:
        Image.new("RGB", size).save(file, "JPEG")

    picture, *on_paper = _picture(photo)

    assert picture is not None
    assert on_paper == pytest.approx([width, height])


@pytest.mark.parametrize("top", [200, 230, 245, 255, 270])
def test_a_fact_that_does_not_fit_begins_on_the_next_page(top):
    letter = Letter("nl")
    letter.add_page()
    letter.set_y(top)

    letter.fact("Nummer", "woord " * 60)
    height = letter.get_y() - top if letter.page == 1 else letter.get_y() - letter.t_margin
    page, room = letter.page, letter.page_break_trigger - top
    letter.output()  # closes its fonts

    assert height == 7 * LINE + 1
    assert page == (1 if room >= 7 * LINE else 2)


def test_whoever_reported_reads_and_downloads_it(client, report, photo):
    client.force_login(report.tenant.user)
    reference = report.service_request.reference

    page = client.get(reverse("requests:proof", args=[reference]))
    paper = client.get(reverse("requests:proof_pdf", args=[reference]))

    assert photo.sha256 in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()
    assert (paper["Content-Type"], paper["Content-Disposition"], paper["Cache-Control"]) == (
        "application/pdf", f'attachment; filename="bewijs-{reference}.pdf"', "private, no-store",
    )  # fmt: skip
    assert paper.content == pdf_of(report)[1]


def test_a_neighbour_on_the_same_case_gets_their_own(client, report):
    neighbour = TenancyFactory()
    Report.objects.create(
        service_request=report.service_request,
        tenant=neighbour.tenant,
        tenancy=neighbour,
        text="Bij mij ook.",
        source="portal",
        at=NOON,
    )
    client.force_login(neighbour.tenant.user)

    page = client.get(reverse("requests:proof", args=[report.service_request.reference])).content.decode()

    assert "Bij mij ook." in page
    assert "De kraan druppelt 😀" not in page


def test_the_confirmation_carries_it(settings):
    draft = DraftFactory()
    services.submit(draft.pk, tenant=draft.tenant, at=timezone.now())

    delivery.deliver_due(now=timezone.now)

    (letter,) = mail.outbox
    ((filename, content, content_type),) = letter.attachments
    report = Report.objects.get()
    assert (filename, content_type) == (f"bewijs-{report.service_request.reference}.pdf", "application/pdf")
    assert content == proof_pdf(str(report.pk)).content


def test_a_mail_whose_paper_cannot_be_made_goes_without_it(caplog):
    draft = DraftFactory()
    services.submit(draft.pk, tenant=draft.tenant, at=timezone.now())
    Notification.objects.update(attaches="proof:0")

    delivery.deliver_due(now=timezone.now)

    assert [letter.attachments for letter in mail.outbox] == [[]]
    assert "could not be made" in caplog.text
    assert attachments.made("nothing:1") is None
