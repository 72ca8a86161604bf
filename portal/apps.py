from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from . import checks, stale  # noqa: F401, PLC0415 -- registers the system checks; not before the apps are there

        user_logged_out.connect(stale.note_who_left)
