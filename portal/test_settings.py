"""The settings of the tests: production's, with plain files and no TLS."""

import os
import tempfile

_data = os.environ.get("TEST_DATA_DIR") or f"{tempfile.gettempdir()}/thuisbalie-test"
os.environ |= {"DEBUG": "0", "DEMO": "0", "SECRET_KEY": "only-for-tests", "DATA_DIR": _data}
os.environ |= {"ALLOWED_HOSTS": "testserver localhost 127.0.0.1", "SITE_URL": "http://testserver"}
os.environ |= {"CORPORATION_NAME": "Woonstichting De Linde", "EMERGENCY_PHONE": "088 555 01 00"}
os.environ |= {"DEFAULT_FROM_EMAIL": "Woonstichting De Linde <thuisbalie@delinde.example>"}
os.environ |= {"LOG_LEVEL": "WARNING", "SMS_BACKEND": "tenants.notifications.sms.to_file"}

from .settings import *  # noqa: F403 E402

if template := os.environ.get("TEST_TEMPLATE"):  # a database that has the tables
    DATABASES["default"]["TEST"] = {"TEMPLATE": template, "MIGRATE": False}  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, KNOWN_BROWSER_COOKIE_NAME = "sessionid", "csrftoken", "known"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
