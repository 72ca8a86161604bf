"""What the walks of this run took; last of its folder, so that nothing is walked twice."""

import pytest

from tests.walks.table import MOST_SCREENS, PATHS, WALKS, screens_of_a_report, table

pytestmark = pytest.mark.long


def test_half_of_the_reports_take_no_more_screens_than_they_may(request):
    walks = list(request.config.stash.get(WALKS, {}).values())
    if len(walks) < PATHS:
        pytest.skip("not every path was walked")

    assert screens_of_a_report(walks) <= MOST_SCREENS, table(walks)
