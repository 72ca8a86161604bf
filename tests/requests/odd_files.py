"""Files as people, phones and attackers send them; made here, so that each one says what is odd about it."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image, PngImagePlugin

DATA = Path(__file__).parent.parent / "data"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<!doctype html><script>alert('secret')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert("secret")</script></svg>'
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)


def quarters(width=320, height=240):
    """Red and green above blue and white, so that a turn or a wrong colour shows."""
    picture = Image.new("RGB", (width, height), WHITE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    return picture


def saved(picture, file_format, **options):
    content = io.BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()


def jpeg(**options):
    return saved(quarters(), "JPEG", **options)


def png(**options):
    return saved(quarters(), "PNG", **options)


def webp(**options):
    return saved(quarters(), "WEBP", **options)


def exif_with_gps(orientation=1):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "secret-maker", "secret-camera", orientation
    exif[0x8825] = {1: "N", 2: (52.0, 22.0, 12.5), 3: "E", 4: (4.0, 53.0, 42.0), 29: "2026:11:23"}
    return exif.tobytes()


def segment(marker, content):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg_with(*segments):
    """A JPEG with extra segments directly after its start."""
    plain = jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_with(*chunks):
    """A PNG with extra chunks after its header."""
    plain = png()
    return plain[:33] + b"".join(chunks) + plain[33:]


def png_header(width, height, *, bits=8, colour=2):
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def png_bomb(width, height):
    """Few bytes that unpack to width x height black pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + width * 3)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_header(width, height) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def png_with_text_bomb():
    packed = zlib.compress(b"A" * 50_000_000, 9)
    return png_with(chunk(b"zTXt", b"Comment\0\0" + packed))


def png_with_profile_bomb():
    packed = zlib.compress(b"A" * 50_000_000, 9)
    return png_with(chunk(b"iCCP", b"profile\0\0" + packed))


def jpeg_that_claims(width, height):
    plain = jpeg()
    at = plain.index(b"\xff\xc0")
    return plain[: at + 5] + struct.pack(">HH", height, width) + plain[at + 9 :]


def jpeg_of_a_thousand_passes():
    plain = jpeg(progressive=True)
    start = plain.rindex(b"\xff\xda")
    header = plain[start : start + 2 + struct.unpack(">H", plain[start + 2 : start + 4])[0]]
    return plain[:-2] + (header + b"\0\0") * 1000 + b"\xff\xd9"


def webp_that_claims(width, height):
    plain = bytearray(saved(quarters(), "WEBP", lossless=False))
    at = plain.index(b"\x9d\x01\x2a") + 3
    plain[at : at + 4] = struct.pack("<HH", width, height)
    return bytes(plain)


def heic():
    return (DATA / "phone-with-gps.heic").read_bytes()


def heic_that_claims(width, height):
    plain = bytearray((DATA / "twenty-five-megapixels.heic").read_bytes())
    at = plain.index(b"ispe") + 8
    plain[at : at + 8] = struct.pack(">II", width, height)
    return bytes(plain)


def archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../secret.html", HTML * 1000)
    return content.getvalue()


def pdf():
    return b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n%%EOF"


def animated(file_format, **options):
    pictures = [quarters().rotate(angle) for angle in (90, 180, 270)]
    return saved(quarters(), file_format, save_all=True, append_images=pictures, duration=100, **options)


def two_pictures_in_one():
    return saved(quarters(), "MPO", save_all=True, append_images=[quarters().rotate(180)])


def png_with_secrets():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "secret")
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>secret</x:xmpmeta>", zip=True)
    return png(pnginfo=texts, exif=exif_with_gps(), icc_profile=b"secret" * 100)


def greyscale(mode):
    levels = Image.linear_gradient("L").resize((320, 240))
    if mode == "I;16":
        return saved(
            Image.frombytes("I;16", levels.size, b"".join(b"\0" + bytes([v]) for v in levels.tobytes())),
            "PNG",
        )
    return saved(levels.convert(mode), "PNG")


def seen_through():
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (160, 120, 320, 240))
    return picture


