from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = label = "requests"  # also the name of a PyPI package, which therefore may not be installed
    verbose_name = _("Requests")
