"""A published version of the catalogue never changes, whoever tries, and however."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from requests import services
from requests.front_door import catalogues
from requests.intake import catalogue, checks
from requests.models import SHEET_MODELS, CatalogueProblem, CatalogueVersion, Draft, PayerAnswer
from tests.factories import NOON, StaffFactory, TenancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    return CatalogueVersion.objects.get(status="published")


def test_a_new_installation_has_the_shipped_catalogue(published):
    assert catalogues.current() == catalogues.tree(published.pk)
    assert catalogues.sheets_of(published.pk) == catalogue.shipped_sheets()
    assert catalogues.current().leaves == catalogue.shipped().leaves


def test_migrating_again_publishes_nothing_again(published):
    call_command("migrate", verbosity=0)

    assert CatalogueVersion.objects.get() == published


def test_a_draft_is_a_copy_and_changes_nothing_until_it_is_published(published):
    staff = StaffFactory()

    draft = services.make_version(by=staff, at=NOON)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").update(problem_nl="De kraan drupt")

    assert catalogues.current().get("kitchen_tap_drips").problem_nl == "De kraan druppelt"
    services.publish(draft.pk, by=staff, at=NOON, note="Mooier")
    assert catalogues.current().get("kitchen_tap_drips").problem_nl == "De kraan drupt"
    assert list(CatalogueVersion.objects.values_list("pk", "status", "note")) == [
        (draft.pk, "published", "Mooier"),
        (published.pk, "retired", ""),
    ]


def test_there_is_one_draft_at_a_time(published):
    services.make_version(by=None, at=NOON)

    with pytest.raises(services.DraftExists):
        services.make_version(by=None, at=NOON)


def test_a_draft_with_faults_is_not_published_and_stays_as_it_is(published):
    draft = services.make_version(by=None, at=NOON)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other").delete()

    with pytest.raises(checks.InvalidCatalogue, match="kitchen_other"):
        services.publish(draft.pk, by=None, at=NOON)

    draft.refresh_from_db()
    assert (draft.status, catalogues.current_version()) == ("draft", published.pk)


def test_rows_with_a_fault_replace_nothing(published):
    draft = services.make_version(by=None, at=NOON)
    before = catalogues.sheets_of(draft.pk)

    with pytest.raises(checks.InvalidCatalogue):
        services.fill(draft.pk, before | {"places": before["places"][1:]})

    assert catalogues.sheets_of(draft.pk) == before


def test_a_draft_may_be_thrown_away_and_a_published_version_may_not(published):
    draft = services.make_version(by=None, at=NOON)

    services.discard(draft.pk)

    assert CatalogueVersion.objects.get() == published
    with pytest.raises(services.NotADraft):
        services.discard(published.pk)


@pytest.mark.parametrize("model", SHEET_MODELS)
def test_the_database_refuses_to_change_a_published_row(model, published):
    row = model.objects.filter(version=published).first()
    if row is None:
        pytest.fail(f"no {model.sheet} are shipped")

    for change in (
        lambda: model.objects.filter(pk=row.pk).update(position=99),
        lambda: model.objects.filter(pk=row.pk).delete(),
        lambda: model.objects.bulk_create([model(version=published, position=999)]),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE requests_catalogueversion SET status = 'draft', published_at = NULL",
        "DELETE FROM requests_catalogueversion",
    ],
)
def test_the_database_refuses_to_take_a_published_version_back(statement, published):
    with pytest.raises(IntegrityError, match="goes from draft"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_report_that_is_being_written_keeps_the_version_it_began_with(published):
    tenancy = TenancyFactory()
    report = services.start_draft(tenant=tenancy.tenant, at=NOON)
    answers = {"dwelling": tenancy.dwelling, "problem": "kitchen_tap_drips", "text": "Hij druppelt."}
    answers |= {"details_given": True, "payer_answer": PayerAnswer.PAID, "agreed_price": 45}
    services.keep_answers(report.pk, tenant=tenancy.tenant, at=NOON, **answers)
    draft = services.make_version(by=None, at=NOON)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_tap_drips").delete()
    services.publish(draft.pk, by=None, at=NOON)

    sent = services.submit(report.pk, tenant=tenancy.tenant, at=NOON + timedelta(minutes=5))

    assert catalogues.current().find("kitchen_tap_drips") is None
    assert (sent.title_nl, sent.title_en, sent.room_nl) == ("De kraan druppelt", "The tap drips", "Keuken")


def test_a_report_from_before_there_were_versions_goes_on_in_the_one_in_force(published):
    old = Draft(tenant=TenancyFactory().tenant, started_at=NOON, touched_at=NOON)

    assert catalogues.tree_of(old) is catalogues.current()
