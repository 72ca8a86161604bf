"""How the admin looks and what its side menu offers (django-unfold's settings).

Values that follow from other settings are functions: Unfold calls them with the request.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

# The share of the brand colour in each of Unfold's shades; the rest is white above 600 and black below.
# In the dark scheme Unfold writes in 500 and 400, so these are light enough to read on near-black.
_SHADES = {
    "50": (5, "white"), "100": (10, "white"), "200": (20, "white"), "300": (32, "white"), "400": (44, "white"),
    "500": (58, "white"), "600": (100, "white"), "700": (86, "black"), "800": (72, "black"), "900": (56, "black"),
    "950": (36, "black"),
}  # fmt: skip


def site_title(request: HttpRequest) -> str:
    return f"Thuisbalie — {settings.CORPORATION_NAME}"


def corporation(request: HttpRequest) -> str:
    return str(settings.CORPORATION_NAME)


def brand_shades(request: HttpRequest) -> dict[str, str]:
    brand = settings.BRAND["brand"]
    return {shade: f"color-mix(in oklab, {brand} {share}%, {rest})" for shade, (share, rest) in _SHADES.items()}


def own_styles(request: HttpRequest) -> str:
    return static("css/admin.css")


def send_once(request: HttpRequest) -> str:
    return static("js/once.js")


def write_labels(request: HttpRequest) -> str:
    return static("js/labels.js")


def _item(title: Any, icon: str, url_name: str, permission: str, **more: Any) -> dict[str, Any]:
    def is_allowed(request: HttpRequest) -> bool:
        return request.user.has_perm(permission)

    return {"title": title, "icon": icon, "link": reverse_lazy(url_name), "permission": is_allowed, **more}


def _is_in_the_queue(request: HttpRequest) -> bool:
    """A new report stands below the queue's address, and has an item of its own."""
    queue, new = (reverse(f"admin:requests_servicerequest_{name}") for name in ("changelist", "new"))
    return request.path.startswith(queue) and not request.path.startswith(new)


_WORK = [
    _item(
        _("Emergencies"),
        "emergency_home",
        "admin:requests_emergency_changelist",
        "requests.view_emergency",
        badge="requests.admin.unseen_badge",
        badge_variant="danger",
        badge_style="solid",
    ),
    _item(
        _("Queue"),
        "inbox",
        "admin:requests_servicerequest_changelist",
        "requests.view_servicerequest",
        active=_is_in_the_queue,
    ),
    _item(_("New report"), "add_call", "admin:requests_servicerequest_new", "requests.add_servicerequest"),
    _item(
        _("Letters to print"),
        "print",
        "admin:tenants_letter_changelist",
        "requests.view_servicerequest",
        badge="requests.admin.letters_badge",
        badge_variant="primary",
    ),
    _item(_("Not delivered"), "unsubscribe", "admin:tenants_notification_changelist", "tenants.view_notification"),
    _item(_("Outages"), "campaign", "admin:dwellings_outage_changelist", "dwellings.view_outage"),
]
_HOMES_AND_PEOPLE = [
    _item(_("Tenants"), "group", "admin:tenants_tenant_changelist", "tenants.view_tenant"),
    _item(_("Homes"), "home", "admin:dwellings_dwelling_changelist", "dwellings.view_dwelling"),
    _item(_("Tenancies"), "contract", "admin:dwellings_tenancy_changelist", "dwellings.view_tenancy"),
    _item(_("Complexes"), "apartment", "admin:dwellings_complex_changelist", "dwellings.view_complex"),
]
_MANAGEMENT = [
    _item(_("Dashboard"), "monitoring", "requests:dashboard", "requests.view_dashboard"),
    _item(
        _("Catalogue of problems"),
        "account_tree",
        "admin:requests_catalogueversion_changelist",
        "requests.change_catalogueversion",
    ),
    _item(_("Norms"), "timer", "admin:requests_norm_changelist", "requests.view_norm"),
    _item(_("Follow-up"), "rule", "admin:requests_gesture_policy", "requests.view_servicerequest"),
    _item(_("Calendar"), "calendar_month", "admin:requests_closingday_changelist", "requests.view_closingday"),
    _item(_("Objections"), "gavel", "admin:requests_objection_changelist", "requests.view_objection"),
    _item(_("Self-help"), "self_improvement", "admin:requests_selfhelp_changelist", "requests.view_selfhelp"),
    _item(_("Synonyms"), "translate", "admin:requests_searchsynonym_changelist", "requests.view_searchsynonym"),
    _item(_("Users"), "badge", "admin:tenants_user_changelist", "tenants.view_user"),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": site_title,
    "SITE_HEADER": "Thuisbalie",
    "SITE_SUBHEADER": corporation,
    "SITE_URL": "/",
    "SITE_SYMBOL": "home_work",
    "ENVIRONMENT": "portal.context.environment",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [own_styles],
    "SCRIPTS": [send_once, write_labels],
    "COLORS": {"primary": brand_shades},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {"title": _("Work"), "items": _WORK},
            {"title": _("Homes and people"), "items": _HOMES_AND_PEOPLE},
            {"title": _("Management"), "items": _MANAGEMENT},
        ],
    },
}
