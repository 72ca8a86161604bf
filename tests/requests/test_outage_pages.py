"""The pages on which staff keep up an outage: who may do what, who was first, and moments that cannot be."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Outage
from requests import services
from tests.factories import ComplexFactory, StaffFactory
from tests.requests.tenant_pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
LIST = reverse("admin:dwellings_outage_changelist")


@pytest.fixture
def outage():
    now = timezone.now()
    times = {"starts_at": now - timedelta(hours=1), "until": now + timedelta(days=1), "made_at": now}
    return Outage.objects.create(what="lift", complex=ComplexFactory(), made_by=StaffFactory(), **times)


def page_of(outage):
    return reverse("admin:dwellings_outage_change", args=[outage.pk])


@pytest.mark.parametrize(("role", "buttons"), [("Manager", 0), ("Planner", 1), ("Contact centre", 1)])
def test_the_button_is_there_for_who_may_press_it(client, outage, role, buttons):
    user = StaffFactory()
    user.groups.add(Group.objects.get(name=role))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    client.force_login(user)

    said = words_of(client.get(LIST))

    assert outage.complex.name in said
    assert said.count("/over/") == buttons


def test_who_saves_what_is_over_by_now_keeps_the_words_and_reads_only_that(planner_client, outage):
    services.end_outage(outage.pk, at=timezone.now())

    response = planner_client.post(page_of(outage), {"words": "De monteur is er om vier uur."})

    outage.refresh_from_db()
    said = words_of(response)
    assert (response.status_code, outage.words) == (409, "")
    assert "Dit was al voorbij. Er is niets veranderd en niemand kreeg bericht." in said
    assert ">De monteur is er om vier uur.</textarea>" in said
    assert list(get_messages(response.wsgi_request)) == []


@pytest.mark.parametrize(
    ("field", "moment", "why"),
    [
        ("until", "9999-12-31T23:59", "Dit is meer dan een jaar later. Kies een eerder moment."),
        ("starts_at", "0001-01-01T00:00", "Dit is meer dan een jaar geleden. Kies een later moment."),
    ],
)
def test_a_moment_that_nobody_means_is_refused_beside_the_field(planner_client, field, moment, why, monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
    until = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    data = {"what": "lift", "complex": ComplexFactory().pk, "until": until, "stack": "", "words": ""} | {field: moment}

    response = planner_client.post(reverse("admin:dwellings_outage_add"), data)

    assert response.context["adminform"].form.errors == {field: [why]}
    assert not Outage.objects.exists()
