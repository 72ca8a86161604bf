"""Who is at work."""

from django.http import HttpRequest

from tenants.models import User


def colleague_of(request: HttpRequest) -> User:
    """The signed-in colleague; the admin has let nobody else in."""
    assert isinstance(request.user, User)
    return request.user
