"""The queue on other screens than a desk's in daylight."""

import pytest
from django.urls import reverse

from tests.factories import ServiceRequestFactory

pytestmark = pytest.mark.ignore_template_errors  # those of Unfold's templates
QUEUE = "admin:requests_servicerequest_changelist"
BOX = "selector => { const box = document.querySelector(selector).getBoundingClientRect(); return [box.x, box.y]; }"


@pytest.mark.parametrize(("scheme", "drawn_for"), [("light", "normal"), ("dark", "dark")])
def test_what_the_browser_draws_itself_fits_the_scheme(page, live_server, sign_in, planner, scheme, drawn_for):
    ServiceRequestFactory()
    sign_in(planner)
    page.emulate_media(color_scheme=scheme)

    page.goto(live_server.url + reverse(QUEUE))

    tick = "getComputedStyle(document.querySelector('[name=_selected_action]')).colorScheme"
    assert page.evaluate(tick) == drawn_for


@pytest.mark.parametrize(("width", "side_by_side"), [(360, False), (640, True), (1280, True)])
def test_a_row_uses_the_width_it_has(page, live_server, sign_in, planner, width, side_by_side):
    """640 is a desk's screen at 200 %."""
    ServiceRequestFactory()
    sign_in(planner)
    page.set_viewport_size({"width": width, "height": 740})

    page.goto(live_server.url + reverse(QUEUE))

    due, what = page.evaluate(BOX, ".q-list__due"), page.evaluate(BOX, "td.q-list__what")
    assert (what[0] > due[0] + 100, what[1] > due[1]) == (side_by_side, not side_by_side)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("width", "is_named"), [(360, True), (640, True), (1280, False)])
def test_nobody_is_nobody_of_something_where_columns_have_no_heads(
    page, live_server, sign_in, planner, width, is_named
):
    ServiceRequestFactory()
    sign_in(planner)
    page.set_viewport_size({"width": width, "height": 740})

    page.goto(live_server.url + reverse(QUEUE))

    assert page.inner_text("td.q-list__assignee") == ("Behandelaar: niemand" if is_named else "niemand")
