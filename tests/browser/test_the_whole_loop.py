"""From a dripping tap to a mark, by the people who do it: browser, web server, worker and mail server are real."""

import re
from datetime import time, timedelta
from io import BytesIO

import pytest
from allauth.mfa.models import Authenticator
from celery import current_app
from django.contrib.auth.models import Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from PIL import Image

from dwellings.models import ServiceCover, Tenancy
from requests.models import ServiceRequest, Survey
from tests.factories import ServiceRequestFactory, StaffFactory
from tests.faults.conftest import mail_servers, nursery  # noqa: F401 -- fixtures
from tests.portal.processes import until

QUEUE = "/admin/requests/servicerequest/"


@pytest.fixture
def worker(transactional_db, nursery, settings):  # noqa: F811
    settings.QUIET_HOURS = (time(0), time(0))  # tests run at night, too
    settings.MAILS_TOGETHER_FOR = timedelta(0)
    yield nursery.start("worker", settings={"MEDIA_ROOT": str(settings.MEDIA_ROOT)}, seconds={"sweep": 1})
    nursery.end_all()


@pytest.fixture
def mail_about(mail_servers):  # noqa: F811
    """Wait for the next mail whose subject contains these words; each mail is read once."""
    (sink, _door), read = mail_servers, set()
    sink.forget()

    def wait(words):
        def arrived():
            return [n for n, taken in enumerate(sink.taken) if words in taken.mail["Subject"] and n not in read]

        assert until(arrived, seconds=20), (words, [taken.mail["Subject"] for taken in sink.taken])
        number = arrived()[0]
        read.add(number)
        return sink.taken[number].mail.get_body(("plain",)).get_content()

    return wait


def link_in(text, live_server):
    (path,) = re.findall(r"http://testserver(/\S+)", text)
    return live_server.url + path


def photo():
    file = BytesIO()
    Image.new("RGB", (1600, 1200), "teal").save(file, "JPEG")
    return {"name": "kraan.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def choose(page, name, value):
    page.locator(f'button[name="{name}"][value="{value}"]').click()
    page.wait_for_load_state()


def submit(page):
    with page.expect_navigation():
        page.locator("main form .btn:not(.btn--quiet)").last.click()


def staff_move(page, live_server, service_request, move, **fields):
    page.goto(f"{live_server.url}{QUEUE}{service_request.pk}/change/?move={move}")
    for name, value in fields.items():
        field = page.locator(f'#move-form [name="{name}"]')
        field.select_option(value) if name in ("cause", "waiting_reason") else field.fill(value)
    page.locator("#move-form .q-button--main").click()
    page.wait_for_load_state()


@pytest.mark.ignore_template_errors  # Unfold asks for what it does not have
def test_the_whole_loop(page, live_server, sign_in, worker, mail_about, tenant, planner, assert_accessible):
    ServiceCover.objects.create(
        tenancy=Tenancy.objects.get(tenant=tenant), kind="plan", period=DateRange(timezone.localdate(), None)
    )

    # The tenant signs in with a code from a mail,
    page.goto(f"{live_server.url}/account/login/")
    page.locator('input[name="login"]').fill(tenant.email)
    submit(page)
    code = re.search(r"\b\d{6}\b", mail_about("code"))[0]
    page.locator('input[name="code"]').fill(code)
    submit(page)

    # reports a dripping tap with a photo, in a few steps,
    page.goto(f"{live_server.url}/melden/")
    page.locator("main form.btns .btn").first.click()
    choose(page, "place", "kitchen")
    page.locator('details:has([value="kitchen_tap_drips"]) > summary').click()
    choose(page, "problem", "kitchen_tap_drips")
    submit(page)
    choose(page, "result", "not_solved")
    page.locator('[name="text"]').fill("De kraan druppelt al drie dagen.")
    page.locator('input[type="file"]').set_input_files(photo())
    assert_accessible()
    submit(page)

    # and reads the reference and the dates, on the page and in a mail.
    service_request = ServiceRequest.objects.get()
    assert service_request.reference in page.locator("main").inner_text()
    assert "Het is uiterlijk" in mail_about(f"Wij hebben uw melding {service_request.reference} ontvangen")
    assert until(lambda: service_request.reports.get().photos.get().thumbnail)

    # Staff plan a visit; the tenant hears when.
    sign_in(planner)
    page.goto(f"{live_server.url}{QUEUE}")
    page.locator(f'a[href*="/{service_request.pk}/change/"]').first.click()
    staff_move(page, live_server, service_request, "schedule", craftsman="Carla", note="Graag het kastje leeg.")
    mail = mail_about("Er komt een vakman op")
    assert "Graag het kastje leeg." in mail

    # The craftsman is done, the tenant is not: "no" by mail, without signing in, reopens at once.
    staff_move(page, live_server, service_request, "finish")
    page.context.clear_cookies()
    page.goto(link_in(mail_about("Is het opgelost?"), live_server))
    page.locator('input[value="not_solved"]').check()
    page.locator('[name="words"]').fill("Hij druppelt nog.")
    submit(page)
    assert_accessible()
    service_request.refresh_from_db()
    assert (service_request.status, service_request.times_reopened) == ("in_progress", 1)
    mail_about("Niet opgelost: wij gaan verder")

    # Done again, with the cause; now it is solved, and the tenant gives a mark.
    sign_in(planner)
    staff_move(page, live_server, service_request, "finish", cause="SLT")
    page.context.clear_cookies()
    page.goto(link_in(mail_about("Is het opgelost?"), live_server))
    page.locator('input[value="solved"]').check()
    submit(page)
    assert "Daarmee is uw melding afgesloten" in page.locator("main").inner_text()
    page.locator("main .btns a.btn").click()
    page.locator('input[name="mark"][value="9"]').check(force=True)
    submit(page)
    assert_accessible()
    service_request.refresh_from_db()
    assert (service_request.status, service_request.outcome) == ("closed", "solved")
    assert Survey.objects.get().mark == 9

    # The manager sees it: one request in the figures, and no mark, as one answer is somebody's secret.
    manager = StaffFactory()
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "not-used"})
    manager.user_permissions.add(Permission.objects.get(codename="view_dashboard"))
    sign_in(manager)
    response = page.goto(f"{live_server.url}/dashboard/")
    figures = page.locator("main").inner_text()
    assert response.status == 200
    assert "Ontvangen in deze periode: 1" in figures
    assert "9,0" not in figures
    assert_accessible()


def test_silence_is_broken_by_the_worker(page, live_server, sign_in, worker, mail_about, tenant):
    service_request = ServiceRequestFactory(reported_by=tenant, at=timezone.now() - timedelta(days=3))
    ServiceRequest.objects.filter(pk=service_request.pk).update(next_word_at=timezone.now())

    current_app.send_task("requests.follow_up")

    assert "U hoort uiterlijk" in mail_about(f"Wij zijn uw melding {service_request.reference} niet vergeten")
    service_request.refresh_from_db()
    assert service_request.next_word_at > timezone.now()
    sign_in(tenant.user)
    page.goto(f"{live_server.url}/meldingen/{service_request.reference}/")
    assert service_request.subject.split(": ")[1][1:] in page.locator("main").inner_text()
