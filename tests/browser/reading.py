"""How a page reads to everybody: axe's findings on it, and what sticks out at the side."""

import re

from axe_playwright_python.sync_playwright import Axe

AXE = Axe().axe_script
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then((found) => found.violations)"
SERIOUS = {"serious", "critical"}
# Tokens of forms, keys, and numbers.
OF_THIS_TIME = re.compile(r'(?<=value=")\w{64}(?=")|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+')


def serious(page):
    """The findings of axe on the page that is open, of those that keep people out."""
    page.evaluate(AXE)
    return [
        (violation["id"], violation["impact"], [node["target"] for node in violation["nodes"]])
        for violation in page.evaluate(VIOLATIONS)
        if violation["impact"] in SERIOUS
    ]


def all_findings(page):
    """What keeps people out of the page that is open: axe's findings, and what sticks out at the side."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} pixels too wide"] * (wide > 0) + serious(page)


def without_numbers(page):
    """The page as it is drawn, but for what is another each time: two that are the same read the same."""
    return OF_THIS_TIME.sub("", page.content())
