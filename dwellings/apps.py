from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DwellingsConfig(AppConfig):
    name = "dwellings"
    verbose_name = _("Dwellings")

    def ready(self) -> None:
        from tenants.notifications import addresses  # noqa: PLC0415 -- models are not there before

        from . import post  # noqa: PLC0415 -- models are not there before

        addresses.found_by(post.addresses_of)
