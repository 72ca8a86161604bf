"""What several of these tests share."""

from django.urls import reverse
from django.utils import translation

QUEUE = "admin:requests_servicerequest_changelist"


def listed(client, **query):
    response = client.get(reverse(QUEUE), query)
    assert response.status_code == 200
    return [row.service_request for row in response.context["cl"].rows]


def page(client, **query):
    with translation.override("en"):
        return client.get(reverse(QUEUE), query, headers={"accept-language": "en"})
