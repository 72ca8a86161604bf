"""What a tenant reads of a request that is ready, before and after they said whether it is solved."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from requests import services, workflow
from requests.models import Verdict
from requests.workflow import Actor, Status
from tenants.notifications import delivery
from tests.factories import ReportFactory, ServiceRequestFactory, StaffFactory
from tests.requests.tenant_pages import page, words_of


def at_noon(*, days_ago):
    """An hour at which mails leave, whenever this runs."""
    return timezone.localtime().replace(hour=12, minute=0) - timedelta(days=days_ago)


def ready(tenant, *, days_ago):
    """Finished that long ago, and asked about."""
    at = at_noon(days_ago=days_ago)
    case = ServiceRequestFactory(reported_by=tenant, status=Status.IN_PROGRESS, at=at - timedelta(days=1))
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=at)
    delivery.deliver_due(now=lambda: at)
    return case


def day_after(days):
    """Such as "woensdag 2 december"."""
    return date_format(timezone.localtime() + timedelta(days=days), "l j\u00a0F").replace("\u00a0", " ")


def shown(client, case):
    return words_of(client.get(page("detail", case.reference))).replace("\u00a0", " ")


def test_the_page_names_the_day_on_which_we_close_it(tenant_client, tenant):
    case = ready(tenant, days_ago=3)

    assert f"Dan sluiten wij de melding op {day_after(11)}" in shown(tenant_client, case)


def test_the_page_never_names_a_day_that_is_over(tenant_client, tenant):
    """Staff replied three days ago: then there is a week, a reminder, and a week."""
    case = ready(tenant, days_ago=16)
    services.write_to_staff(case.pk, tenant=tenant, body="Het fluit nog.", at=at_noon(days_ago=10))
    waiting = shown(tenant_client, case)
    services.write_to_tenants(case.pk, by=StaffFactory(), body="Dat gaat over.", at=at_noon(days_ago=3))

    assert "Dan sluiten wij de melding op" not in waiting
    assert f"Dan sluiten wij de melding op {day_after(11)}" in shown(tenant_client, case)


@pytest.fixture
def shared(tenant):
    """Ready, and reported by a neighbour too; the reader said that it is solved."""
    at = timezone.now() - timedelta(days=2)
    case = ServiceRequestFactory(reported_by=tenant, status=Status.IN_PROGRESS, at=at)
    ReportFactory(service_request=case)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=at)
    return case


@pytest.fixture
def answered(tenant, shared):
    report = shared.reports.get(tenant=tenant)
    services.answer_verdict(report.pk, round=1, answer=Verdict.Answer.SOLVED, by=tenant.user, at=timezone.now())
    return shared


def test_who_said_that_it_is_solved_reads_that_we_wait_for_the_others(tenant_client, tenant, answered):
    said = shown(tenant_client, answered)

    neighbour = answered.reports.exclude(tenant=tenant).get().tenant
    assert "Anderen hebben dit ook gemeld. Wij wachten nog op hun antwoord." in said
    assert "De anderen laten weten of het is opgelost" in said
    asked = ("Is het opgelost?", "Laat ons weten of het is opgelost", "U laat weten of het is opgelost", neighbour.name)
    assert [words in said for words in asked] == [False] * 4


def test_and_it_is_no_longer_on_top_of_what_waits_for_them(tenant_client, tenant, answered):
    newer = ServiceRequestFactory(reported_by=tenant, at=timezone.now())

    pages = [words_of(tenant_client.get(path)) for path in (page("mine"), "/")]

    for said in pages:
        assert said.index(newer.reference) < said.index(answered.reference)
        assert ["Is het opgelost?" in said, "Wij wachten op anderen" in said] == [False, True]


@pytest.mark.parametrize("answer", ["", Verdict.Answer.DONT_KNOW])
def test_who_did_not_say_so_is_asked_whatever_the_neighbour_said(tenant_client, tenant, shared, answer):
    other = shared.reports.exclude(tenant=tenant).get()
    services.answer_verdict(other.pk, round=1, answer=Verdict.Answer.SOLVED, by=None, at=timezone.now())
    if answer:
        own = shared.reports.get(tenant=tenant)
        services.answer_verdict(own.pk, round=1, answer=answer, by=tenant.user, at=timezone.now())

    said = [shown(tenant_client, shared), words_of(tenant_client.get(page("mine")))]

    assert ["Laat ons weten of het is opgelost" in text for text in said] == [True, True]


def test_an_answer_of_an_earlier_time_is_no_answer_now(tenant_client, tenant, answered):
    other = answered.reports.exclude(tenant=tenant).get()
    no = {"answer": Verdict.Answer.NOT_SOLVED, "words": "Bij mij niet"}
    services.answer_verdict(other.pk, round=1, **no, by=None, at=timezone.now())
    again = services.Said(cause="OMV")
    services.make_move(
        answered.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now(), said=again
    )

    said = [shown(tenant_client, answered), words_of(tenant_client.get(page("mine")))]

    assert ["Laat ons weten of het is opgelost" in text for text in said] == [True, True]
