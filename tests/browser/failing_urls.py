"""The portal, and addresses that fail in every way there is a page for."""

from allauth.core.ratelimit import respond_429
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.urls import path
from redis.exceptions import ConnectionError as CacheIsAway

from portal.urls import handler400 as handler400
from portal.urls import handler500 as handler500
from portal.urls import urlpatterns as everywhere

FAILURES = {
    "400": SuspiciousOperation,
    "403": PermissionDenied,
    "413-files": TooManyFilesSent,
    "413-text": RequestDataTooBig,
    "500": RuntimeError,
    "503": CacheIsAway,
}


def fail(request, how):
    if how == "429":
        return respond_429(request)
    raise FAILURES[how]("On purpose.")


fail.login_required = False
urlpatterns = [*everywhere, path("faalt/<str:how>/", fail)]
