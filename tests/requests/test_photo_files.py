"""A photo is a file and a row: never the one without the other."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from requests.models import Attachment
from tests.factories import NOON, DraftFactory
from tests.requests.tenant_pages import a_photo

pytestmark = pytest.mark.django_db


def files():
    return [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


def photo(**owner):
    return Attachment(width=60, height=40, bytes=1, sha256="0" * 64, at=NOON, **owner)


def test_a_photo_is_kept_as_it_was_given():
    kept, content = photo(draft=DraftFactory()), a_photo().read()

    kept.keep(ContentFile(content))

    with Attachment.objects.get().image.open() as file:
        assert file.read() == content


def test_a_photo_whose_row_is_refused_leaves_no_file():
    before = files()

    with pytest.raises(IntegrityError), transaction.atomic():
        photo().keep(a_photo())  # of no draft and no report

    assert files() == before
