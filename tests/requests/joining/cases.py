"""What several of these tests share."""

from datetime import timedelta

from requests import services, workflow
from requests.intake import catalogue
from requests.services import Said
from requests.services.taking_in import Intake
from requests.workflow import Actor
from tenants.notifications.models import Notification
from tests.factories import (
    NOON,
    CommunalAreaFactory,
    DwellingFactory,
    ServiceRequestFactory,
    TenancyFactory,
)

AT = NOON + timedelta(hours=3)


LEAVES = catalogue.shipped().leaves.values()


LIFT = next(leaf for leaf in LEAVES if leaf.shared == "automatic" and leaf.element_code == "LIF")


LEAK = next(leaf for leaf in LEAVES if leaf.shared == "stack" and not leaf.phone_only)


def case_of(leaf, **fields):
    codes = {name: getattr(leaf, name) for name in ("location_code", "element_code", "defect_code", "category")}
    return ServiceRequestFactory(problem=leaf.key, thing=leaf.thing.key, shared=leaf.shared, **codes, **fields)


def lift_case(**fields):
    return case_of(LIFT, dwelling=None, communal_area=CommunalAreaFactory(), **fields)


def neighbour_of(case):
    home = DwellingFactory(complex=case.place.complex, stack=case.dwelling.stack if case.dwelling else "")
    return TenancyFactory(dwelling=home)


def intake_of(case, leaf, tenancy=None, text="De lift staat stil op de vierde."):
    return Intake(tenancy=tenancy or neighbour_of(case), problem=leaf, area=case.communal_area, text=text)


def two_households(leaf=LEAK, **fields):
    """A leak that a neighbour in the stack joined."""
    tenancy = TenancyFactory(dwelling=DwellingFactory(stack="A-1"))
    case = case_of(leaf, dwelling=tenancy.dwelling, reported_by=tenancy.tenant, **fields)
    report = services.join(intake_of(case, leaf, text="Bij mij druppelt het plafond."), case, at=AT)
    Notification.objects.all().delete()
    case.refresh_from_db()
    return case, report


def plan_a_visit(case, by):
    window = (AT + timedelta(days=1), AT + timedelta(days=1, hours=2))
    said = Said(window=window, craftsman="Ali Demir")
    services.make_move(case.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=by, at=AT, said=said)


def two_cases(**fields):
    """Two requests about the same lift."""
    area = CommunalAreaFactory()
    return [case_of(LIFT, dwelling=None, communal_area=area, **fields) for _ in range(2)]
