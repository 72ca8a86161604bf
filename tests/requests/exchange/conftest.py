"""Who and what these tests are about."""

import copy

import pytest
from django.utils import translation

from requests.intake import catalogue


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def sheets():
    """A copy of what is shipped, to spoil."""
    return copy.deepcopy(catalogue.shipped_sheets())
