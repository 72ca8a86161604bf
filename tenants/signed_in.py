"""Who is signed in, and what they may do: asked of the database once per page each."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection
from django.db.models import Model, Q

from .models import Tenant, User

__all__ = ["Backend"]


class Backend(AuthenticationBackend):
    """allauth's way in. The person comes with their Tenant and with whether they have a second factor."""

    def get_user(self, user_id: Any) -> User | None:
        user = _person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: object = None) -> set[str]:
        """Their own permissions and those of their groups, in one statement instead of two."""
        if user_obj.is_anonymous or not user_obj.is_active or obj is not None or user_obj.is_superuser:
            return set(super().get_all_permissions(user_obj, obj))
        if not hasattr(user_obj, "_perm_cache"):
            granted = Permission.objects.filter(Q(user=user_obj) | Q(group__user=user_obj)).distinct()
            names = granted.order_by().values_list("content_type__app_label", "codename")
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in names}  # type: ignore[attr-defined]  # Django's own place for it
        return set(user_obj._perm_cache)  # type: ignore[attr-defined]  # from the line above


def _person(key: Any) -> User | None:
    """Asked for on every page, so in words of our own: the ORM takes longer to find them than PostgreSQL to answer."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [Authenticator.Type.RECOVERY_CODES, User._meta.pk.to_python(key)])
        row = cursor.fetchone()
    if row is None:
        return None
    has_second_factor, *values = row
    of_user, of_tenant = values[: len(_columns(User))], values[len(_columns(User)) :]
    user = User.from_db(connection.alias, _columns(User), of_user)
    tenant = Tenant.from_db(connection.alias, _columns(Tenant), of_tenant) if of_tenant[0] is not None else None
    User.tenant.related.set_cached_value(user, tenant)  # as select_related does
    if tenant is not None:
        Tenant.user.field.set_cached_value(tenant, user)
    user.has_second_factor = has_second_factor  # type: ignore[attr-defined]  # as an annotation is set
    return user


@cache
def _statement() -> str:
    person = ", ".join(f"person.{name}" for name in _columns(User))
    tenant = ", ".join(f"tenant.{name}" for name in _columns(Tenant))
    return f"""
        SELECT EXISTS (SELECT FROM mfa_authenticator WHERE user_id = person.id AND type <> %s), {person}, {tenant}
        FROM tenants_user person
        LEFT JOIN tenants_tenant tenant ON tenant.user_id = person.id
        WHERE person.id = %s
    """


@cache
def _columns(model: type[Model]) -> list[str]:
    """All that a row of it has, the key first."""
    return [str(field.column) for field in model._meta.concrete_fields]
