"""What several of these tests share."""

from django.utils import timezone

from tests.factories import ServiceRequestFactory

WORDS = {"text": "Sinds gisteren."}


TO_COSTS = ({"place": "kitchen"}, {"thing": "tap"}, {"problem": "tap_drips"}, {"result": "not_solved"})


def reported(area, problem, **fields):
    return ServiceRequestFactory(
        dwelling=None, communal_area=area, problem=problem, thing="lift", at=timezone.now(), **fields
    )
