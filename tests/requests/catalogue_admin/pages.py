"""What several of these tests share."""

import re

from django.contrib.messages import get_messages
from django.urls import reverse

from requests.models import (
    CatalogueProblem,
)

NAME = "admin:requests_catalogueversion"


def to(which, *args):
    return reverse(f"{NAME}_{which}", args=args)


def row_of(version, key, model=CatalogueProblem):
    return model.objects.get(version=version, key=key)


def form_of(site, version, sheet, row):
    """What a browser would send when nothing is changed."""
    return sent_by(site.get(to("row", version.pk, sheet, row.pk)).context["form"])


def sent_by(form):
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())
