"""Every page there is: who opens it, and with which things of the world in `page_world`.

Each is opened by the tests that count what a page asks of the database and by those that let axe read it.
A new address needs one line here: in PAGES when it shows something, in NO_PAGES when it never does.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import get_resolver

from requests.admin.tabs import TABS
from requests.intake.catalogue import SHEETS
from requests.models import Ended
from requests.proof import Where
from requests.workflow import Status

from .addresses import address, every_pattern
from .page_world import (
    ADMINISTRATOR,
    AFTER_THE_CODE,
    MANAGER,
    PLANNER,
    STRANGER,
    TENANT,
    WITH_A_CODE,
    WITH_SPARE_CODES,
)
from .size import LONG

TEMPLATES = settings.BASE_DIR / "templates"
ERROR_PAGES = {
    str(file.relative_to(TEMPLATES))
    for file in TEMPLATES.rglob("*.html")
    if '{% extends "_error_page.html" %}' in file.read_text()
}
URLS = "tests.portal.demo_urls"  # all that the portal ever serves
# How many statements a page may ask; what people open all day has less than the rest.
OF_ANY_PAGE, OF_THE_QUEUE, OF_MY_REQUESTS = 15, 10, 10
OF_ONE_REQUEST = 14  # two say who it is, twelve are one for each table that the page shows a part of
# Why axe does not read a page.
NO_HTML, PART = "is not HTML", "is a part of a page"
A_LETTER = "is a mail, in a sandbox that runs no script"
LIKE_ANOTHER = "is made of the parts of a page that it does read"


@dataclass(frozen=True)
class Page:
    """`of`: which thing of the world each argument of the route is, `query` likewise with {names}.

    `at_most`: how many statements it may ask. `unread`: why axe does not read it. `seldom`: much like another of the
    admin's pages, which staff do not open every day; looked at by `make thorough`.
    """

    name: str
    who: str
    of: dict[str, str] = field(default_factory=dict)
    query: str = ""
    at_most: int = OF_ANY_PAGE
    unread: str = ""
    seldom: bool = False

    def __str__(self) -> str:
        things = "".join(f" {thing}" for thing in self.of.values())
        return f"{self.name}{things}{self.query} by {self.who}"

    def path(self, things: dict[str, object]) -> str:
        arguments = {argument: things[kind] for argument, kind in self.of.items()}
        return address(ROUTES[self.name], arguments) + self.query.format(**things)


def request(name, status, **more):
    return Page(f"requests:{name}", TENANT, of={"reference": status}, **more)


def letter(where, name="next_step", **more):
    return Page(f"requests:{name}", TENANT, of={"reference": "late", "where": where}, **more)


def draft(name, *, of="draft", **more):
    return Page(f"requests:{name}", TENANT, of={"key": of, **more})


def case(status, query="", who=PLANNER):
    return Page("admin:requests_servicerequest_change", who, {"object_id": f"{status}_pk"}, query)


def queue(query="", who=PLANNER, **more):
    return Page("admin:requests_servicerequest_changelist", who, query=query, at_most=OF_THE_QUEUE, **more)


def of_model(name, kind):
    """What the admin shows of a model."""
    key = {"object_id": kind}
    return [
        Page(f"admin:{name}_changelist", PLANNER, at_most=OF_THE_QUEUE, seldom=True),
        Page(f"admin:{name}_changelist", PLANNER, query="?q=a", at_most=OF_THE_QUEUE, unread=LIKE_ANOTHER, seldom=True),
        Page(f"admin:{name}_change", PLANNER, of=key, seldom=True),
        Page(f"admin:{name}_history", PLANNER, of=key, unread=LIKE_ANOTHER, seldom=True),
    ]


def catalogue(name, **more):
    return Page(
        f"admin:requests_catalogueversion_{name}",
        ADMINISTRATOR,
        {"object_id": "version"},
        seldom=True,
        **more,
    )


def version(name, query="", unread="", **of):
    page = f"admin:requests_catalogueversion_{name}"
    return Page(page, ADMINISTRATOR, {"pk": "version"} | of, query, unread=unread, seldom=True)


PAGES = [
    # --- everybody
    Page("home", STRANGER),
    Page("home", TENANT, at_most=OF_MY_REQUESTS),
    Page("home", PLANNER),
    Page("home", MANAGER),
    Page("theme", STRANGER, unread=NO_HTML),
    Page("healthz", STRANGER, unread=NO_HTML),
    Page("readyz", STRANGER, unread=NO_HTML),
    Page("requests:emergency", STRANGER),
    Page("requests:emergency_steps", STRANGER, of={"key": "danger"}),
    # --- tenants
    Page("requests:report", TENANT),
    Page("requests:danger", TENANT, of={"key": "danger"}),
    draft("throw_away"),
    Page("tenants:access", TENANT),
    draft("report_home"),
    draft("report_place"),
    Page("requests:report_search", TENANT, {"key": "draft"}, "?q=kraan"),
    draft("report_thing"),
    draft("report_problem"),
    *(draft(f"report_{name}", of="asks_all") for name in ("details", "known", "help", "costs")),
    *(draft("report_ended", of=f"ended_{how}") for how in Ended.values),
    draft("report_call", of="call", problem="gas"),
    draft("report_words"),
    draft("report_check"),
    Page("requests:mine", TENANT, at_most=OF_MY_REQUESTS),
    Page("requests:mine", TENANT, query="?older={closed}", at_most=OF_MY_REQUESTS),
    *(request("detail", status, at_most=OF_ONE_REQUEST) for status in Status.values),
    request("sent", "received"),
    request("proof", "done"),
    request("proof_pdf", "done", unread=NO_HTML),
    request("detail", "late", at_most=OF_ONE_REQUEST),
    request("next_steps", "late", at_most=OF_ONE_REQUEST),
    *(letter(where, at_most=OF_ONE_REQUEST) for where in Where),
    letter("klacht", "next_step_pdf", at_most=OF_ONE_REQUEST, unread=NO_HTML),
    request("withdraw", "received"),
    request("verdict_here", "done"),
    request("mark_here", "closed"),
    Page("requests:photo", TENANT, of={"pk": "photo"}, unread=NO_HTML),
    Page("requests:photo", PLANNER, of={"pk": "photo"}, unread=NO_HTML),
    Page("requests:thumbnail", TENANT, of={"pk": "photo"}, unread=NO_HTML),
    Page("requests:thumbnail", PLANNER, of={"pk": "photo"}, unread=NO_HTML),
    # --- who has the link from the mail
    Page("requests:answer", STRANGER, of={"token": "verdict"}),
    Page("requests:mark", STRANGER, of={"token": "mark"}),
    # --- managers
    Page("requests:dashboard", MANAGER),
    Page("requests:dashboard", MANAGER, query="?complex={complex}&period=30d"),
    # --- one's own account
    Page("account_login", STRANGER),
    Page("account_inactive", STRANGER),
    Page("account_confirm_login_code", WITH_A_CODE),
    Page("mfa_authenticate", AFTER_THE_CODE),
    Page("account_logout", TENANT),
    Page("usersessions_list", TENANT),
    Page("mfa_index", TENANT),
    Page("mfa_index", PLANNER),
    Page("mfa_index", WITH_SPARE_CODES),
    Page("mfa_reauthenticate", PLANNER),
    Page("mfa_activate_totp", TENANT),
    Page("mfa_deactivate_totp", PLANNER),
    Page("mfa_view_recovery_codes", WITH_SPARE_CODES),
    Page("mfa_generate_recovery_codes", WITH_SPARE_CODES),
    Page("mfa_download_recovery_codes", WITH_SPARE_CODES, unread=NO_HTML),
    Page("mfa_list_webauthn", TENANT),
    Page("mfa_add_webauthn", TENANT),
    Page("mfa_reauthenticate_webauthn", TENANT),
    Page("mfa_remove_webauthn", TENANT, of={"pk": "passkey"}),
    Page("mfa_edit_webauthn", TENANT, of={"pk": "passkey"}),
    # --- staff
    queue(),
    queue(who=ADMINISTRATOR, unread=LIKE_ANOTHER),
    *(queue(f"?tab={tab.key}", unread=LIKE_ANOTHER) for tab in TABS),
    queue("?q=aleida"),
    queue("?complex={complex}&assignee=me&status=waiting", unread=LIKE_ANOTHER),
    case("received"),
    case("in_review"),
    case("received", "?move=plan"),
    case("waiting", "?move=schedule"),
    case("received", "?move=defer"),
    Page("admin:requests_servicerequest_later", PLANNER, of={"pk": "received_pk"}),
    case("done"),
    case("done", "?do=assign"),
    case("closed"),
    case("done", who=MANAGER),
    Page("admin:requests_servicerequest_history", PLANNER, of={"object_id": "done_pk"}, seldom=True),
    Page("admin:requests_servicerequest_new", PLANNER, unread=LIKE_ANOTHER),
    Page("admin:requests_servicerequest_new", PLANNER, query="?q=e"),
    Page("admin:requests_servicerequest_new", PLANNER, query="?tenancy={tenancy}"),
    Page("admin:requests_report_letter", PLANNER, of={"pk": "report"}, unread=NO_HTML),
    *of_model("requests_emergency", "emergency"),
    Page("admin:requests_emergency_on_top", PLANNER, unread=PART),
    *of_model("requests_objection", "objection"),
    *of_model("requests_selfhelp", "self_help"),
    Page("admin:tenants_tenant_access", ADMINISTRATOR, of={"pk": "tenant"}, seldom=True),
    *of_model("dwellings_outage", "outage"),
    Page("admin:dwellings_outage_add", ADMINISTRATOR, seldom=True),
    Page("admin:requests_servicerequest_split", PLANNER, of={"pk": "done_pk", "report": "report"}, unread=LIKE_ANOTHER),
    Page("admin:requests_servicerequest_merge", PLANNER, of={"pk": "received_pk"}),
    *of_model("dwellings_complex", "complex"),
    *of_model("dwellings_dwelling", "dwelling"),
    *of_model("dwellings_tenancy", "tenancy"),
    *of_model("tenants_tenant", "tenant"),
    *of_model("tenants_user", "user"),
    Page("admin:tenants_user_add", ADMINISTRATOR, seldom=True),
    Page("admin:tenants_user_change", ADMINISTRATOR, of={"object_id": "user"}, seldom=True),
    # --- the catalogue of problems
    Page("admin:requests_catalogueversion_changelist", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_catalogueversion_change", PLANNER, of={"object_id": "version"}, seldom=True),
    *(catalogue("change", query=f"?sheet={name}") for name in SHEETS),
    catalogue("history"),
    catalogue("delete"),
    *(version(name) for name in ("publish", "preview", "import")),
    version("preview", query="?place=kitchen", unread=LIKE_ANOTHER),
    version("preview", query="?problem=kitchen_tap_drips&language=en"),
    version("export", kind="xlsx", unread=NO_HTML),
    version("row_add", sheet="places"),
    version("row", row="row", sheet="problems"),
    version("row_delete", row="row", sheet="problems"),
    Page("admin:requests_searchsynonym_changelist", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_searchsynonym_add", ADMINISTRATOR, seldom=True),
    Page("admin:requests_searchsynonym_change", ADMINISTRATOR, of={"object_id": "synonym"}, seldom=True),
    Page(
        "admin:requests_searchsynonym_history",
        ADMINISTRATOR,
        of={"object_id": "synonym"},
        unread=LIKE_ANOTHER,
        seldom=True,
    ),
    Page("admin:requests_searchsynonym_delete", ADMINISTRATOR, of={"object_id": "synonym"}, seldom=True),
    # --- norms and the calendar
    Page("admin:requests_norm_changelist", PLANNER, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_norm_changelist", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_norm_add", ADMINISTRATOR, query="?urgency=N&category=damp", at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_closingday_changelist", PLANNER, seldom=True),
    Page("admin:requests_closingday_changelist", ADMINISTRATOR, seldom=True),
    Page("admin:requests_closingday_add", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_openinghours_add", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_holidayrule_add", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:jsi18n", PLANNER, unread=NO_HTML),
    Page("admin:search", PLANNER, unread=PART),
    Page("admin:tenants_letter_changelist", PLANNER, at_most=OF_THE_QUEUE),
    # --- promises that are broken
    case("late"),
    Page("admin:tenants_notification_changelist", PLANNER, at_most=OF_THE_QUEUE),
    Page("admin:requests_gesture_policy", PLANNER, seldom=True),
    Page("admin:requests_gesture_changelist", ADMINISTRATOR, at_most=OF_THE_QUEUE, seldom=True),
    Page("admin:requests_gesture_add", ADMINISTRATOR, seldom=True),
    Page("admin:requests_gesture_change", ADMINISTRATOR, of={"object_id": "gesture"}, seldom=True),
    Page(
        "admin:requests_gesture_history", ADMINISTRATOR, of={"object_id": "gesture"}, unread=LIKE_ANOTHER, seldom=True
    ),
    Page("admin:requests_gesture_delete", ADMINISTRATOR, of={"object_id": "gesture"}, seldom=True),
    Page("admin:tenants_letter_document", PLANNER, of={"number": "printed_letters"}, unread=NO_HTML),
    # --- the demo
    Page("demo:mailbox", STRANGER),
    Page("demo:letter", STRANGER, of={"key": "letter"}, unread=A_LETTER),
    Page("demo:style", STRANGER),
]

TODAY = [page for page in PAGES if LONG or not page.seldom]

SENT_TO, LEADS_ON, NOT_HERE = "is only sent to", "leads on to a page", "does not exist here"
RED = "is red, as no worker runs here"
ONE = {"pk": "done_pk"}

OF_THE_DRAFT = {"pk": "version", "sheet": "problems"}

NO_PAGES = {
    "admin:requests_norm_take_back": (SENT_TO, {"pk": "norm", "kind": "kind_of_rule"}),
    "admin:requests_catalogueversion_add": (LEADS_ON, {}),  # to the draft that is there
    "admin:requests_catalogueversion_upload": (LEADS_ON, {"pk": "version", "upload": "upload"}),  # a colleague's
    "admin:requests_catalogueversion_row_move": (SENT_TO, OF_THE_DRAFT),
    "admin:requests_catalogueversion_row_payer": (SENT_TO, OF_THE_DRAFT),
    "admin/requests/catalogueversion/<path:object_id>/": (LEADS_ON, {"object_id": "version"}),
    "admin/requests/searchsynonym/<path:object_id>/": (LEADS_ON, {"object_id": "synonym"}),
    "set_language": (SENT_TO, {}),
    "health": (RED, {}),
    "requests:write": (SENT_TO, {"reference": "done"}),
    "requests:report_resume": (SENT_TO, {"key": "ended_solved"}),
    "requests:report_area": (LEADS_ON, {"key": "draft"}),
    "demo:sign_in": (SENT_TO, {}),
    "account_signup": (LEADS_ON, {}),
    "account_request_login_code": (LEADS_ON, {}),
    "account_reauthenticate": (LEADS_ON, {}),
    "mfa_login_webauthn": (LEADS_ON, {}),  # but for the script of the page where people sign in
    "admin:login": (LEADS_ON, {}),
    "admin/": (LEADS_ON, {}),
    "admin:index": (LEADS_ON, {}),
    "admin:logout": (SENT_TO, {}),
    "admin:password_change": (NOT_HERE, {}),
    "admin:password_change_done": (NOT_HERE, {}),
    "admin:autocomplete": (NOT_HERE, {}),
    "admin:view_on_site": (NOT_HERE, {}),
    "admin:app_list": (NOT_HERE, {}),
    "admin/<url>": (NOT_HERE, {}),
    "admin:requests_servicerequest_move": (SENT_TO, ONE),
    "admin:requests_servicerequest_preview": (SENT_TO, ONE),
    "admin:requests_servicerequest_later_preview": (SENT_TO, ONE),
    "admin:requests_servicerequest_message": (SENT_TO, ONE),
    "admin:requests_servicerequest_note": (SENT_TO, ONE),
    "admin:requests_servicerequest_settle": (SENT_TO, ONE),
    "admin:requests_servicerequest_again": (SENT_TO, ONE | {"notification": "notification"}),
    "admin:requests_servicerequest_assign": (SENT_TO, ONE),
    "admin:requests_servicerequest_gesture": (SENT_TO, {"pk": "late_pk", "recovery": "recovery"}),
    "admin/requests/gesture/<path:object_id>/": (LEADS_ON, {"object_id": "gesture"}),
    "admin:requests_servicerequest_objection": (SENT_TO, {"pk": "in_review_pk"}),
    "admin:tenants_letter_print": (SENT_TO, {}),
    "admin:requests_emergency_seen": (SENT_TO, {"pk": "emergency"}),
    "admin:dwellings_outage_over": (SENT_TO, {"pk": "outage"}),
}
for model, kind in {
    "requests_servicerequest": "done_pk",
    "requests_emergency": "emergency",
    "requests_objection": "objection",
    "requests_selfhelp": "self_help",
    "dwellings_outage": "outage",
    "dwellings_complex": "complex",
    "dwellings_dwelling": "dwelling",
    "dwellings_tenancy": "tenancy",
    "tenants_tenant": "tenant",
    "tenants_user": "user",
}.items():
    NO_PAGES[f"admin:{model}_add"] = (NOT_HERE, {})
    NO_PAGES[f"admin:{model}_delete"] = (NOT_HERE, {"object_id": kind})
    NO_PAGES[f"admin/{model.replace('_', '/')}/<path:object_id>/"] = (LEADS_ON, {"object_id": kind})
for name in ("admin:tenants_user_add", "admin:dwellings_outage_add"):
    del NO_PAGES[name]

ROUTES = dict(every_pattern(get_resolver(URLS)))
