"""Figures for managers: how satisfied tenants are, which promises were kept, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tenants.access import permission_required

from ..satisfaction import (
    PRESETS,
    Choice,
    Figures,
    Preset,
    Scope,
    filters,
    key_figures,
    pictures,
    reporting,
    tables,
    wording,
)


@dataclass(frozen=True)
class Link:
    label: str
    query: str
    is_current: bool


@require_safe
@permission_required("requests.view_dashboard")
def dashboard(request: HttpRequest) -> HttpResponse:
    """All figures of one period and one complex, or all complexes; whatever the address says, a page."""
    now = timezone.now()
    today = timezone.localdate(now)
    names = reporting.complexes()
    choice = filters.read(request.GET, names=names, today=today)
    scope = Scope(period=choice.period, at=now, complex_id=choice.complex_id)
    figures = reporting.figures(scope, names=names)
    tiles = key_figures.key_figures(figures)
    presets = [_link(preset, choice, today) for preset in PRESETS]
    context = {
        "choice": choice,
        "complexes": names,
        "presets": presets,
        "is_filtered": bool(choice.complex_id or choice.errors) or not any(link.is_current for link in presets),
        "errors": choice.errors,
        "period": wording.days_of(choice.period),
        "tells_marks": scope.tells_marks,
        "same_period": same_period(choice, today),
        "complex": dict(names).get(choice.complex_id) if choice.complex_id else None,
        "figures": figures,
        "finding": key_figures.finding(figures, tiles),
        "tiles": tiles,
        **_charts(figures),
        "by_promise": tables.by_promise(figures),
        "in_full": list(tables.in_full(figures)),
    }
    return render(request, "requests/dashboard.html", context)


def _charts(figures: Figures) -> dict[str, Sequence[str]]:
    return {
        "over_time": [*pictures.over_time(figures), pictures.distribution(figures.marks)],
        "per_complex": pictures.per_complex(figures) if figures.complexes else [],
    }


def _link(preset: Preset, choice: Choice, today: date) -> Link:
    """A named period of what is shown now; the complex stays chosen."""
    query = {"period": preset.name, **({"complex": choice.complex_id} if choice.complex_id else {})}
    return Link(str(preset.label), urlencode(query), is_current=preset.until(today) == choice.period)


def same_period(choice: Choice, today: date) -> str:
    """What asks for this period again: by its name where it has one, so that it moves along with the days."""
    for preset in PRESETS:
        if preset.until(today) == choice.period:
            return urlencode({"period": preset.name})
    return urlencode({"first": choice.period.first, "last": choice.period.last})
