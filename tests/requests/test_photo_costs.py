"""What the largest photo of each kind that is accepted costs, measured in a process of its own."""

import json
import subprocess
import sys

import pytest
from PIL import Image

from . import odd_files

pytestmark = pytest.mark.long

MEASURED = """
import io, json, resource, sys, time
from requests import photos

photos.reencode(open("tests/data/phone-with-gps.heic", "rb"))
content = sys.stdin.buffer.read()
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    photo = photos.reencode(io.BytesIO(content))
    result = [photo.width, photo.height]
except photos.PhotoRefused as refusal:
    result = type(refusal).__name__
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seconds = time.process_time() - started
print(json.dumps({"result": result, "mib": (after - before) // 1024, "seconds": seconds}))
"""


def noise(width, height):
    grain = Image.effect_noise((256, 256), 60).resize((1024, 1024))
    picture = Image.new("L", (width, height))
    for x in range(0, width, 1024):
        for y in range(0, height, 1024):
            picture.paste(grain, (x, y))
    return picture.convert("RGB")


def jpeg_in_passes():
    return odd_files.saved(noise(5290, 5290), "JPEG", quality=50, subsampling=0, progressive=True)


def png_with_transparency():
    return odd_files.saved(odd_files.quarters(7000, 6000).convert("RGBA"), "PNG", compress_level=1)


LARGEST = {
    "JPEG": (lambda: odd_files.saved(noise(8660, 5770), "JPEG", quality=50), [2048, 1365]),
    "JPEG in passes": (jpeg_in_passes, [2048, 2048]),
    "PNG": (png_with_transparency, [2048, 1755]),
    "WebP": (lambda: odd_files.saved(odd_files.quarters(4032, 3024), "WEBP", method=0), [2048, 1536]),
    "HEIC": (lambda: (odd_files.DATA / "twenty-five-megapixels.heic").read_bytes(), [2048, 1537]),
    "a bomb": (lambda: odd_files.png_bomb(9_000, 9_000), "TooManyPixels"),
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_photo_of_a_kind_costs_two_seconds_and_200_mebibytes_at_most(settings, name):
    make, expected = LARGEST[name]

    command = [sys.executable, "-c", MEASURED]
    run = subprocess.run(command, input=make(), capture_output=True, check=True, cwd=settings.BASE_DIR, timeout=60)

    measured = json.loads(run.stdout)
    assert measured["result"] == expected
    assert measured["mib"] <= 200
    assert measured["seconds"] <= 2
