"""What several of these tests share."""

import uuid

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse

from requests.front_door import catalogues
from tests.factories import (
    StaffFactory,
)

NEW = "admin:requests_servicerequest_new"


IN_ENGLISH = {"accept-language": "en"}


TAP, GAS, LIFT, PAID = "kitchen_tap_drips", "power_water_gas_smell", "lift_stuck", "kitchen_tap_drips"


def colleague(role):
    """Somebody with one of the roles that come with the software, and a second factor."""
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    colleague.groups.add(Group.objects.get(name=role))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague


def address(tenancy):
    return f"{reverse(NEW)}?tenancy={tenancy.pk}"


def show(desk, tenancy, **data):
    return desk.post(address(tenancy), data, headers=IN_ENGLISH)


def save(desk, tenancy, **more):
    """The form of a leaf that asks nothing, filled in; `more` adds to it."""
    data = {"problem": simple().key, "text": "Hij lekt sinds gisteren.", "source": "phone", "key": uuid.uuid4()}
    return desk.post(address(tenancy), data | more | {"save": "1"}, headers=IN_ENGLISH)


def leaf(fits):
    """The first problem of the catalogue in force that fits."""
    return next(one for one in catalogues.current().leaves.values() if fits(one))


def simple():
    return leaf(
        lambda one: (
            not (one.questions or one.causes or one.communal)
            and (one.paid_by, one.urgency, one.shared, one.category) == ("corporation", "N", "no", "interior")
            and one.thing.key not in ("cupboard", "tiles", "fence", "blinds", "shed", "other")
        )
    )


def of_the_tenant():
    """The tenant's job that the corporation does for a price, without a question."""
    return leaf(
        lambda one: (
            one.paid_by.startswith("law_")
            and one.paid_by[-1] not in "mnoqsu"
            and one.price is not None
            and not (one.questions or one.communal)
            and one.thing.key not in ("cupboard", "tiles", "fence", "blinds", "shed")
        )
    )


def automatic():
    return leaf(lambda one: one.shared == "automatic" and one.communal and not one.phone_only)
