"""Who and what these tests are about."""

import pytest

from tests.factories import (
    StaffFactory,
)


@pytest.fixture
def by():
    return StaffFactory()
