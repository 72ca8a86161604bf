"""A double click by staff."""

import pytest
from django.urls import reverse

from tests.factories import ServiceRequestFactory

pytestmark = pytest.mark.ignore_template_errors  # those of Unfold's templates
CLICK_TWICE = """() => {
    const stopped = [];
    window.addEventListener("submit", (event) => { stopped.push(event.defaultPrevented); event.preventDefault(); });
    const button = document.querySelector("[name=note-body]").form.querySelector("button");
    button.click();
    button.click();
    return stopped;
}"""


def test_a_double_click_in_the_admin_sends_the_form_once(page, live_server, sign_in, planner):
    service_request = ServiceRequestFactory()
    sign_in(planner)
    page.goto(live_server.url + reverse("admin:requests_servicerequest_change", args=[service_request.pk]))

    assert page.evaluate(CLICK_TWICE) == [False, True]
