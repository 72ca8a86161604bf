"""One settings module. Everything that differs per machine comes from the environment.

Production is the default. `DEBUG=1` is for developers, `DEMO=1` for `make demo`: it hands everybody
the keys, and therefore refuses to serve any other host than this machine, or to stand behind a proxy:
what such a one passes on may come from anywhere, and says "localhost" when somebody wants it to.
"""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from . import env
from .admin_theme import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"]

# --- what differs per machine ---------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
LOCAL = DEBUG or DEMO
SECRET_KEY = env.text("SECRET_KEY", "insecure-development-key" if DEBUG else None)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", " ".join(THIS_MACHINE) if LOCAL else "")
BEHIND_PROXY = env.flag("BEHIND_PROXY")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.site("SITE_URL", "http://localhost:8000" if LOCAL else None)
if DEMO and (BEHIND_PROXY or not {*ALLOWED_HOSTS, env.host_of(SITE_URL)} <= set(THIS_MACHINE)):
    raise ImproperlyConfigured(
        "DEMO=1 lets everybody in as anybody: it only serves this machine, "
        "unset ALLOWED_HOSTS, SITE_URL and BEHIND_PROXY"
    )
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".local")))
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(DATA_DIR / "media")))
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX", "")  # nginx location that serves MEDIA_ROOT internally; empty: Django does
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
DATABASE = env.database("DATABASE_URL", "postgresql://thuisbalie@127.0.0.1:5432/thuisbalie")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **DATABASE,
        "CONN_MAX_AGE": 0,  # the pool keeps connections; threads share few of them
        "OPTIONS": {
            # A database that comes back is noticed within a second or two: the pool's own pauses double without end.
            "pool": {"min_size": 1, "max_size": 20, "timeout": 5, "reconnect_timeout": 2},
            "connect_timeout": 5,
            **DATABASE["OPTIONS"],
        },
    }
}

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "tenants.notifications.mail_server.EmailBackend")
EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH", str(DATA_DIR / "mail"))
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 15  # seconds for a whole mail; shorter than the outbox's lease
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", "Woonstichting De Linde <thuisbalie@delinde.example>" if LOCAL else None
)
SMS_BACKEND = env.text("SMS_BACKEND", "tenants.notifications.sms.to_file" if LOCAL else "")  # empty: no texts
SMS_FILE_PATH = env.text("SMS_FILE_PATH", str(DATA_DIR / "texts"))

# --- the corporation --------------------------------------------------------------------------------
# Whom people phone in danger, and who writes to them: nobody's portal starts with somebody else's.
CORPORATION_NAME = env.text("CORPORATION_NAME", "Woonstichting De Linde" if LOCAL else None)
# Name and address, with a semicolon between the lines: where a tenant goes who does not agree with our answer.
COMPLAINTS_COMMITTEE = tuple(env.text("COMPLAINTS_COMMITTEE", "Klachtencommissie").split(";"))
EMERGENCY_PHONE = env.text("EMERGENCY_PHONE", "088 555 01 00" if LOCAL else None)
EMERGENCY_PHONE_LINK = "tel:" + EMERGENCY_PHONE.replace(" ", "")
BRAND = {  # three tokens; a system check keeps text on the brand colour readable
    "brand": env.text("BRAND_COLOUR", "#0b6b6b"),
    "brand_ink": env.text("BRAND_INK", "#ffffff"),
    "radius": env.text("BRAND_RADIUS", "0.5rem"),
}

# --- the application ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "tenants",
    "dwellings",
    "requests",
    "portal.apps.PortalConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.SecurityHeaders",
    "portal.middleware.SameForEverybody",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.middleware.PlainAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tenants.middleware.SessionLimits",
    "tenants.middleware.Person",
    "portal.middleware.KeepWords",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tenants.middleware.StaffSecondFactor",
    "tenants.middleware.CacheAway",
    "requests.middleware.OneCalendar",
    "portal.middleware.TryAgain",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
