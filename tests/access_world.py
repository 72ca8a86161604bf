"""A small world for the access matrix: eight kinds of people, and things that belong to two of them."""

import json
import time
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from dwellings.models import Tenancy
from requests import services, tokens
from requests.front_door import catalogues
from requests.letters import number_of
from requests.models import (
    CatalogueProblem,
    CatalogueVersion,
    Emergency,
    Gesture,
    Norm,
    Objection,
    Recovery,
    Report,
    SearchSynonym,
    SelfHelp,
)
from requests.workflow import Status
from tests.factories import (
    NOON,
    DraftFactory,
    LetterFactory,
    NotificationFactory,
    OutageFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
)
from tests.requests.tenant_pages import stored_photo

SECRET = "Het geheim van de bewoonster"  # in everything of hers that a page could show

ANONYMOUS, OWNER, HOUSEHOLD, NEIGHBOUR, EX_TENANT = "anonymous", "owner", "household", "neighbour", "ex-tenant"
PLANNER, MANAGER, ADMINISTRATOR = "planner", "manager", "administrator"
TENANTS = {OWNER, HOUSEHOLD, NEIGHBOUR, EX_TENANT}
STAFF = {PLANNER, MANAGER, ADMINISTRATOR}
SIGNED_IN = TENANTS | STAFF
EVERYBODY = SIGNED_IN | {ANONYMOUS}

PASSKEY = Path(__file__).parent / "data" / "passkey.json"  # of a virtual authenticator
ABSENT_NUMBER, ABSENT_UUID = 999_999_999, uuid.UUID(int=99)


@dataclass
class World:
    """`hers` and `theirs`: the things of the owner and of her neighbour, by kind; `absent`: of nobody."""

    media: str  # where the photos are
    browsers: dict[str, Client]
    hers: dict[str, object]
    theirs: dict[str, object]
    absent: dict[str, object]


def build():
    owner = TenancyFactory(tenant__name=SECRET)
    neighbour = TenancyFactory()
    household = TenancyFactory(dwelling=owner.dwelling, role=Tenancy.Role.CO_TENANT)
    before = TenancyFactory(dwelling=owner.dwelling, period=DateRange(date(2010, 1, 1), date(2020, 1, 1)))
    people = {
        OWNER: owner.tenant.user,
        HOUSEHOLD: household.tenant.user,
        NEIGHBOUR: neighbour.tenant.user,
        EX_TENANT: before.tenant.user,
        PLANNER: colleague("view_", "change_servicerequest", "add_servicerequest"),
        MANAGER: colleague("view_"),
        ADMINISTRATOR: colleague("", is_superuser=True),
    }
    people[PLANNER].user_permissions.remove(*Permission.objects.filter(codename="view_dashboard"))
    return World(
        media=str(settings.MEDIA_ROOT),
        browsers={ANONYMOUS: Client()} | {role: browser_of(user) for role, user in people.items()},
        hers=things_of(owner),
        theirs=things_of(neighbour),
        absent={
            "request": "2026-999999",
            "case": ABSENT_NUMBER,
            "notification": ABSENT_NUMBER,
            "printed_letters": ABSENT_NUMBER,
            "draft": ABSENT_UUID,
            "photo": ABSENT_UUID,
            "verdict": "bm90aGluZw:notatoken",
            "mark": "bm90aGluZw:notatoken",
            "passkey": ABSENT_NUMBER,
            "tenant": ABSENT_NUMBER,
            "user": ABSENT_NUMBER,
            "tenancy": ABSENT_NUMBER,
            "dwelling": ABSENT_NUMBER,
            "complex": ABSENT_NUMBER,
            "outage": ABSENT_NUMBER,
            **dict.fromkeys(("version", "row", "upload", "synonym", "gesture", "recovery"), ABSENT_NUMBER),
            "emergency": ABSENT_NUMBER,
            "objection": ABSENT_NUMBER,
            "self_help": ABSENT_NUMBER,
            "report": ABSENT_NUMBER,
            "norm": ABSENT_NUMBER,
        },
    )


