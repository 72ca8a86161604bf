"""The page where tenants tell it in their own words: the keyboard, and photos that a browser cannot draw."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from tests.factories import DraftFactory, TenancyFactory
from tests.requests.tenant_pages import stored_photo


@pytest.fixture
def draft(transactional_db):
    """Of a problem that asks on this page whether it is extra hard."""
    tenancy = TenancyFactory()
    return DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling, thing="tap", problem="kitchen_tap_worn")


@pytest.fixture
def words(page, live_server, sign_in, draft):
    stored_photo(draft=draft)
    sign_in(draft.tenant.user)
    page.goto(live_server.url + reverse("requests:report_words", args=[draft.pk]))
    return page


def test_enter_on_the_tick_box_goes_on_and_removes_no_photo(words, draft):
    words.get_by_label("extra").press("Enter")
    words.wait_for_url("**/controleren/")

    assert draft.photos.count() == 1


def test_a_photo_that_the_browser_cannot_make_smaller_is_sent_as_it_is(words, draft):
    words.evaluate("HTMLCanvasElement.prototype.getContext = () => null")
    content = io.BytesIO()
    Image.new("RGB", (2100, 40), "teal").save(content, "JPEG")
    words.get_by_label("Foto’s").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
    )
    words.get_by_role("button", name="Eerst nalezen").click()
    words.wait_for_url("**/controleren/")

    assert sorted(photo.width for photo in draft.photos.all()) == [60, 2048]
