"""What every page knows: whose portal it is, and the number to call."""

from django.conf import settings
from django.http import HttpRequest


def corporation(request: HttpRequest) -> dict[str, object]:
    return {
        "corporation_name": settings.CORPORATION_NAME,
        "emergency_phone": settings.EMERGENCY_PHONE,
        "emergency_phone_link": settings.EMERGENCY_PHONE_LINK,
        "demo": settings.DEMO,
    }
