"""Somebody with a browser: finds what they need by the words on the page, and counts what it takes."""

import re
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

PHOTO_TAPS = 2  # the field, and the picture


class Walker:
    """A person at the portal in one tab.

    `screens`: the addresses of the pages that they had to look at, in their order, each as often as they came there.
    `taps`: whatever they pressed, a field to type in too. `typed`: characters. `seconds`: of the machine, from a tap
    until the next page is there; reading a page costs them nothing. `look` is called on each page that is new.
    """

    def __init__(self, page, base, look=lambda page: None):
        self.page, self.base, self.look = page, base, look
        self.screens, self.seen = [], set()
        self.taps = self.typed = 0
        self.seconds = 0.0

    @property
    def main(self):
        return self.page.get_by_role("main")

    @property
    def said(self):
        """What the page says."""
        return self.main.inner_text()

    def open(self, path):
        """Come in by an address."""
        with self._clock():
            self.page.goto(self.base + path)
        self._arrive()

    def tap(self, words, *, under=""):
        """Press the button or follow the link that begins with these words; `under` a heading where more do."""
        name, place = re.compile(f"^{re.escape(words)}"), self._under(under)
        target = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        with self._clock(), self.page.expect_navigation():
            target.click()
        self.taps += 1
        self._arrive()

    def unfold(self, words):
        """Open a part of the page that begins with these words."""
        with self._clock():
            self.main.locator("summary").filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).click()
        self.taps += 1

    def choose(self, words, *, of):
        """One answer of a question that has several."""
        question = self.main.get_by_role("group", name=of)
        with self._clock():
            question.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")).click()
        self.taps += 1

    def type(self, words, *, into):
        """Tap a field and write in it."""
        with self._clock():
            self.main.get_by_label(into).fill(words)
        self.taps += 1
        self.typed += len(words)

    def add_photo(self, photo, *, to):
        """`photo` as Playwright takes files."""
        with self._clock():
            self.main.get_by_label(to).set_input_files(photo)
        self.taps += PHOTO_TAPS

    def _under(self, heading):
        if not heading:
            return self.main
        return self.main.get_by_role("heading", name=heading, exact=True).locator("xpath=following-sibling::*[1]")

    def _arrive(self):
        path = urlsplit(self.page.url).path
        self.screens.append(path)
        if path not in self.seen:
            self.seen.add(path)
            self.look(self.page)

    @contextmanager
    def _clock(self):
        begun = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - begun
