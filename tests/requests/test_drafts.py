"""How many reports one tenant can be writing at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from requests import services
from requests.models import Draft
from tests.factories import NOON, DraftFactory, TenancyFactory

from .tenant_pages import a_photo, stored_photo

MOST = 20


def drafts_of(tenancy, count, **answers):
    """The first was touched longest ago."""
    return [
        DraftFactory(
            tenant=tenancy.tenant, dwelling=tenancy.dwelling, touched_at=NOON + timedelta(minutes=n), **answers
        )
        for n in range(count)
    ]


def left(tenant):
    return set(Draft.objects.of(tenant).values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_new_draft_takes_the_place_of_what_was_left_alone_for_longest(django_capture_on_commit_callbacks):
    tenancy = TenancyFactory()
    oldest, *others = drafts_of(tenancy, MOST)
    photo = Path(stored_photo(draft=oldest).image.path)
    neighbours = drafts_of(TenancyFactory(), 1)

    with django_capture_on_commit_callbacks(execute=True):
        new = services.start_draft(tenant=tenancy.tenant, at=NOON + timedelta(hours=1))

    assert left(tenancy.tenant) == {new.pk, *(draft.pk for draft in others)}
    assert left(neighbours[0].tenant) == {neighbours[0].pk}
    assert not photo.exists()


@pytest.mark.django_db
def test_a_draft_without_words_goes_before_an_older_one_with_words():
    tenancy = TenancyFactory()
    written = drafts_of(tenancy, MOST - 1)
    wordless = DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling, text="", touched_at=NOON + timedelta(1))

    new = services.start_draft(tenant=tenancy.tenant, at=NOON + timedelta(2))

    assert left(tenancy.tenant) == {new.pk, *(draft.pk for draft in written)}
    assert wordless.pk not in left(tenancy.tenant)


@pytest.mark.django_db
def test_below_the_most_nothing_goes_and_what_was_sent_does_not_count():
    tenancy = TenancyFactory()
    drafts = drafts_of(tenancy, MOST)
    services.submit(drafts[0].pk, tenant=tenancy.tenant, at=NOON)

    new = services.start_draft(tenant=tenancy.tenant, at=NOON + timedelta(hours=1))

    assert left(tenancy.tenant) == {new.pk, *(draft.pk for draft in drafts)}


@pytest.mark.django_db
def test_a_draft_in_which_nothing_was_chosen_is_used_again():
    tenant = TenancyFactory().tenant

    first, second = (services.start_draft(tenant=tenant, at=NOON) for _ in range(2))

    assert first == second


@pytest.mark.django_db(transaction=True)
def test_starting_eight_times_at_once_makes_one_draft():
    tenant, together = TenancyFactory().tenant, Barrier(8)

    def start(_):
        connection.ensure_connection()
        together.wait(timeout=30)
        try:
            return services.start_draft(tenant=tenant, at=NOON).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        started = set(pool.map(start, range(8)))

    assert started == left(tenant)
    assert len(started) == 1


@pytest.mark.django_db
def test_a_draft_that_is_full_takes_no_photo_and_does_not_look_at_it(settings):
    draft, upload = DraftFactory(), a_photo()
    for _ in range(settings.PHOTOS_PER_REPORT):
        stored_photo(draft=draft)

    with pytest.raises(services.DraftFull):
        services.add_photo(draft.pk, upload, tenant=draft.tenant, at=NOON)

    assert (upload.tell(), draft.photos.count()) == (0, settings.PHOTOS_PER_REPORT)


@pytest.mark.django_db
def test_a_file_that_was_sent_before_is_the_photo_that_is_there(settings):
    draft, upload = DraftFactory(), a_photo()
    photo = services.add_photo(draft.pk, upload, tenant=draft.tenant, at=NOON)
    for _ in range(settings.PHOTOS_PER_REPORT - 1):
        stored_photo(draft=draft)

    again = services.add_photo(draft.pk, upload, tenant=draft.tenant, at=NOON + timedelta(1))

    assert (again, again.at, draft.photos.count()) == (photo, NOON, settings.PHOTOS_PER_REPORT)


@pytest.mark.django_db
def test_another_draft_may_have_the_same_photo():
    drafts, upload = [DraftFactory(), DraftFactory()], a_photo()

    for draft in drafts:
        services.add_photo(draft.pk, upload, tenant=draft.tenant, at=NOON)

    assert [draft.photos.count() for draft in drafts] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_is_sent_eight_times_at_once_is_kept_once(settings):
    draft, together, upload = DraftFactory(), Barrier(8), a_photo().read()

    def add(_):
        connection.ensure_connection()
        together.wait(timeout=30)
        try:
            return services.add_photo(draft.pk, BytesIO(upload), tenant=draft.tenant, at=NOON).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(add, range(8)))

    assert kept == set(draft.photos.values_list("pk", flat=True))
    assert len(kept) == 1
    assert len([file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]) == 1
