from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Tenants")

    def ready(self) -> None:
        from .notifications import sweep  # noqa: F401, PLC0415 -- connects to Celery's worker signals
