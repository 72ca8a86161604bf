"""Hostile words in a browser: nothing of them runs, and nothing is fetched for them."""

import pytest
from django.urls import reverse

from tenants.notifications import outbox
from tests.size import LONG
from tests.test_hostile_text import PAYLOADS, RUNS, Words, build, told


@pytest.fixture
def seen(page):
    """What hostile words brought about: dialogs and requests to their site."""
    seen = []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: seen.append(request.url) if "evil" in request.url else None)
    return seen


def test_what_would_run_is_noticed(page, seen):
    page.set_content(PAYLOADS[0])

    assert seen == ["1"]


def test_nothing_that_people_typed_runs_or_is_fetched(page, live_server, sign_in, seen, subtests):
    for number, payloads in enumerate(RUNS if LONG else RUNS[:2]):
        with subtests.test(number):
            show_everything(page, live_server.url, sign_in, payloads)

            assert seen == []


def show_everything(page, site, sign_in, payloads):
    case, planner = build(Words(payloads))
    sign_in(case.reports.get().tenant.user)
    for path in ("/", reverse("requests:mine"), reverse("requests:detail", args=[case.reference])):
        page.goto(site + path)
    sign_in(planner)
    for path in (
        reverse("admin:requests_servicerequest_changelist"),
        reverse("admin:requests_servicerequest_change", args=[case.pk]),
        reverse("admin:tenants_tenant_change", args=[case.reports.get().tenant.pk]),
    ):
        page.goto(site + path)
    page.goto("about:blank")  # a mail has no content policy
    for message in told(case):
        page.set_content(outbox.render(message).html)
    page.wait_for_load_state("networkidle")
