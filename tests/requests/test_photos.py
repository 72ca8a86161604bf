"""What people upload becomes a clean photo or is refused with a clear sentence; only pixels survive."""

import hashlib
import io
import threading
import warnings

import pytest
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from PIL import Image

from requests import photos

from . import odd_files
from .odd_files import BLUE, GREEN, RED, WHITE

pytestmark = pytest.mark.whole  # each file is another trick

REFUSED = [
    pytest.param(refusal, make, id=name) for refusal, files in odd_files.REFUSED.items() for name, make in files.items()
]
REENCODED = [pytest.param(make, id=name) for name, make in odd_files.REENCODED.items()]
SECRETS = [
    b"secret",
    b"script",
    b"php",
    b"EICAR",
    b"Exif",
    b"xmp",
    b"ICC_PROFILE",
    b"Photoshop",
    b"PK\x03\x04",
    b"%PDF",
]


def reencoded(content):
    return photos.reencode(io.BytesIO(content))


def opened(photo):
    return Image.open(io.BytesIO(photo.bytes))


def corners(picture):
    width, height = picture.size
    places = [(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)]
    return [picture.convert("RGB").getpixel((int(x * width), int(y * height))) for x, y in places]


def is_near(colours, expected):
    pairs = zip(sum(colours, ()), sum(expected, ()), strict=True)
    return all(abs(one - other) < 12 for one, other in pairs)


def markers(content):
    """The names of all segments of a JPEG, in order, and the bytes after its end."""
    found, at = [], 2
    while content[at + 1] != 0xDA:
        found.append(content[at + 1])
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return found, content[content.index(b"\xff\xd9", at) + 2 :]


def test_the_corpus_is_as_large_as_promised():
    assert len(REFUSED) + len(REENCODED) >= 100


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("make", REENCODED)
def test_an_odd_but_readable_photo_comes_out_as_nothing_but_pixels(make):
    photo = reencoded(make())

    picture = opened(photo)
    segments, behind = markers(photo.bytes)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (photo.width, photo.height))
    assert set(segments) == {0xE0, 0xDB, 0xC0, 0xC4}  # JFIF, tables, frame: no EXIF, profile or comment
    assert behind == b""
    assert [secret for secret in SECRETS if secret in photo.bytes] == []


@pytest.mark.parametrize(("refusal", "make"), REFUSED)
def test_what_is_no_good_photo_is_refused(refusal, make):
    content = make()

    with pytest.raises(photos.PhotoRefused) as refused:
        reencoded(content)

    assert type(refused.value).__name__ == refusal


@pytest.mark.parametrize(("refusal", "make"), REFUSED)
def test_refusing_does_not_depend_on_warnings_being_errors(refusal, make):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        with pytest.raises(photos.PhotoRefused) as refused:
            reencoded(make())

    assert type(refused.value).__name__ == refusal


def test_the_corpus_holds_what_must_disappear():
    """Otherwise the test above would prove nothing."""
    originals = b"".join(make.values[0]() for make in REENCODED)

    assert [secret for secret in SECRETS if secret not in originals] == []


def test_the_place_where_a_photo_was_taken_is_gone():
    before = Image.open(io.BytesIO(odd_files.jpeg(exif=odd_files.exif_with_gps()))).getexif()

    after = opened(reencoded(odd_files.jpeg(exif=odd_files.exif_with_gps()))).getexif()

    assert dict(before.get_ifd(0x8825)) != {}
    assert (dict(after), dict(after.get_ifd(0x8825))) == ({}, {})


UPRIGHT = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("make", [odd_files.jpeg, odd_files.png, odd_files.webp], ids=["JPEG", "PNG", "WebP"])
def test_a_photo_taken_with_a_turned_phone_comes_out_upright(make, orientation):
    photo = reencoded(make(exif=odd_files.exif_with_gps(orientation=orientation)))

    assert (photo.width, photo.height) == ((320, 240) if orientation < 5 else (240, 320))
    assert is_near(corners(opened(photo)), UPRIGHT[orientation])


def test_a_photo_of_an_iphone_comes_out_upright_and_in_colour():
    photo = reencoded(odd_files.heic())

    assert (photo.width, photo.height) == (240, 320)
    assert is_near(corners(opened(photo)), UPRIGHT[6])


@pytest.mark.parametrize(
    "name",
    [
        "a JPEG for print (CMYK)",
        "a PNG with a palette",
        "a PNG with transparency",
        "an animated PNG",
        "an animated WebP",
    ],
)
def test_colours_stay_and_holes_become_white(name):
    photo = reencoded(odd_files.REENCODED[name]())

    assert is_near(corners(opened(photo)), UPRIGHT[1])


