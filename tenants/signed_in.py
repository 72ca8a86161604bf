"""Who is signed in, and what they may do: asked of the database once per page each."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Exists, OuterRef, Q

from .models import User

__all__ = ["Backend"]


class Backend(AuthenticationBackend):
    """allauth's way in. The person comes with their Tenant and with whether they have a second factor."""

    def get_user(self, user_id: Any) -> User | None:
        factor = Exists(
            Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        )
        people = User.objects.select_related("tenant").annotate(has_second_factor=factor)
        user = people.filter(pk=user_id).first()
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
