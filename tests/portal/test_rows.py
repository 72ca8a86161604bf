"""Very many rows at once: they arrive as they were, with their keys."""

from datetime import UTC, date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from dwellings.models import Complex, Dwelling, Tenancy
from portal.demo.rows import insert
from tenants.models import Notification, Tenant, User

AT = datetime(2026, 3, 3, 9, 20, tzinfo=UTC)
AWKWARD = "tab\tquote ' \" backslash \\ \\N\nline 🏠 {a,b} %s"


def stored(row):
    """The values of a row as the database has them."""
    return type(row).objects.values().get(pk=row.pk)


def test_what_was_written_can_be_read(db):
    tenant = Tenant(name=AWKWARD, email="roos@huurder.example", phone="06-55550001", wants_texts=True)
    told = Notification(
        tenant=tenant, channel="email", address=tenant.email, kind="request_received", occasion="received-1",
        subject="", body=AWKWARD, queued_at=AT, sent_at=AT, state="sent", part={"words": AWKWARD, "label": ""},
    )  # fmt: skip

    insert(Tenant, [tenant])
    insert(Notification, [told])

    assert (stored(tenant)["name"], stored(tenant)["birth_year"], stored(tenant)["wants_texts"]) == (
        AWKWARD,
        None,
        True,
    )
    assert {name: stored(told)[name] for name in ("tenant_id", "body", "queued_at", "state", "part")} == {
        "tenant_id": tenant.pk,
        "body": AWKWARD,
        "queued_at": AT,
        "state": "sent",
        "part": {"words": AWKWARD, "label": ""},
    }


def test_rows_get_keys_in_their_order_and_know_those_of_what_they_point_at(db):
    first, second = (Complex(name=name, city="Lindedorp", kind="houses") for name in ("De Roerdomp", "De Karekiet"))
    homes = [
        Dwelling(
            complex=place, reference=f"0{number}", kind="home", street="Rietlaan", house_number=str(number),
            postcode="1234 SA", city="Lindedorp", floor=0,
        )
        for number, place in enumerate([second, first, second])
    ]  # fmt: skip
    let = Tenancy(
        tenant=Tenant(name="Roos"), dwelling=homes[1], role="primary", period=DateRange(date(2020, 1, 1), None)
    )

    insert(Complex, [first, second])
    insert(Dwelling, homes)
    insert(Tenant, [let.tenant])
    insert(Tenancy, [let])

    assert first.pk < second.pk
    assert [home.pk for home in homes] == sorted(home.pk for home in homes)
    assert [home.complex_id for home in homes] == [second.pk, first.pk, second.pk]
    assert Tenancy.objects.get().dwelling == homes[1] == let.dwelling
    assert Tenancy.objects.get().period == let.period


def test_the_next_row_gets_the_next_key(db):
    user = User(email="roos@huurder.example", password="!", date_joined=AT)

    insert(User, [user])
    following = User.objects.create(email="anna@huurder.example", password="!")

    assert following.pk == user.pk + 1


def test_a_row_that_was_written_can_be_saved(db):
    tenant = Tenant(name="Roos")
    insert(Tenant, [tenant])
    assert (tenant._state.adding, tenant._state.db) == (False, "default")

    tenant.name = "Roos de Vries"
    tenant.save(update_fields=["name"])

    assert [each.name for each in Tenant.objects.all()] == ["Roos de Vries"]


def test_nothing_is_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert(Tenant, [])
