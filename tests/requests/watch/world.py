"""What the tests of promises in danger and broken ones share."""

from datetime import datetime, timedelta

from requests import services, workflow
from requests.models import Alarm
from requests.services import Said
from requests.workflow import Actor
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import NOON, ServiceRequestFactory, StaffFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIX_BY = NOON.replace(day=16, hour=17)  # of a normal request that comes in at NOON
NEXT_DAY = NOON.replace(day=17, hour=17)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=NOON.tzinfo)


def standing_alarms():
    return list(Alarm.objects.standing().order_by("pk").values_list("kind", flat=True))


def told(**about):
    return list(Notification.objects.filter(**about).order_by("pk").values_list("kind", flat=True))


def apology(*, at):
    """It is written when it leaves."""
    delivery.deliver_due(now=lambda: at)
    return Notification.objects.get()


def schedule(service_request, at, window, by=None, note=""):
    said = Said(window=window, craftsman="Carla", note=note)
    services.make_move(
        service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=by or StaffFactory(), at=at, said=said
    )


def with_a_visit(service_request=None):
    """One in the afternoon after NOON."""
    service_request = service_request or ServiceRequestFactory()
    schedule(service_request, NOON, (NOON + DAY, NOON + DAY + 2 * HOUR))
    Notification.objects.all().delete()
    return service_request