def test_sixteen_bits_of_grey_stay_grey():
    photo = reencoded(odd_files.greyscale("I;16"))

    levels = [opened(photo).convert("L").getpixel((160, y)) for y in (5, 120, 235)]
    assert [round(level / 60) for level in levels] == [0, 2, 4]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((4000, 3000), (2048, 1536)),
        ((3000, 4500), (1365, 2048)),
        ((2048, 100), (2048, 100)),
        ((9000, 40), (2048, 9)),
    ],
)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_the_longest_side_is_2048_pixels_at_most(file_format, before, after):
    photo = reencoded(odd_files.saved(odd_files.quarters(*before), file_format))

    assert (photo.width, photo.height) == after
    assert is_near(corners(opened(photo)), UPRIGHT[1])


def test_a_photo_of_exactly_ten_megabytes_is_accepted():
    content = odd_files.jpeg()

    photo = reencoded(content + b"\0" * (photos.MOST_BYTES - len(content)))

    assert photo == reencoded(content)


def test_a_photo_carries_the_digest_and_type_of_what_is_stored():
    photo = reencoded(odd_files.png())

    assert (photo.sha256, photo.content_type) == (hashlib.sha256(photo.bytes).hexdigest(), "image/jpeg")


def test_cleaning_a_clean_photo_again_keeps_it_a_photo():
    photo = reencoded(odd_files.jpeg())

    again = reencoded(photo.bytes)

    assert (again.width, again.height) == (photo.width, photo.height)


@pytest.mark.parametrize(
    "name",
    ["lek.svg", "lek.jpg.html", "../../etc/passwd", "lek.php", "a" * 300 + ".jpg", "lek\0.jpg", "‮gpj.exe"],
)
@pytest.mark.parametrize("declared", ["text/html", "image/svg+xml", "application/octet-stream", "image/jpeg"])
def test_neither_name_nor_declared_type_matters(rf, name, declared):
    upload = uploaded(rf, name, declared, odd_files.jpeg())

    assert photos.reencode(upload) == reencoded(odd_files.jpeg())


@pytest.mark.parametrize("name", ["lek.jpg", "lek.jpeg", "lek.png", "lek.heic"])
def test_html_is_refused_whatever_it_is_called(rf, name):
    upload = uploaded(rf, name, "image/jpeg", odd_files.HTML)

    with pytest.raises(photos.NotAPhoto):
        photos.reencode(upload)


def uploaded(rf, name, declared, content):
    """`content` as Django's own upload handlers hand it to a view."""
    boundary = b"x" * 30
    body = (
        b'--%b\r\nContent-Disposition: form-data; name="photo"; filename="%b"\r\n'
        b"Content-Type: %b\r\n\r\n%b\r\n--%b--\r\n"
    )
    data = body % (boundary, name.encode(), declared.encode(), content, boundary)
    request = rf.generic("POST", "/", data, content_type=f"multipart/form-data; boundary={boundary.decode()}")
    files: MultiValueDict = request.FILES
    return files["photo"]


@pytest.mark.parametrize("refusal", photos.PhotoRefused.__subclasses__())
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_refusal_says_what_happened_what_was_kept_and_what_to_do(refusal, language):
    with translation.override(language):
        sentences = str(refusal()).split(". ")

    assert len(sentences) >= 3


def test_the_dutch_sentence_speaks_to_the_tenant_politely():
    with translation.override("nl"):
        sentence = str(photos.NotAPhoto())

    assert sentence == (
        "Wij kunnen dit bestand niet openen als foto. Daarom hebben wij het niet bewaard. "
        "Uw tekst en uw andere foto’s zijn wel bewaard. Kies een foto van het type JPEG, PNG, WebP of HEIC."
    )


def test_a_thumbnail_is_small_and_shows_the_same():
    photo = reencoded(odd_files.saved(odd_files.quarters(3000, 2000), "JPEG"))

    small = Image.open(io.BytesIO(photos.thumbnail(photo.bytes)))

    assert small.size == (400, 267)
    assert is_near(corners(small), UPRIGHT[1])


def test_a_thumbnail_of_a_damaged_file_is_refused():
    photo = reencoded(odd_files.saved(odd_files.quarters(3000, 2000), "JPEG"))

    with pytest.raises(photos.DamagedPhoto):
        photos.thumbnail(photo.bytes[:5000])


def test_at_most_two_photos_are_decoded_at_the_same_time():
    with photos._decoders, photos._decoders:
        third = threading.Thread(target=reencoded, args=[odd_files.jpeg()])
        third.start()
        third.join(timeout=0.3)
        waited = third.is_alive()
    third.join(timeout=10)

    assert (waited, third.is_alive()) == (True, False)


def test_a_refused_photo_gives_its_turn_to_the_next():
    for _ in range(3):
        with pytest.raises(photos.NotAPhoto):
            reencoded(odd_files.HTML)

    assert reencoded(odd_files.jpeg()).width == 320