def colleague(*codenames, **fields):
    """Staff with a second factor and every right whose name begins like one of these."""
    user = StaffFactory(**fields)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    ours = Permission.objects.filter(content_type__app_label__in=["tenants", "dwellings", "requests"])
    for codename in filter(None, codenames):
        user.user_permissions.add(*ours.filter(codename__startswith=codename))
    return user


def browser_of(user):
    """Signed in, and a moment ago once more with the second factor."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return browser


def of_the_catalogue():
    """A draft with a row in it and a file that waits, and what people call things: the corporation's, nobody's own."""
    draft = CatalogueVersion.objects.filter(status="draft").first() or services.make_version(by=None, at=NOON)
    sheets = catalogues.sheets_of(draft.pk)
    return {
        "version": draft.pk,
        "row": CatalogueProblem.objects.filter(version=draft).values_list("pk", flat=True)[0],
        "upload": services.keep_upload(draft.pk, sheets, name="x.xlsx", by=StaffFactory(), at=NOON).pk,
        "problems": "problems",
        "places": "places",
        "xlsx": "xlsx",
        "synonym": SearchSynonym.objects.get_or_create(language="nl", word="drup", means="druppelt")[0].pk,
    }


def printed_letters(tenant, case):
    printed_at = NOON + timedelta(microseconds=tenant.pk)
    LetterFactory(tenant=tenant, about=case.reference, state="sent", sent_at=printed_at)
    return number_of(printed_at)


def things_of(tenancy):
    tenant = tenancy.tenant
    place = {"dwelling": tenancy.dwelling, "reported_by": tenant}
    case = ServiceRequestFactory(reference=f"2026-9{tenant.pk:05}", status=Status.DONE, **place)
    report = Report.objects.get(service_request=case)
    Report.objects.filter(pk=report.pk).update(text=SECRET if tenant.name == SECRET else "Het lekt.")
    question = {"report_id": report.pk, "round": case.times_done, "asked_at": case.done_at}
    passkey = Authenticator.objects.create(
        user=tenant.user,
        type=Authenticator.Type.WEBAUTHN,
        data=json.loads(PASSKEY.read_text()) | {"name": tenant.name},
    )
    return {
        "request": case.reference,
        "case": case.pk,
        "notification": NotificationFactory(tenant=tenant, about=case.reference, state="failed", due_at=None).pk,
        "printed_letters": printed_letters(tenant, case),
        "draft": DraftFactory(tenant=tenant, dwelling=tenancy.dwelling, text=SECRET).pk,
        "photo": stored_photo(report=report).pk,
        "verdict": tokens.make(tokens.VERDICT, **question),
        "mark": tokens.make(tokens.MARK, **question),
        "passkey": passkey.pk,
        "tenant": tenant.pk,
        "user": tenant.user.pk,
        "tenancy": tenancy.pk,
        "dwelling": tenancy.dwelling.pk,
        "complex": tenancy.dwelling.complex.pk,
        "emergency": Emergency.objects.create(tenant=tenant, dwelling=tenancy.dwelling, danger="gas", at=NOON).pk,
        "outage": OutageFactory(complex=tenancy.dwelling.complex).pk,
        "objection": Objection.objects.create(
            service_request=case, report=case.reports.first(), rule="law_d", words=SECRET, at=NOON
        ).pk,
        "self_help": SelfHelp.objects.create(
            tenant=tenant, dwelling=tenancy.dwelling, problem="kitchen_tap_drips", guide="Z06", result="solved", at=NOON
        ).pk,
        **of_the_catalogue(),
        "gesture": Gesture.objects.get_or_create(urgency="N", what_nl="een bon", what_en="a voucher")[0].pk,
        "recovery": Recovery.objects.create(
            service_request=case,
            why="broken",
            of="promise-1",
            promised=NOON,
            begun_at=NOON,
            hear_by=NOON + timedelta(days=1),
            settled_at=NOON,
        ).pk,
        "report": report.pk,
        "norm": Norm.objects.filter(urgency="N").get().pk,
    }
