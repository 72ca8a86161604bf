"""What staff fill in while a tenant tells. A form cleans; a service writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dwellings.models import CommunalArea

from ...forms import Once
from ...forms.words import Words
from ...front_door.known import Known
from ...intake import communal
from ...intake.payer import Decision
from ...models import ServiceRequest, Source

__all__ = ["TakeDownForm"]

NEW_CASE = "new"
DISAGREES, LATER = "disagree", "later"
PAYS = "paid-"  # and the price: yes to another price is no yes to this one
TAKEN_DOWN = [source for source in Source if source != Source.PORTAL]
_CHOOSE = _("Choose one of these.")


def _radios(label: Any, required: Any) -> forms.ChoiceField:
    said = {"required": required, "invalid_choice": _CHOOSE}
    return forms.ChoiceField(label=label, widget=forms.RadioSelect, error_messages=said)


class TakeDownForm(Once):
    """The tenant's words, how they came in, and what is asked about this problem in this home.

    `initial` is what was filled in so far, judged or not.
    """

    text = Words(
        label=_("What the tenant says"),
        rows=3,
        help_text=_("In the tenant's own words. Nothing about health. The tenant reads this back."),
        error_messages={"required": _("Write down what the tenant says. One sentence is enough.")},
    )
    source = forms.ChoiceField(
        label=_("How did it come in?"),
        choices=[(source.value, source.label) for source in TAKEN_DOWN],
        initial=Source.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )

    def __init__(
        self,
        *args: Any,
        areas: list[CommunalArea],
        known: Known,
        decision: Decision | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.areas = {str(area.pk): area for area in areas}
        self.known = known
        self.decision = decision
        self._ask_where()
        self._ask_known()
        self._ask_costs()

    @property
    def asks_costs(self) -> bool:
        return "costs" in self.fields

    @property
    def joined(self) -> ServiceRequest | None:
        """The case that it is added to, as far as was said or goes by itself."""
        return self.cases.get(self.initial.get("joins", ""))

    @property
    def objection(self) -> str:
        """Why the tenant does not agree, when money was asked about at all."""
        disagrees = self.cleaned_data.get("costs") == DISAGREES and self.joined is None
        return self.cleaned_data.get("objection", "") if disagrees else ""

    @property
    def agreed_price(self) -> int | None:
        costs: str = self.cleaned_data.get("costs", "")
        return int(costs.removeprefix(PAYS)) if costs.startswith(PAYS) and self.joined is None else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.joined is not None:
            self.errors.pop("costs", None)  # nothing is to be paid for what is being done already
        if cleaned.get("costs") == DISAGREES and self.joined is None and not cleaned.get("objection", "x"):
            self.add_error("objection", _("Write in one sentence why the tenant does not agree."))
        return cleaned

    def _ask_where(self) -> None:
        if len(self.areas) > 1:
            self.fields["area"] = _radios(_("Which one is it?"), _("Choose which one it is."))
            self.fields["area"].choices = [(key, communal.name_of(area)) for key, area in self.areas.items()]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field

    def _ask_known(self) -> None:
        found = [case.service_request for case in self.known.cases]
        automatic = self.known.automatic
        self.cases = {one.reference: one for one in (*([automatic] if automatic else []), *found)}
        if self.cases:
            asked = _radios(_("Is it one of these?"), _("Ask the tenant, and choose: one of these, or something new."))
            asked.choices = [
                *((key, f"{key} {case.title}") for key, case in self.cases.items()),
                (NEW_CASE, _("No, this is new")),
            ]
            self.fields["joins"] = asked
            if automatic and self.initial.get("joins") not in (*self.cases, NEW_CASE):
                self.initial["joins"] = automatic.reference

    def _ask_costs(self) -> None:
        decision = self.decision
        if decision is None or decision.free:
            return
        paid = [
            (
                f"{PAYS}{decision.price}",
                _("We do it, the tenant pays %(price)s") % {"price": f"€\u00a0{decision.price}"},
            )
        ]
        asked = _radios(_("What does the tenant say to that?"), _("Ask the tenant, and choose what they say."))
        asked.choices = [
            *(paid if decision.price is not None else []),
            (DISAGREES, _("Does not agree: a colleague looks at it")),
            (LATER, _("Wants us to come; a colleague talks about the costs")),
        ]
        self.fields["costs"] = asked
        self.fields["objection"] = Words(label=_("Why does the tenant not agree?"), rows=2, required=False)
