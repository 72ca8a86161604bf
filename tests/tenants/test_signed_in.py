"""Who comes with a session: the person, their Tenant and their second factor, in one question."""

import pytest
from allauth.mfa.models import Authenticator

from tenants.models import User
from tenants.signed_in import Backend
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def columns_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_person_comes_with_their_tenant_as_the_database_has_them(tenant, django_assert_num_queries):
    stored = User.objects.select_related("tenant").get(pk=tenant.user.pk)

    with django_assert_num_queries(1):
        user = Backend().get_user(str(tenant.user.pk))
        assert user.tenant.user is user

    assert columns_of(user) == columns_of(stored)
    assert columns_of(user.tenant) == columns_of(stored.tenant)
    assert (user, user.tenant._state.adding, user._state.adding) == (stored, False, False)


def test_who_rents_nothing_has_no_tenant_and_nobody_asks_again(planner, django_assert_num_queries):
    with django_assert_num_queries(1):
        user = Backend().get_user(planner.pk)
        assert getattr(user, "tenant", None) is None


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [((), False), (("recovery_codes",), False), (("totp",), True), (("webauthn", "recovery_codes"), True)],
)
def test_spare_codes_alone_are_no_second_factor(kinds, expected):
    user = UserFactory()
    for kind in kinds:
        Authenticator.objects.create(user=user, type=kind, data={})

    assert Backend().get_user(user.pk).has_second_factor is expected


def test_nobody_comes_whose_account_was_closed_or_is_gone():
    closed = UserFactory(is_active=False)

    assert Backend().get_user(closed.pk) is None
    assert Backend().get_user(closed.pk + 1) is None
