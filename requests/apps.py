from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = label = "requests"  # also the name of a PyPI package, which therefore may not be installed
    verbose_name = _("Requests")

    def ready(self) -> None:
        from tenants.notifications import attachments, late, sweep  # noqa: PLC0415 -- models are not there before

        from . import followup, norms, promises, proof, tasks  # noqa: PLC0415 -- models are not there before

        promises.kept_by(norms.read)
        sweep.also(tasks.follow_up)
        sweep.also(tasks.make_thumbnails)
        attachments.offer(proof.PROOF, proof.proof_pdf)
        attachments.offer(proof.STEPS, proof.steps_pdf)
        late.offer("holding", followup.holding_now)
        late.offer("apology", followup.apology_now)
        late.offer("visit", followup.visit_now)
        post_migrate.connect(_fill_with_what_is_shipped, sender=self)


def _fill_with_what_is_shipped(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """A new installation, and a database that was emptied, can take reports at once."""
    from django.db import connections  # noqa: PLC0415 -- apps are not ready before
    from django.utils import timezone  # noqa: PLC0415 -- apps are not ready before

    from . import services  # noqa: PLC0415 -- models are not there before

    tables = connections[using].introspection.table_names()  # may have been migrated back
    now = timezone.now()  # noqa: TID251 -- nobody called us with a time
    if "requests_catalogueversion" in tables:
        services.publish_shipped(at=now)
    if "requests_norm" in tables:
        services.first_norms(at=now)
