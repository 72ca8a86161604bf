"""A world with as many of everything as is asked for, and the browsers of all who look at it."""

import json
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone

from dwellings.models import Tenancy
from portal.demo.mailbox import letters
from requests import services, tokens
from requests.front_door import catalogues
from requests.letters import number_of
from requests.models import (
    Alarm,
    Category,
    Emergency,
    Ended,
    Gesture,
    Message,
    Objection,
    PromiseMove,
    Recovery,
    SelfHelp,
    StatusChange,
    Survey,
    Verdict,
    Visit,
)
from requests.promises import Holiday, Terms
from requests.proof import Where
from requests.workflow import Actor, Status
from tenants.models import AccessPreferences
from tests.access_world import PASSKEY, browser_of, colleague, of_the_catalogue
from tests.factories import (
    CommunalAreaFactory,
    DraftFactory,
    LetterFactory,
    NotificationFactory,
    OutageFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
)
from tests.requests.tenant_pages import a_photo, stored_photo
from tests.tenants.signing_in import ask_for_code, sign_in

STRANGER, WITH_A_CODE, AFTER_THE_CODE = "a stranger", "who asked for a code", "who gave the code and needs the app"
TENANT, PLANNER, MANAGER, ADMINISTRATOR = "a tenant", "a planner", "a manager", "an administrator"
WITH_SPARE_CODES = "who has spare codes"
GAS, PLACE_OF_GAS = "gas_smell", "power_water_gas"  # a problem of the catalogue for which people must phone


@dataclass(frozen=True)
class World:
    """`things`: what the addresses need to name one of each kind."""

    browsers: dict[str, Client]
    things: dict[str, object]


def build(count: int) -> World:
    """One of everything, or three: rows of every table, and every list of each row as long."""
    now = timezone.now()
    homes = [TenancyFactory(tenant__name="Aleida van den Bosch")]
    homes += [TenancyFactory(tenant=homes[0].tenant) for _ in range(count - 1)]
    tenancy, tenant = homes[0], homes[0].tenant
    for number in range(count):
        TenancyFactory(dwelling=tenancy.dwelling, role=Tenancy.Role.CO_TENANT)
        CommunalAreaFactory(complex=tenancy.dwelling.complex, name=f"Trappenhuis {number}")
        StaffFactory()
        passkey = passkey_of(tenant.user)
    people = staff()
    cases = {status: cases_in(status, tenancy, people[PLANNER], count, now) for status in Status}
    drafts = [draft_of(tenancy, count) for _ in range(count)]
    emergencies = [
        Emergency.objects.create(tenant=tenant, dwelling=tenancy.dwelling, danger="gas", at=now) for _ in range(count)
    ]
    objections = [
        Objection.objects.create(
            service_request=case, report=case.reports.first(), rule="law_d", words="Dit is van u.", at=now
        )
        for case in cases[Status.IN_REVIEW]
    ]
    later = now + timedelta(days=1)
    outages = [OutageFactory(complex=tenancy.dwelling.complex, starts_at=now, until=later) for _ in range(count)]
    AccessPreferences.objects.create(
        tenant=tenant, at_home=["OCH"], key_with="Carla", saved_at=now, expires_at=now + timedelta(days=365)
    )
    return World(
        browsers=browsers_of(people | {TENANT: tenant.user}, count),
        things={
            **things_of(cases, now),
            **late(tenancy, people[PLANNER], count, now),
            **letters_of_the_demo(count),
            "draft": drafts[0].pk,
            **other_drafts(tenancy, count, now),
            "call": DraftFactory(tenant=tenant, dwelling=tenancy.dwelling, place=PLACE_OF_GAS).pk,
            "gas": GAS,
            "danger": "gas",
            "emergency": emergencies[0].pk,
            "objection": objections[0].pk,
            "self_help": SelfHelp.objects.first().pk,
            "outage": outages[0].pk,
            "passkey": passkey.pk,
            **of_the_catalogue(),
            **norms_and_days(people[ADMINISTRATOR], count, now),
            "tenant": tenant.pk,
            "user": people[PLANNER].pk,
            "tenancy": tenancy.pk,
            "dwelling": tenancy.dwelling.pk,
            "complex": tenancy.dwelling.complex.pk,
        },
    )