REENCODED = {
    "an ordinary JPEG": jpeg,
    "an ordinary PNG": png,
    "an ordinary WebP": webp,
    "a WebP without loss": lambda: webp(lossless=True),
    "HEIC with GPS": heic,
    "JPEG with EXIF and GPS": lambda: jpeg(exif=exif_with_gps()),
    "PNG with EXIF, XMP, text and a profile": png_with_secrets,
    "WebP with EXIF and XMP": lambda: webp(exif=exif_with_gps(), xmp=b"<x:xmpmeta>secret</x:xmpmeta>"),
    "JPEG with a colour profile": lambda: jpeg(icc_profile=b"secret" * 100),
    "JPEG with a comment": lambda: jpeg(comment=b"secret " + HTML),
    "JPEG with XMP": lambda: jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<secret/>")),
    "JPEG with an IPTC caption": lambda: jpeg_with(segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x06secret")),
    "JPEG with broken EXIF": lambda: jpeg_with(segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xffsecret")),
    "JPEG with EXIF of zeros": lambda: jpeg_with(segment(0xE1, b"Exif\0\0" + b"\0" * 60)),
    "JPEG with an orientation of 99": lambda: jpeg(exif=exif_with_gps(orientation=99)),
    "JPEG with PHP in a comment": lambda: jpeg(comment=b"<?php system($_GET['secret']); ?>"),
    "JPEG with EICAR in a comment": lambda: jpeg(comment=EICAR),
    "JPEG followed by HTML": lambda: jpeg() + HTML,
    "JPEG followed by EICAR": lambda: jpeg() + EICAR,
    "JPEG followed by an archive": lambda: jpeg() + archive(),
    "JPEG followed by PDF": lambda: jpeg() + pdf(),
    "JPEG followed by JPEG": lambda: jpeg() + jpeg(exif=exif_with_gps()),
    "JPEG that is JavaScript too": lambda: jpeg_with(segment(0xFE, b"*/=alert('secret');/*")),
    "PNG followed by HTML": lambda: png() + HTML,
    "PNG followed by an archive": lambda: png() + archive(),
    "PNG with a chunk of HTML": lambda: png_with(chunk(b"teXt", HTML)),
    "WebP followed by HTML": lambda: webp() + HTML,
    "two pictures in one JPEG": two_pictures_in_one,
    "an animated PNG": lambda: animated("PNG"),
    "an animated WebP": lambda: animated("WEBP"),
    "a progressive JPEG": lambda: jpeg(progressive=True),
    "a JPEG for print (CMYK)": lambda: saved(quarters().convert("CMYK"), "JPEG"),
    "a grey JPEG": lambda: saved(quarters().convert("L"), "JPEG"),
    "a PNG of black and white": lambda: greyscale("1"),
    "a PNG of 16 bits": lambda: greyscale("I;16"),
    "a grey PNG with transparency": lambda: greyscale("LA"),
    "a PNG with transparency": lambda: saved(seen_through(), "PNG"),
    "a WebP with transparency": lambda: saved(seen_through(), "WEBP", lossless=True),
    "a PNG with a palette": lambda: saved(quarters().quantize(8), "PNG"),
    "a PNG with a palette and a hole": lambda: saved(quarters().quantize(8), "PNG", transparency=0),
    "a PNG with a transparent colour": lambda: png(transparency=RED),
    "one pixel": lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
    "one pixel high": lambda: saved(Image.new("RGB", (30_000, 1)), "PNG"),
    "one pixel wide": lambda: saved(Image.new("RGB", (1, 30_000)), "JPEG"),
    **{f"orientation {n}": lambda n=n: jpeg(exif=exif_with_gps(orientation=n)) for n in range(1, 9)},
}

REFUSED = {
    "NotAPhoto": {
        "nothing at all": lambda: b"",
        "one byte": lambda: b"\xff",
        "only the first bytes of a JPEG": lambda: b"\xff\xd8\xff",
        "only the first bytes of a PNG": lambda: b"\x89PNG\r\n\x1a\n",
        "SVG": lambda: SVG,
        "SVG after a declaration": lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "y">]>' + SVG,
        "HTML": lambda: HTML,
        "HTML with a JPEG inside": lambda: HTML + jpeg(),
        "EICAR": lambda: EICAR,
        "PHP after GIF89a": lambda: b"GIF89a<?php system('id'); ?>",
        "JavaScript after GIF89a": lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=alert(1)",
        "GIF": lambda: saved(quarters().quantize(8), "GIF"),
        "an animated GIF": lambda: animated("GIF"),
        "BMP": lambda: saved(quarters(), "BMP"),
        "TIFF": lambda: saved(quarters(), "TIFF"),
        "ICO": lambda: saved(quarters(), "ICO"),
        "PPM": lambda: saved(quarters(), "PPM"),
        "TGA": lambda: saved(quarters(), "TGA"),
        "JPEG 2000": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 100,
        "EPS": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(id) %pipe% run",
        "PSD": lambda: b"8BPS\0\x01" + b"\0" * 100,
        "PDF": pdf,
        "an archive": archive,
        "a Windows program": lambda: b"MZ" + b"\0" * 200,
        "a Linux program": lambda: b"\x7fELF" + b"\0" * 200,
        "a video": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 200,
        "HEIC of which only the name is right": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200,
        "WebP of which only the name is right": lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\0" * 200,
        "half a HEIC": lambda: heic()[: len(heic()) // 2],
        "text": "Geachte heer, mevrouw, de kraan lekt.".encode,
        "zeros": lambda: b"\0" * 100_000,
        "a JPEG after a line break": lambda: b"\n" + jpeg(),
        "a PNG of which the first chunk is broken": lambda: png()[:20] + b"\0\0\0\0" + png()[24:],
        "a PNG with a bomb in its text": png_with_text_bomb,
        "a PNG of no size": lambda: png_header(0, 0) + chunk(b"IEND", b""),
        "a JPEG of no size": lambda: jpeg_that_claims(0, 0),
    },
    "DamagedPhoto": {
        "half a JPEG": lambda: jpeg()[: len(jpeg()) // 2],
        "half a PNG": lambda: png()[: len(png()) // 2],
        "a JPEG without pixels": lambda: jpeg()[: jpeg().index(b"\xff\xda") + 14],
        "a PNG without pixels": lambda: png_header(100, 100) + chunk(b"IEND", b""),
        "a PNG of which the last pixels are broken": lambda: png()[:-60] + b"secret" * 8 + png()[-12:],
        "a PNG with broken pixels": lambda: png_header(100, 100) + chunk(b"IDAT", b"secret") + chunk(b"IEND", b""),
        "a PNG with too few pixels": lambda: png_header(1000, 1000) + chunk(b"IDAT", zlib.compress(b"\0" * 99)),
        "a JPEG of a thousand passes": jpeg_of_a_thousand_passes,
        "a HEIC that says it is small": lambda: heic_that_claims(100, 100),
    },
    "TooManyPixels": {
        "a PNG of 50,000 x 50,000": lambda: png_header(50_000, 50_000) + chunk(b"IDAT", b""),
        "a PNG of 2,000,000,000 x 1": lambda: png_header(2_000_000_000, 1) + chunk(b"IDAT", b""),
        "a JPEG of 65,000 x 65,000": lambda: jpeg_that_claims(65_000, 65_000),
        "a JPEG just too large": lambda: jpeg_that_claims(10_000, 5_001),
        "a WebP of 16,383 x 16,383": lambda: webp_that_claims(16_383, 16_383),
        "a HEIC of 50,000 x 50,000": lambda: heic_that_claims(50_000, 50_000),
        "a PNG bomb of 81 megapixels": lambda: png_bomb(9_000, 9_000),
    },
    "PhotoTooLarge": {
        "a JPEG with 10 MB behind it": lambda: jpeg() + b"\0" * (10 * 1024 * 1024),
        "11 MB of nothing": lambda: b"\0" * (11 * 1024 * 1024),
    },
}