_CONTEXT = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "portal.context.corporation",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    },
    {  # plain text: what is told is not HTML, so nothing is escaped here; the HTML wrapper escapes it
        "NAME": "text",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "notifications"],
        "OPTIONS": {"autoescape": False},
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who comes in ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["tenants.signed_in.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tenants.login.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]  # no password, so the sign-in form asks none either
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_RATE_LIMITS = {
    "login": None,  # allauth's own: it would count a known browser among its neighbours
    "addresses_of_a_network": "20/m/ip",  # what one address and one code allow: tenants/attempts.py
    "login_failed": "10/m/ip,5/15m/key",  # a second factor
}
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code that lets people in has proved that the address is theirs
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # a stranger gets a mail too: the page is the same, and takes as long
ACCOUNT_EMAIL_NOTIFICATIONS = True  # people hear of it when their second factor changes
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_FORMS = {
    "login": "tenants.sign_in_forms.SignInForm",
    "confirm_login_code": "tenants.sign_in_forms.SignInCodeForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0  # whose X-Forwarded-For is believed
MFA_ADAPTER = "tenants.login.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_TOTP_ISSUER = CORPORATION_NAME
MFA_TOTP_TOLERANCE = 1  # clocks of telephones differ
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "tenants.sign_in_forms.SecondFactorForm",
    "reauthenticate": "tenants.sign_in_forms.ProveAgainForm",
    "activate_totp": "tenants.sign_in_forms.AppForm",
    "add_webauthn": "tenants.sign_in_forms.PasskeyForm",
    "edit_webauthn": "tenants.sign_in_forms.PasskeyNameForm",
}

SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the address is unique without regard to case: user_email_once

# --- browsers: nothing personal is kept, framed or leaked -------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a dead cache logs nobody out
TENANT_SESSION = timedelta(days=14), timedelta(days=90)  # without being used, and in all
STAFF_SESSION = timedelta(hours=1), timedelta(hours=12)
SESSION_COOKIE_AGE = int(TENANT_SESSION[0].total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not LOCAL
SESSION_COOKIE_NAME = "sessionid" if LOCAL else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"
KNOWN_BROWSER_COOKIE_NAME = "known" if LOCAL else "__Host-known"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.stale.stale_form"
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|health/)$"]  # whoever watches may ask without TLS, from inside
SECURE_HSTS_SECONDS = 0 if LOCAL else int(timedelta(days=730).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes, without files
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # far more than may be sent: the form can tell, with the text still in it
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- languages and time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_unfold"]
LANGUAGE_COOKIE_SECURE = not LOCAL
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
WHITENOISE_USE_FINDERS = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- business knobs: the numbers a landlord may want to change -----------------------------------------------------
# The first two only begin with: from then on the calendar in the admin says when the office is open.
HOLIDAYS_WORKED = ["Goede vrijdag"]  # public in the Dutch list, an ordinary working day at most corporations
OFFICE_HOURS = env.hours("OFFICE_HOURS", "08:00-17:00")
# Nobody's telephone buzzes in between; who tries the demo at night sees what is sent, too.
QUIET_HOURS = env.hours("QUIET_HOURS", "00:00-00:00" if DEMO else "21:00-08:00")
ANSWER_WINDOW = timedelta(days=14)  # from done until the clock closes the request
# What happens so soon after a mail about the same request waits until this is over. A demo shows each at once.
MAILS_TOGETHER_FOR = timedelta(0) if DEMO else timedelta(minutes=10)
REMIND_AFTER = timedelta(days=7)  # from done until the one reminder
ANSWER_LINK_VALID = timedelta(days=21)
DRAFT_KEPT = timedelta(days=14)
ENDED_DRAFT_KEPT = timedelta(days=30)  # a problem that was solved by oneself may be opened again
ACCESS_KEPT = timedelta(days=365)  # then a tenant is asked whether it is still right
PHOTOS_PER_REPORT = 5

# --- workers ----------------------------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "thuisbalie",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker goes on without the broker, and a hundred tries are an hour
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "clock-ticks": {"task": "notifications.clock_ticks", "schedule": 30.0},
    "deliver-notifications": {"task": "notifications.deliver_due", "schedule": 60.0},
    "make-thumbnails": {"task": "requests.make_thumbnails", "schedule": 60.0},
    "follow-up": {"task": "requests.follow_up", "schedule": crontab(minute="*")},
    "forget-old-drafts": {"task": "requests.forget_old_drafts", "schedule": crontab(hour=3, minute=30)},
    "remove-lost-files": {"task": "requests.remove_lost_files", "schedule": crontab(hour=3, minute=45)},
    "forget-old-sessions": {"task": "portal.forget_old_sessions", "schedule": crontab(hour=4, minute=0)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "portal.logs.NoTokens", "fmt": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "fontTools": {"level": "WARNING"},  # tells of every table of every font of every proof
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
