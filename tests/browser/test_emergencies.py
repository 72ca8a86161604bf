"""The queue stays open all day: danger comes on top by itself, and when nothing comes any more it says so."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = pytest.mark.ignore_template_errors  # those of Unfold's templates
QUEUE = "admin:requests_servicerequest_changelist"
LOOK = 20_000  # milliseconds
SAYS = "Deze pagina wordt niet meer bijgewerkt. Nieuw gevaar ziet u hier niet."


@pytest.fixture
def queue(page, live_server, sign_in, planner):
    page.clock.install()
    sign_in(planner)
    page.goto(live_server.url + reverse(QUEUE) + "?q=lift")
    return page


def test_after_the_session_the_queue_says_that_it_is_not_kept_up_until_it_is_again(queue, sign_in, planner):
    warning = queue.get_by_role("alert").filter(has_text=SAYS)
    expect(warning).to_be_hidden()

    queue.context.clear_cookies()
    queue.clock.fast_forward(LOOK)

    expect(warning).to_be_visible()
    link = warning.get_by_role("link", name="Laad de pagina opnieuw")
    assert link.get_attribute("href") == reverse(QUEUE) + "?q=lift"

    sign_in(planner)
    queue.clock.fast_forward(LOOK)

    expect(warning).to_be_hidden()


def test_one_look_may_get_lost_on_the_way_and_two_are_told(queue):
    warning = queue.get_by_text(SAYS)
    queue.context.set_offline(True)

    with queue.expect_event("requestfailed"):
        queue.clock.fast_forward(LOOK)
    after_one = warning.is_visible()
    queue.clock.fast_forward(LOOK)

    expect(warning).to_be_visible()
    assert not after_one
