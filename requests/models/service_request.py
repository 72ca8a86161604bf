"""The case: one thing that is wrong in one place, from the first report until it is closed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dwellings.models import CommunalArea, Dwelling
from tenants.models import Tenant, User

from ..intake.catalogue import in_language
from ..intake.payer import Payer
from ..promises import Urgency
from ..workflow import FINAL, OPEN, OUTCOMES_AFTER_DONE, READY, TO_DO, Outcome, Status, WaitingReason
from .kinds import Category, Kind, Repeat, Source

# Staff's order of work, below what cannot wait: what went wrong before (reopened, or a tenant we had nothing to tell),
# then what is due first.
WORK_ORDER = ("-needs_attention", "due_at", "pk")
ACUTE_CLASSES = (Urgency.ACUTE, Urgency.RUSH)


def cannot_wait(*, at: datetime) -> Q:
    """To do, and an emergency; or promised within a day, and that day is today or was before."""
    tomorrow = timezone.make_aware(datetime.combine(timezone.localdate(at) + timedelta(days=1), time()))
    today = Q(urgency=Urgency.ACUTE) | Q(urgency=Urgency.RUSH, fix_by__lt=tomorrow)
    return Q(today, status__in=sorted(TO_DO), urgency__in=ACUTE_CLASSES)


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def of(self, tenant: Tenant, *, on: date) -> ServiceRequestQuerySet:
        """What this person reported about a home that they rent on that day, by any contract, and nothing else."""
        homes = Dwelling.objects.of(tenant, on=on).order_by()
        home = Q(reports__tenancy__dwelling__in=homes.values("pk"))
        building = Q(communal_area__complex__in=homes.values("complex"))
        return self.filter(home | building, reports__tenant=tenant)

    def open(self) -> ServiceRequestQuerySet:
        return self.filter(status__in=OPEN)

    def closed(self) -> ServiceRequestQuerySet:
        return self.filter(status__in=FINAL)

    def to_do(self) -> ServiceRequestQuerySet:
        """Open, and the corporation has work to do."""
        return self.filter(status__in=TO_DO)

    def awaiting_verdict(self) -> ServiceRequestQuerySet:
        return self.filter(status__in=READY)

    def waiting(self) -> ServiceRequestQuerySet:
        return self.filter(status=Status.WAITING)

    def due_for_a_word(self, *, at: datetime) -> ServiceRequestQuerySet:
        """The tenant should hear something now."""
        return self.filter(next_word_at__lte=at)

    def due_for_a_look(self, *, at: datetime) -> ServiceRequestQuerySet:
        """Something may have become true of its promises that staff should know."""
        return self.to_do().filter(watch_at__lte=at)

    def broken(self, *, at: datetime) -> ServiceRequestQuerySet:
        """Not repaired on the promised day."""
        return self.to_do().filter(fix_by__lt=at)

    def assigned_to(self, user: User) -> ServiceRequestQuerySet:
        return self.filter(assignee=user)

    def unassigned(self) -> ServiceRequestQuerySet:
        return self.filter(assignee__isnull=True)

    def with_unread_messages(self) -> ServiceRequestQuerySet:
        return self.filter(tenant_waits_for_reply=True)

    def acute(self, *, at: datetime) -> ServiceRequestQuerySet:
        """What stands above everything else in the queue, emergencies first."""
        return self.filter(cannot_wait(at=at)).order_by("urgency", *WORK_ORDER)

    def not_acute(self, *, at: datetime) -> ServiceRequestQuerySet:
        return self.exclude(cannot_wait(at=at)).order_by(*WORK_ORDER)

    def work_queue(self, *, at: datetime) -> ServiceRequestQuerySet:
        """In order of work. Sorts what it gets: for a page, not for all that is open."""
        on_top = Case(When(cannot_wait(at=at), then="urgency"), default=Value("~"))
        return self.order_by(on_top, *WORK_ORDER)


class ServiceRequest(models.Model):
    """One case. Changed only by `requests.services` and `requests.followup`.

    Promises: `answer_by` (first word), `fix_by` (repaired; moves only with a PromiseMove) beside
    `first_fix_by` (what is measured), `next_word_at` (by then the tenant hears something: always,
    as long as the request is open).
    """

    reference = models.CharField(_("number"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REPAIR)
    dwelling = models.ForeignKey(
        Dwelling,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_requests",
        verbose_name=_("dwelling"),
    )
    communal_area = models.ForeignKey(
        CommunalArea,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="service_requests",
        verbose_name=_("communal area"),
    )
    problem = models.CharField(_("problem"), max_length=60, help_text=_("key in the catalogue"))
    subject = models.CharField(_("subject"), max_length=180, help_text=_("in Dutch, as it was when reported"))
    # What it is called, as the catalogue said it when it was reported: a later version changes no request.
    title_nl = models.CharField(max_length=100, default="")
    title_en = models.CharField(max_length=100, default="")
    room_nl = models.CharField(max_length=60, blank=True)
    room_en = models.CharField(max_length=60, blank=True)
    thing = models.CharField(_("thing"), max_length=60, blank=True, help_text=_("key in the catalogue"))
    shared = models.CharField(
        max_length=10, default="no", help_text=_("whether neighbours may have it too; of intake.catalogue.SHARED")
    )
    location_code = models.CharField(_("location"), max_length=3)
    element_code = models.CharField(_("element"), max_length=3, blank=True)
    defect_code = models.CharField(_("defect"), max_length=3, blank=True)
    cause_code = models.CharField(_("cause"), max_length=3, blank=True, help_text=_("found by the craftsman"))
    category = models.CharField(_("category"), max_length=15, choices=Category)
    trade = models.CharField(_("trade"), max_length=3, help_text=_("VERA ONDERHOUDSPECIALISME"))
    urgency = models.CharField(_("urgency"), max_length=1, choices=Urgency)
    stated_cause_code = models.CharField(_("cause, says the tenant"), max_length=3, blank=True)
    payer = models.CharField(_("who pays"), max_length=13, choices=Payer, default=Payer.CORPORATION)
    payer_rule = models.CharField(_("rule"), max_length=20, default="corporation")
    agreed_price = models.PositiveIntegerField(
        _("price the tenant agreed to"), null=True, blank=True, help_text=_("whole euros")
    )
    extra_hard = models.BooleanField(_("extra hard for this household"), default=False)
    repeat_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="repeats",
        verbose_name=_("we were here before for"),
    )
    repeat_why = models.CharField(_("not again"), max_length=12, choices=Repeat, blank=True)
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="split_offs",
        verbose_name=_("split off from"),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged",
        verbose_name=_("goes on as"),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECEIVED)
    waiting_reason = models.CharField(_("waiting for"), max_length=12, choices=WaitingReason, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    source = models.CharField(pgettext_lazy("how a report came in", "channel"), max_length=10, choices=Source)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="assigned_requests",
        verbose_name=_("assigned to"),
    )
    tenant_waits_for_reply = models.BooleanField(_("tenant waits for a reply"), default=False)
    needs_attention = models.BooleanField(_("needs attention"), default=False)
    received_at = models.DateTimeField(_("received"))
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    first_fix_by = models.DateTimeField(_("first promised"))
    fix_by = models.DateTimeField(_("promised"))
    next_word_at = models.DateTimeField(_("next word to the tenant"), null=True, blank=True)
    words_given = models.PositiveSmallIntegerField(_("holding messages since the last news"), default=0)
    follow_up_failures = models.PositiveSmallIntegerField(_("failed attempts to follow up"), default=0)
    # When to look whether the promise is still safe. What nobody sets is looked at once, and then again in time.
    watch_at = models.DateTimeField(_("next look at the promise"), db_default=Now())
    statutory_since = models.DateTimeField(
        _("six weeks count from"), null=True, blank=True, help_text=_("only for defects that fall under them")
    )
    deferred_until = models.DateTimeField(_("put off until"), null=True, blank=True)
    done_at = models.DateTimeField(_("ready"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    times_done = models.PositiveSmallIntegerField(_("times ready"), default=0)
    times_reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    version = models.PositiveIntegerField(default=1, help_text=_("goes up with every change"))
    due_at = models.GeneratedField(
        expression=models.functions.Least(F("fix_by"), F("next_word_at")),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [("view_dashboard", _("Can see the dashboards"))]
        constraints = [
            models.CheckConstraint(name="request_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="request_urgency_known", condition=Q(urgency__in=Urgency.values)),
            models.CheckConstraint(name="request_category_known", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="request_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(name="request_payer_known", condition=Q(payer__in=Payer.values)),
            models.CheckConstraint(
                name="request_in_exactly_one_place",
                condition=Q(dwelling__isnull=False, communal_area__isnull=True)
                | Q(dwelling__isnull=True, communal_area__isnull=False),
            ),
            models.CheckConstraint(
                name="request_next_word_iff_open",
                condition=Q(status__in=sorted(OPEN), next_word_at__isnull=False)
                | Q(status__in=sorted(FINAL), next_word_at__isnull=True),
            ),
            models.CheckConstraint(
                name="request_waiting_iff_reason",
                condition=Q(status=Status.WAITING, waiting_reason__in=WaitingReason.values)
                | (~Q(status=Status.WAITING) & Q(waiting_reason="")),
            ),
            models.CheckConstraint(
                name="request_deferred_only_while_it_waits",
                condition=Q(deferred_until__isnull=True) | Q(status=Status.WAITING),
            ),
            models.CheckConstraint(
                name="request_outcome_iff_closed",
                condition=Q(status__in=sorted(FINAL), outcome__in=Outcome.values, closed_at__isnull=False)
                | Q(status__in=sorted(OPEN), outcome="", closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="request_done_at_iff_done",
                condition=Q(status__in=sorted(READY), done_at__isnull=False)
                | Q(status__in=sorted(TO_DO), done_at__isnull=True)
                | Q(outcome__in=sorted(OUTCOMES_AFTER_DONE), done_at__isnull=False)
                | Q(outcome__in=sorted(set(Outcome) - OUTCOMES_AFTER_DONE), done_at__isnull=True),
            ),
            models.CheckConstraint(name="request_has_a_title", condition=~Q(title_nl="") & ~Q(title_en="")),
            models.CheckConstraint(
                name="request_repeat_says_why",
                condition=Q(repeat_of__isnull=True, repeat_why="")
                | Q(repeat_of__isnull=False, repeat_why__in=Repeat.values),
            ),
            models.CheckConstraint(
                name="request_repeat_done_only_with_a_cause",
                condition=Q(repeat_of__isnull=True) | Q(done_at__isnull=True) | ~Q(cause_code=""),
            ),
            models.CheckConstraint(
                name="request_merged_is_closed_as_duplicate",
                condition=Q(merged_into__isnull=True) | Q(outcome=Outcome.DUPLICATE),
            ),
            models.CheckConstraint(
                name="request_price_only_from_the_tenant",
                condition=Q(agreed_price__isnull=True) | Q(payer=Payer.TENANT),
            ),
            models.CheckConstraint(
                name="request_in_order_of_time",
                condition=(Q(done_at__isnull=True) | Q(done_at__gte=F("received_at")))
                & (Q(closed_at__isnull=True) | Q(closed_at__gte=F("received_at")))
                & Q(answer_by__gte=F("received_at"), first_fix_by__gte=F("received_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_word_at", "id"],
                name="request_word_due",
                condition=Q(next_word_at__isnull=False),
            ),
            models.Index(
                fields=["watch_at", "id"],
                name="request_watch_due",
                condition=Q(status__in=sorted(TO_DO)),
            ),
            models.Index(
                fields=["-needs_attention", "due_at", "id"],
                name="request_queue",
                condition=Q(status__in=sorted(OPEN)),
            ),
            models.Index(
                fields=["urgency", "-needs_attention", "due_at", "id"],
                name="request_acute",
                condition=Q(status__in=sorted(TO_DO), urgency__in=ACUTE_CLASSES),
            ),
            models.Index(
                fields=["assignee", "-needs_attention", "due_at"],
                name="request_mine",
                condition=Q(status__in=sorted(OPEN)),
            ),
            models.Index(
                fields=["-needs_attention", "due_at", "id"],
                name="request_unread",
                condition=Q(tenant_waits_for_reply=True),
            ),
            models.Index(fields=["received_at", "id"], name="request_by_receipt"),
            # Few requests have one of these: every change of the others would write that they have none.
            *(
                models.Index(fields=[name], name=f"request_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("communal_area", "repeat_of", "split_from", "merged_into", "assignee")
            ),
            # The dashboard counts from the index alone: what became ready, was it in time, and where.
            models.Index(
                fields=["done_at"],
                include=[
                    "received_at",
                    "first_fix_by",
                    "fix_by",
                    "times_reopened",
                    "dwelling",
                    "communal_area",
                ],
                name="request_by_done",
                condition=Q(done_at__isnull=False),
            ),
            models.Index(
                fields=["done_at"],
                include=["first_fix_by", "fix_by"],
                name="request_ready_late",
                condition=Q(done_at__gt=F("first_fix_by")) | Q(done_at__gt=F("fix_by")),
            ),
            models.Index(fields=["closed_at", "id"], name="request_by_close", condition=Q(closed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_to_do(self) -> bool:
        return self.status in TO_DO

    @property
    def waits_for_tenant(self) -> bool:
        """Nothing happens until they answer us; not while somebody waits for an answer of ours."""
        return self.waiting_reason == WaitingReason.TENANT and not self.tenant_waits_for_reply

    @property
    def place(self) -> Dwelling | CommunalArea:
        """Where it is; select_related both before asking."""
        return self.dwelling or self.communal_area  # type: ignore[return-value]  # a constraint: one of the two

    @property
    def title(self) -> str:
        """What is wrong, in the language of whoever looks."""
        return in_language(nl=self.title_nl, en=self.title_en)

    @property
    def room(self) -> str:
        """Where in the home, in the language of whoever looks; nothing for a communal area, which has its own name."""
        return in_language(nl=self.room_nl, en=self.room_en)
