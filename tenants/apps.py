from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Tenants")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415 -- needs the apps, as the others do
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 -- needs the apps

        from .login import note_proof  # noqa: PLC0415 -- needs the apps
        from .middleware import begin_session  # noqa: PLC0415 -- needs the apps
        from .notifications import sweep  # noqa: F401, PLC0415 -- connects to Celery's worker signals

        user_logged_in.connect(begin_session)
        authenticator_added.connect(note_proof)
        check_text_service()


def check_text_service() -> None:
    """Now, and not at the first text. Raises ImproperlyConfigured when SMS_BACKEND names no function."""
    try:
        usable = not settings.SMS_BACKEND or callable(import_string(settings.SMS_BACKEND))
    except ImportError as missing:
        raise ImproperlyConfigured(f"SMS_BACKEND={settings.SMS_BACKEND!r}: {missing}") from missing
    if not usable:
        raise ImproperlyConfigured(f"SMS_BACKEND={settings.SMS_BACKEND!r}: name a function")
