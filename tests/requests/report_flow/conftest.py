"""Who and what these tests are about."""

import pytest

from dwellings.models import Tenancy
from requests.models import Draft
from tests.factories import CommunalAreaFactory
from tests.requests import small_catalogue
from tests.requests.tenant_pages import page


@pytest.fixture(autouse=True)
def _small_catalogue(db):
    small_catalogue.publish()


@pytest.fixture
def home(tenant):
    return Tenancy.objects.get(tenant=tenant).dwelling


@pytest.fixture
def walk(tenant_client):
    """Begin a report and answer page by page; returns the names of the pages, and where one ended up."""

    def walk(*answers):
        seen, url = [], tenant_client.post(page("report")).url
        for answer in answers:
            seen.append(url.rstrip("/").rsplit("/", 1)[1])
            url = tenant_client.post(url, answer).url
        return seen, url

    return walk


@pytest.fixture
def lift(home):
    return CommunalAreaFactory(complex=home.complex)


@pytest.fixture
def search(tenant_client):
    def search(query):
        url = tenant_client.post(page("report")).url
        assert url.endswith("/plek/")
        draft = Draft.objects.order_by("started_at").last()
        return tenant_client.get(page("report_search", draft.pk), {"q": query})

    return search
