"""Photos are files of people: they leave through these views only."""

import uuid

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from tenants.access import tenant_of

from .. import photos
from ..models import Attachment

# A file of a stranger's making is never a page: no scripts, no frames, no plugins.
POLICY = "default-src 'none'; sandbox"


@require_safe
def photo(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    return _file(_visible_photo(request, pk).image)


@require_safe
def thumbnail(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    small = _visible_photo(request, pk).thumbnail
    if not small:
        raise Http404("The thumbnail is not there yet.")
    return _file(small)


def _visible_photo(request: HttpRequest, pk: uuid.UUID) -> Attachment:
    return get_object_or_404(_visible_to(request), pk=pk)


def _visible_to(request: HttpRequest) -> QuerySet[Attachment]:
    """A tenant's own photos; for staff those of every report, never those of a draft."""
    if tenant := tenant_of(request):
        return Attachment.objects.of(tenant, on=timezone.localdate())
    if request.user.is_staff and request.user.has_perm("requests.view_servicerequest"):
        return Attachment.objects.filter(report__isnull=False)
    return Attachment.objects.none()


def _file(file: FieldFile) -> HttpResponseBase:
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(headers={"X-Accel-Redirect": f"{settings.X_ACCEL_PREFIX}/{file.name}"})
    else:
        try:
            response = FileResponse(file.open("rb"))
        except FileNotFoundError as gone:
            raise Http404("The file is gone.") from gone
    response.headers["Content-Type"] = photos.CONTENT_TYPE
    response.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
