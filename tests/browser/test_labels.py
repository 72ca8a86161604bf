"""The lists of the admin on a telephone: before each cell stands what it is."""

import pytest
from django.urls import reverse

from tests.factories import TenancyFactory

pytestmark = pytest.mark.ignore_template_errors  # those of the admin's templates


def test_a_label_begins_with_a_capital_and_has_no_other(page, live_server, sign_in, planner):
    TenancyFactory()
    sign_in(planner)
    page.set_viewport_size({"width": 360, "height": 740})

    page.goto(live_server.url + reverse("admin:tenants_tenant_changelist"))

    cell = page.locator("#result_list .field-has_account").first
    shown = cell.evaluate("cell => [cell.dataset.label, getComputedStyle(cell, '::before').textTransform]")
    assert shown == ["Heeft een account", "none"]
