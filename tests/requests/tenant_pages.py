"""What the tests of the tenant's pages share."""

import io
import re
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from requests.models import Attachment
from tests.factories import NOON

_another = count()


def a_photo(name="photo.jpg", size=(60, 40)):
    """Each is another one."""
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, "JPEG", comment=f"photo {next(_another)}")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def stored_photo(**owner):
    """A photo of a draft or a report, with its file."""
    attachment = Attachment(width=60, height=40, bytes=1, sha256="0" * 64, at=NOON, **owner)
    attachment.image.save("photo.jpg", a_photo(), save=False)
    attachment.save()
    return attachment


def page(name, *args):
    return reverse(f"requests:{name}", args=args)


def without_keys(response):
    """What the page says, without the keys of its forms: they are new each time."""
    return re.sub(r'value="[\w-]{36,64}"', "", words_of(response))


def words_of(response):
    """What the page says, on one line."""
    return " ".join(response.content.decode().split())