def norms_and_days(manager, count, now):
    """Norms of some categories, hours, a holiday and closing days: set a moment ago, and for later."""
    terms, today = Terms(answer=1, fix=3, word=1), timezone.localdate(now)
    for n in range(count):
        later, who = today + timedelta(days=n), {"by": manager, "at": now}
        for urgency in ("N", "U"):
            norm = services.set_norm(urgency, terms, category=Category.values[n], valid_from=later, **who)
        services.set_opening_hours([n], (time(9), time(16)), valid_from=later, **who)
        services.set_holiday(Holiday.values[n], worked=True, valid_from=later, **who)
        services.close_on(later, "Personeelsdag", **who)
    return {"norm": norm.pk, "kind_of_rule": "norm"}


def staff():
    planner = colleague("view_", "change_servicerequest", "add_servicerequest", "change_objection")
    planner.user_permissions.remove(*Permission.objects.filter(codename="view_dashboard"))
    with_spare_codes = StaffFactory()
    Authenticator.objects.create(user=with_spare_codes, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    RecoveryCodes.activate(with_spare_codes)
    return {
        PLANNER: planner,
        MANAGER: colleague("view_"),
        ADMINISTRATOR: colleague("", is_superuser=True),
        WITH_SPARE_CODES: with_spare_codes,
    }


def browsers_of(users, count):
    """A browser for everybody; each is signed in at as many places."""
    for user in list(users.values()) * (count - 1):
        browser_of(user)
    with_a_code, after_the_code = Client(), Client()
    ask_for_code(with_a_code, users[TENANT].email)
    sign_in(after_the_code, users[MANAGER].email)
    return {
        STRANGER: Client(),
        WITH_A_CODE: with_a_code,
        AFTER_THE_CODE: after_the_code,
        **{who: browser_of(user) for who, user in users.items()},
    }


def passkey_of(user):
    data = json.loads(PASSKEY.read_text()) | {"name": "Mijn telefoon"}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def cases_in(status, tenancy, planner, count, now):
    """Requests in this status, all of this tenant, each with as many of everything."""
    place = {"dwelling": tenancy.dwelling, "reported_by": tenancy.tenant, "assignee": planner}
    cases = [ServiceRequestFactory(status=status, at=now, **place) for _ in range(count)]
    for case in cases:
        alone = status == Status.RECEIVED  # only then it is the tenant's to take back
        reports = list(case.reports.all())
        reports += [ReportFactory(service_request=case, at=now) for _ in range(0 if alone else count)]
        for _ in range(count):
            tell(case, tenancy.tenant, planner, now)
        for report in reports:
            photos_of(count, report=report)
            if case.done_at:
                ask(report, case, count, now)
        case.times_done = count if case.done_at else 0
        case.save(update_fields=["times_done"])
    if status == Status.DONE:
        Survey.objects.filter(report__service_request__in=cases).update(mark=8, answered_at=now)
    return cases


def late(tenancy, planner, count, now):
    """Not repaired after the six weeks, and complained about: all that a tenant can do is open."""
    sixty_days_ago = now - timedelta(days=60)
    place = {"dwelling": tenancy.dwelling, "reported_by": tenancy.tenant, "assignee": planner}
    cases = [ServiceRequestFactory(status=Status.IN_PROGRESS, at=sixty_days_ago, **place) for _ in range(count)]
    for case in cases:
        for day in range(count):
            told = {"service_request": case, "at": sixty_days_ago + timedelta(days=day + 1)}
            Message.objects.create(tenant=tenancy.tenant, body="Dit duurt te lang.", is_complaint=True, **told)
        tell(case, tenancy.tenant, planner, now)
        recovery = broken(case, planner, count, now)
    gesture, _made = Gesture.objects.get_or_create(urgency="N", what_nl="een bon", what_en="a voucher")
    return {
        "late": cases[0].reference,
        "late_pk": cases[0].pk,
        "recovery": recovery.pk,
        "gesture": gesture.pk,
        **{where.value: where.value for where in Where},
    }


def broken(case, planner, count, now):
    """As many alarms, and as many promises that we made up for."""
    for number in range(count):
        of = {"service_request": case, "of": f"promise-{number}"}
        Alarm.objects.create(kind=Alarm.Kind.BROKEN, raised_at=now, **of)
        recovery = Recovery.objects.create(
            why="broken",
            promised=now,
            begun_at=now,
            contact=planner,
            hear_by=now + timedelta(days=1),
            new_day=now + timedelta(days=2),
            dated_at=now,
            **of,
        )
    return recovery


def tell(case, tenant, planner, now):
    """One more of all that can happen to a request."""
    about = {"service_request": case, "at": now}
    Message.objects.create(tenant=tenant, body="Wanneer komt u?", **about)
    Message.objects.create(by=planner, body="Morgen.", **about)
    Message.objects.create(by=planner, body="Belt liever.", internal=True, **about)
    StatusChange.objects.create(
        move="plan",
        old_status="received",
        new_status=case.status,
        waiting_reason=case.waiting_reason,
        actor=Actor.STAFF,
        by=planner,
        note="Ja",
        **about,
    )
    later = case.fix_by + timedelta(days=1)
    PromiseMove.objects.create(
        old_fix_by=case.fix_by, new_fix_by=later, actor=Actor.STAFF, by=planner, reason="Onderdeel", **about
    )
    visit(case, now - timedelta(days=2), outcome=Visit.Outcome.MOVED, settled_at=now)
    if case.status == Status.SCHEDULED and not case.visits.planned().exists():
        visit(case, now + timedelta(days=1))
    NotificationFactory(tenant=tenant, about=case.reference, state="failed", due_at=None, seen_at=now)
    NotificationFactory(tenant=tenant, about=case.reference, state="sent", due_at=None, sent_at=now)
    LetterFactory(tenant=tenant, about=case.reference)
    LetterFactory(tenant=tenant, about=case.reference, state="sent", sent_at=now)


def visit(case, start, **fields):
    window = DateTimeTZRange(start, start + timedelta(hours=2))
    Visit.objects.create(service_request=case, window=window, craftsman="Carla", **fields)


def photos_of(count, **owner):
    for _ in range(count):
        photo = stored_photo(**owner)
        photo.thumbnail.save("small.jpg", ContentFile(a_photo().read()))


def ask(report, case, count, now):
    """Asked as often; all answers but the last said no."""
    no = {"answer": "not_solved", "words": "Het lekt nog", "answered_at": now}
    for number in range(1, count + 1):
        said = no if number < count else {}
        Verdict.objects.update_or_create(report=report, round=number, defaults={"asked_at": now, **said})


def other_drafts(tenancy, count, now):
    """One that has every page there is, and one that ended in each way; each with as many solved ones beside it."""
    place = {"tenant": tenancy.tenant, "dwelling": tenancy.dwelling}
    tap = {"thing": "tap", "problem": "kitchen_tap_drips", "catalogue_id": catalogues.current_version()}
    asks_all = DraftFactory(**place, **tap, text="", details_given=True)
    ended = {how: [DraftFactory(**place, **tap, ended=how, ended_at=now) for _ in range(count)] for how in Ended.values}
    for draft in ended[Ended.SOLVED]:
        SelfHelp.objects.create(
            draft=draft, problem=draft.problem, guide="Z06", result=SelfHelp.Result.SOLVED, at=now, **place
        )
    return {"asks_all": asks_all.pk} | {f"ended_{how}": drafts[0].pk for how, drafts in ended.items()}


def draft_of(tenancy, count):
    draft = DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling)
    photos_of(count, draft=draft)
    return draft


