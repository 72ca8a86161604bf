"""Take the pictures of the README: six pages of a fresh demo, on a phone and on a desk."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from playwright.sync_api import Browser, Page, sync_playwright

from portal.local.chromium import chromium
from portal.local.processes import free_port

PROJECT = Path(__file__).resolve().parents[3]
RUNS = "Thuisbalie runs"  # what a demo says when all is there
SIZES = {"phone": (360, 740), "desk": (1280, 860)}
FLAGS = ["--no-sandbox", "--font-render-hinting=none"]  # hinted letters stand at uneven distances
QUEUE = "/admin/requests/servicerequest/"
# name: who looks, where they start, and the link that they follow from there
PAGES = {
    "report": ("tenant", "/melden/", ""),
    "request": ("tenant", "/meldingen/", 'main a:has-text("Afspraak gemaakt")'),
    "solved": ("tenant", "/meldingen/", 'main a:has-text("Is het opgelost?")'),
    "queue": ("planner", QUEUE, ""),
    "case": ("planner", QUEUE, 'a[href*="/change/"]'),
    "dashboard": ("manager", "/dashboard/", ""),
}
COVER = """<body style="margin:0;background:#dfe7e4;width:1280px;height:700px;position:relative;overflow:hidden">
<style>img{{position:absolute;border-radius:14px;box-shadow:0 12px 40px #17252a55}}</style>
<img src="{desk}" style="left:40px;top:48px;width:960px"><img src="{phone}" style="right:48px;top:32px;height:636px">"""


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="", help="a demo that runs already; without it, one is started")
        parser.add_argument("--to", type=Path, default=PROJECT / "docs" / "screenshots")

    def handle(self, *args: Any, url: str, to: Path, **options: Any) -> None:
        to.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright, _demo(url) as address:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for size in SIZES:
                for name in PAGES:
                    _look(browser, address, name, size).screenshot(path=to / f"{name}-{size}.png")
                    self.stdout.write(f"{to / f'{name}-{size}.png'}")
            _make_cover(browser, to)
            browser.close()


@contextmanager
def _demo(url: str) -> Iterator[str]:
    """The address of a demo: the given one, or one with data of its own that is gone afterwards."""
    if url:
        yield url.rstrip("/")
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="thuisbalie-pictures-", ignore_cleanup_errors=True) as data:
        environment = os.environ | {"PORT": str(port), "DATA": data, "DEBUG": "0"}
        command = [sys.executable, "manage.py", "demo"]
        with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as demo:
            try:
                _wait_until_it_runs(demo)
                yield f"http://localhost:{port}"
            finally:
                demo.send_signal(signal.SIGTERM)


def _wait_until_it_runs(demo: "subprocess.Popen[str]") -> None:
    """It answers before there is anything to see. What it says afterwards is little enough to stay in the pipe."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith(RUNS):
            return
    raise CommandError("The demo did not start; the lines above say why, or try `make demo`.")


def _look(browser: Browser, address: str, name: str, size: str) -> Page:
    role, path, link = PAGES[name]
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1.5, locale="nl-NL")
    page = context.new_page()
    page.goto(address)
    page.locator(f'form[action*="{role}"] button').click()
    page.goto(f"{address}{path}")
    if link:
        page.locator(link).first.click()
    page.wait_for_load_state("networkidle")
    return page


def _make_cover(browser: Browser, folder: Path) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 700}).new_page()
    html = folder / "cover.html"
    html.write_text(COVER.format(desk="queue-desk.png", phone="request-phone.png"))
    page.goto(html.as_uri())
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "cover.png")
    html.unlink()
