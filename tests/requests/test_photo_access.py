"""Who sees a photo, and how it is served."""

import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission

from tests.factories import DraftFactory, ReportFactory, StaffFactory
from tests.requests.tenant_pages import a_photo, page, stored_photo


def fetch(client, name, pk):
    """The answer, its file read to the end (which closes it)."""
    response = client.get(page(name, pk))
    response.body = b"".join(response)
    return response


@pytest.fixture
def own_photo(tenant):
    photo = stored_photo(report=ReportFactory(tenant=tenant))
    photo.thumbnail.save("small.jpg", a_photo(), save=True)
    return photo


@pytest.mark.parametrize("name", ["photo", "thumbnail"])
def test_a_tenant_sees_their_own_photo(tenant_client, own_photo, name):
    response = fetch(tenant_client, name, own_photo.pk)

    assert response.body.startswith(b"\xff\xd8\xff")
    assert response.status_code == 200


@pytest.mark.parametrize("name", ["photo", "thumbnail"])
def test_a_photo_is_served_as_an_image_and_nothing_else(tenant_client, own_photo, name):
    response = fetch(tenant_client, name, own_photo.pk)

    wanted = ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    assert [response.headers[header] for header in wanted] == [
        "image/jpeg",
        "nosniff",
        "default-src 'none'; sandbox",
        "private, no-store",
    ]
    assert response.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'


def test_a_tenant_sees_the_photos_of_their_own_draft(tenant_client, tenant):
    photo = stored_photo(draft=DraftFactory(tenant=tenant))

    assert fetch(tenant_client, "photo", photo.pk).status_code == 200


@pytest.mark.parametrize("name", ["photo", "thumbnail"])
@pytest.mark.parametrize("owner", ["report", "draft"])
def test_a_photo_of_somebody_else_does_not_exist(tenant_client, name, owner):
    photo = stored_photo(**{owner: ReportFactory() if owner == "report" else DraftFactory()})
    photo.thumbnail.save("small.jpg", a_photo(), save=True)

    answers = [fetch(tenant_client, name, pk).status_code for pk in (photo.pk, uuid.uuid4())]

    assert answers == [404, 404]


def test_a_neighbour_who_reported_the_same_does_not_see_it(tenant_client, tenant, own_photo):
    neighbour = ReportFactory(service_request=own_photo.report.service_request)
    of_neighbour = stored_photo(report=neighbour)

    assert fetch(tenant_client, "photo", of_neighbour.pk).status_code == 404


def test_an_anonymous_visitor_is_asked_to_sign_in(client, own_photo):
    response = client.get(page("photo", own_photo.pk))

    assert response.url.startswith("/account/login/")


@pytest.mark.parametrize(("owner", "status"), [("report", 200), ("draft", 404)])
def test_staff_see_photos_of_reports_and_not_of_drafts(planner_client, owner, status):
    photo = stored_photo(**{owner: ReportFactory() if owner == "report" else DraftFactory()})

    assert fetch(planner_client, "photo", photo.pk).status_code == status


@pytest.mark.parametrize(("permission", "status"), [("view_servicerequest", 200), ("view_dashboard", 404)])
def test_staff_need_the_permission_to_see_requests(client, own_photo, permission, status):
    staff = StaffFactory()
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    staff.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(staff)

    assert fetch(client, "photo", own_photo.pk).status_code == status


def test_a_thumbnail_that_is_not_made_yet_is_not_found(tenant_client, tenant):
    photo = stored_photo(report=ReportFactory(tenant=tenant))

    assert tenant_client.get(page("thumbnail", photo.pk)).status_code == 404


def test_a_file_that_is_gone_is_not_found(tenant_client, own_photo):
    own_photo.image.storage.delete(own_photo.image.name)

    assert tenant_client.get(page("photo", own_photo.pk)).status_code == 404


def test_a_web_server_may_send_the_file_in_our_place(tenant_client, own_photo, settings):
    settings.X_ACCEL_PREFIX = "/internal"

    response = tenant_client.get(page("photo", own_photo.pk))

    assert response.headers["X-Accel-Redirect"] == f"/internal/{own_photo.image.name}"
    assert response.content == b""