def things_of(cases, now):
    """The first request of each status by its reference and by its number, and what hangs on it."""
    done, closed = cases[Status.DONE][0], cases[Status.CLOSED][0]
    report, last = done.reports.first(), closed.reports.first()
    return {
        **{status.value: found[0].reference for status, found in cases.items()},
        **{f"{status.value}_pk": found[0].pk for status, found in cases.items()},
        "notification": NotificationFactory(about=done.reference, state="failed", due_at=None, seen_at=now).pk,
        "printed_letters": number_of(now),
        "photo": report.photos.first().pk,
        "report": report.pk,
        "verdict": tokens.make(tokens.VERDICT, report_id=report.pk, round=done.times_done, asked_at=now),
        "mark": tokens.make(tokens.MARK, report_id=last.pk, round=closed.times_done, asked_at=now),
    }


def letters_of_the_demo(count):
    """Mails and texts as the demo writes them to files."""
    backend = "django.core.mail.backends.filebased.EmailBackend"
    for number in range(count):
        mail = EmailMultiAlternatives("Uw melding", "Hallo", to=["huurder@demo.example"])
        mail.attach_alternative(f"<p>Hallo {number}</p>", "text/html")
        get_connection(backend, file_path=settings.EMAIL_FILE_PATH).send_messages([mail])
    texts = Path(settings.SMS_FILE_PATH) / "texts.jsonl"
    texts.parent.mkdir(parents=True, exist_ok=True)
    line = {"at": "2026-03-02T12:00:00+00:00", "to": "0612345678", "text": "Morgen komt de vakman"}
    texts.write_text("".join(json.dumps(line | {"key": str(number)}) + "\n" for number in range(count)))
    return {"letter": next(letter.key for letter in letters() if letter.html)}
