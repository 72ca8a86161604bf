"""Small drawings that stand for tenants' photos: a tap, a radiator, a boiler, a window, a mouldy corner, a door.

Drawn with Pillow from nothing, so that the demo ships no photo of anybody's home.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 900)
_TWICE = 2  # drawn large and made smaller: smooth edges
Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


class Sheet:
    """A drawing in the coordinates of the finished picture."""

    def __init__(self, top: Colour, bottom: Colour) -> None:
        width, height = SIZE[0] * _TWICE, SIZE[1] * _TWICE
        ramp = Image.linear_gradient("L").resize((1, height))
        column = Image.composite(Image.new("RGB", ramp.size, bottom), Image.new("RGB", ramp.size, top), ramp)
        self.image = column.resize((width, height), Image.Resampling.NEAREST)
        self.pen = ImageDraw.Draw(self.image)

    def box(self, box: Box, fill: Colour, *, radius: float = 0, outline: Colour | None = None, width: int = 0) -> None:
        self.pen.rounded_rectangle(_scaled(box), radius * _TWICE, fill=fill, outline=outline, width=width * _TWICE)

    def oval(self, box: Box, fill: Colour, outline: Colour | None = None, width: int = 0) -> None:
        self.pen.ellipse(_scaled(box), fill=fill, outline=outline, width=width * _TWICE)

    def line(self, points: list[tuple[float, float]], fill: Colour, width: int) -> None:
        self.pen.line([(x * _TWICE, y * _TWICE) for x, y in points], fill=fill, width=width * _TWICE, joint="curve")

    def shape(self, points: list[tuple[float, float]], fill: Colour) -> None:
        self.pen.polygon([(x * _TWICE, y * _TWICE) for x, y in points], fill=fill)

    def soft(self, draw: Callable[[ImageDraw.ImageDraw], None], colour: Colour, *, strength: int, blur: float) -> None:
        """Something with soft edges: a shadow, a stain, light."""
        small = Image.new("L", (SIZE[0] // 2, SIZE[1] // 2), 0)
        draw(ImageDraw.Draw(small))
        mask = small.filter(ImageFilter.GaussianBlur(blur / 2)).point(lambda value: value * strength // 255)
        self.image.paste(colour, mask=mask.resize(self.image.size, Image.Resampling.BILINEAR))
        self.pen = ImageDraw.Draw(self.image)

    def shadow(self, box: Box, *, blur: float = 24, strength: int = 110) -> None:
        x0, y0, x1, y1 = (value / 2 for value in box)
        self.soft(
            lambda pen: pen.rounded_rectangle((x0, y0, x1, y1), 12, fill=255),
            (40, 44, 50),
            strength=strength,
            blur=blur,
        )

    def drop(self, x: float, y: float, size: float) -> None:
        blue, light = (74, 144, 200), (190, 224, 246)
        self.shape([(x, y - size * 2.3), (x - size * 0.9, y - size * 0.44), (x + size * 0.9, y - size * 0.44)], blue)
        self.oval((x - size, y - size, x + size, y + size), blue)
        self.oval((x - size * 0.55, y - size * 0.3, x - size * 0.1, y + size * 0.4), light)

    def jpeg(self) -> bytes:
        content = io.BytesIO()
        self.image.reduce(_TWICE).save(content, "JPEG", quality=88)
        return content.getvalue()


def _scaled(box: Box) -> list[float]:
    return [value * _TWICE for value in box]


def _tiles(sheet: Sheet, *, size: int, joint: Colour, until: int = 900) -> None:
    for x in range(-40, SIZE[0], size):
        sheet.line([(x, 0), (x, until)], joint, 5)
    for y in range(30, until, size):
        sheet.line([(0, y), (SIZE[0], y)], joint, 5)


def tap() -> bytes:
    sheet = Sheet((233, 238, 236), (214, 222, 220))
    _tiles(sheet, size=170, joint=(202, 211, 209), until=620)
    sheet.box((0, 620, 1200, 900), (122, 112, 102))
    sheet.shadow((230, 650, 990, 860), blur=40)
    sheet.box((240, 640, 980, 900), (196, 203, 208), radius=36, outline=(226, 231, 234), width=10)
    sheet.box((300, 690, 920, 900), (163, 172, 179), radius=30)
    sheet.shadow((590, 240, 700, 640), blur=30)
    _spout(sheet)
    for y, size in ((520, 17), (610, 13), (716, 15)):
        sheet.drop(402, y, size)
    sheet.oval((362, 742, 444, 764), (126, 178, 214))
    return sheet.jpeg()


def _spout(sheet: Sheet) -> None:
    dark, steel, light = (108, 117, 125), (168, 177, 184), (226, 231, 235)
    for width, colour in ((86, dark), (70, steel), (18, light)):
        for turn in range(181):  # many round dots: a line with joints shows its corners
            x, y = 510 + 110 * math.cos(math.radians(turn)), 330 - 130 * math.sin(math.radians(turn))
            sheet.oval((x - width / 2, y - width / 2, x + width / 2, y + width / 2), colour)
        sheet.line([(620, 640), (620, 330)], colour, width)
        sheet.line([(400, 330), (400, 420)], colour, width)
    sheet.box((356, 410, 446, 468), steel, radius=10, outline=dark, width=6)
    sheet.box((560, 585, 680, 645), steel, radius=14, outline=dark, width=6)
    sheet.box((668, 470, 850, 520), steel, radius=24, outline=dark, width=6)
    sheet.oval((812, 450, 882, 540), (198, 64, 58), outline=dark, width=6)


def radiator() -> bytes:
    sheet = Sheet((238, 231, 219), (226, 217, 202))
    sheet.box((0, 735, 1200, 900), (158, 122, 88))
    for x in range(-100, 1200, 210):
        sheet.line([(x, 735), (x - 90, 900)], (137, 103, 72), 4)
    sheet.box((0, 700, 1200, 738), (248, 246, 241))
    sheet.shadow((170, 300, 1010, 660), blur=36)
    sheet.box((160, 270, 1000, 630), (244, 243, 239), radius=14, outline=(206, 204, 198), width=6)
    for x in range(200, 980, 52):
        sheet.box((x, 296, x + 34, 604), (232, 230, 225), radius=16, outline=(212, 209, 203), width=4)
    sheet.line([(1000, 590), (1075, 590), (1075, 740)], (190, 132, 88), 20)
    sheet.box((1010, 548, 1100, 628), (246, 246, 244), radius=18, outline=(188, 188, 186), width=6)
    sheet.soft(lambda pen: pen.ellipse((440, 385, 590, 425), fill=255), (88, 128, 158), strength=190, blur=16)
    for y, size in ((668, 12), (722, 15), (786, 12)):
        sheet.drop(1050, y, size)
    return sheet.jpeg()


def boiler() -> bytes:
    sheet = Sheet((225, 229, 232), (206, 212, 217))
    for x in (470, 560, 650, 740):
        sheet.line([(x, 700), (x, 900)], (189, 131, 86), 22)
    sheet.line([(600, 0), (600, 110)], (240, 241, 242), 96)
    sheet.shadow((370, 120, 860, 720), blur=40)
    sheet.box((360, 100, 840, 700), (250, 250, 249), radius=28, outline=(198, 204, 208), width=6)
    sheet.box((360, 520, 840, 700), (228, 232, 235), radius=28, outline=(198, 204, 208), width=6)
    sheet.box((440, 560, 650, 660), (32, 38, 44), radius=12)
    _segments(sheet, "F28", 458, 578, (255, 120, 82))
    sheet.oval((700, 565, 790, 655), (210, 215, 219), outline=(150, 158, 164), width=6)
    sheet.line([(745, 610), (745, 575)], (90, 98, 104), 8)
    sheet.oval((668, 566, 688, 586), (226, 62, 52))
    return sheet.jpeg()


_SEGMENTS = {"F": "aefg", "2": "abged", "8": "abcdefg"}


def _segments(sheet: Sheet, text: str, left: float, top: float, colour: Colour) -> None:
    """Characters as on a small display."""
    for index, character in enumerate(text):
        x, y, wide, high = left + index * 62, top, 40, 32
        lines = {
            "a": ((x, y), (x + wide, y)), "b": ((x + wide, y), (x + wide, y + high)),
            "c": ((x + wide, y + high), (x + wide, y + 2 * high)), "d": ((x, y + 2 * high), (x + wide, y + 2 * high)),
            "e": ((x, y + high), (x, y + 2 * high)), "f": ((x, y), (x, y + high)),
            "g": ((x, y + high), (x + wide, y + high)),
        }  # fmt: skip
        for segment in _SEGMENTS[character]:
            sheet.line(list(lines[segment]), colour, 8)


def window() -> bytes:
    sheet = Sheet((224, 214, 202), (208, 196, 181))
    sheet.shadow((220, 120, 1000, 780), blur=30)
    sheet.box((210, 100, 990, 760), (247, 246, 242), radius=8, outline=(203, 200, 192), width=8)
    sheet.box((270, 160, 930, 700), (173, 208, 230), radius=4)
    sheet.oval((640, 210, 900, 300), (214, 232, 243))
    sheet.box((270, 560, 930, 700), (136, 168, 118))
    sheet.box((300, 430, 430, 600), (178, 116, 90))
    sheet.shape([(285, 435), (365, 350), (445, 435)], (128, 70, 58))
    sheet.line([(600, 160), (600, 700)], (247, 246, 242), 34)
    sheet.box((170, 752, 1030, 800), (238, 235, 228), radius=6, outline=(203, 200, 192), width=5)
    rng = Random(7)
    for angle in range(8):
        x, y, points = 770.0, 400.0, [(770.0, 400.0)]
        for _ in range(5):
            x += math.cos(angle * 0.8) * rng.uniform(14, 34)
            y += math.sin(angle * 0.8) * rng.uniform(18, 44)
            points.append((min(925, max(622, x)), min(696, max(164, y))))
        sheet.line(points, (246, 251, 254), 5)
    sheet.oval((754, 384, 786, 416), (240, 248, 252), outline=(120, 150, 170), width=4)
    return sheet.jpeg()


def mould() -> bytes:
    sheet = Sheet((240, 238, 232), (228, 224, 215))
    sheet.shape([(0, 0), (1200, 0), (760, 250), (0, 250)], (249, 248, 245))
    sheet.shape([(760, 250), (1200, 0), (1200, 900), (760, 900)], (219, 214, 204))
    sheet.line([(760, 250), (760, 900)], (204, 198, 187), 6)
    sheet.line([(0, 250), (760, 250), (1200, 0)], (210, 205, 195), 6)
    sheet.soft(lambda pen: pen.ellipse((190, 110, 560, 330), fill=255), (116, 122, 96), strength=120, blur=90)
    rng = Random(11)

    def spots(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(320):
            x, y = rng.gauss(380, 66), 125 + abs(rng.gauss(0, 62))
            r = rng.uniform(1.5, 7)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=rng.randint(120, 255))

    sheet.soft(spots, (48, 54, 46), strength=215, blur=3)
    sheet.box((0, 770, 1200, 900), (176, 140, 104))
    sheet.box((0, 740, 762, 775), (250, 249, 246))
    sheet.shape([(762, 740), (1200, 740), (1200, 775), (762, 775)], (236, 233, 226))
    return sheet.jpeg()


def door() -> bytes:
    sheet = Sheet((201, 188, 172), (187, 172, 155))
    for y in range(0, 900, 62):
        sheet.line([(0, y), (1200, y)], (172, 155, 137), 4)
        for x in range(-60 + 70 * (y // 62 % 2), 1200, 140):
            sheet.line([(x, y), (x, y + 62)], (172, 155, 137), 4)
    sheet.shadow((340, 60, 880, 900), blur=36)
    sheet.box((330, 50, 870, 940), (245, 243, 238))
    sheet.box((372, 92, 828, 940), (31, 94, 92), radius=4)
    sheet.box((440, 160, 760, 430), (176, 205, 214), radius=6, outline=(23, 76, 75), width=10)
    sheet.box((440, 520, 760, 830), (27, 84, 82), radius=6, outline=(23, 76, 75), width=6)
    sheet.box((396, 470, 430, 640), (206, 210, 213), radius=10, outline=(150, 156, 160), width=4)
    sheet.box((396, 505, 520, 530), (224, 227, 229), radius=12, outline=(150, 156, 160), width=4)
    sheet.oval((403, 578, 423, 598), (70, 74, 78))
    sheet.line([(828, 92), (850, 900)], (40, 42, 44), 14)
    return sheet.jpeg()


PICTURES: dict[str, Callable[[], bytes]] = {
    "tap": tap, "radiator": radiator, "boiler": boiler, "window": window, "mould": mould, "door": door,
}  # fmt: skip
