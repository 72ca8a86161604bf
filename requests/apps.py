from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = label = "requests"  # also the name of a PyPI package, which therefore may not be installed
    verbose_name = _("Requests")

    def ready(self) -> None:
        from tenants.notifications import sweep  # noqa: PLC0415 -- models are not there before

        from . import tasks  # noqa: PLC0415 -- models are not there before

        sweep.also(tasks.follow_up)
        sweep.also(tasks.make_thumbnails)
