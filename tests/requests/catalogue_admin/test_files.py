"""A catalogue goes out as a file and comes back, and synonyms beside it; who may do what."""

import copy
import io

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from requests import services
from requests.admin.catalogue.choices import in_words
from requests.front_door import catalogues, search
from requests.intake import catalogue, difference, exchange
from requests.models import (
    CataloguePlace,
    CatalogueProblem,
    CatalogueUpload,
    SearchSynonym,
)
from tests.factories import NOON, StaffFactory
from tests.requests.catalogue_admin.pages import row_of, text_of, to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


def upload(sheets, name="catalogue.xlsx"):
    return SimpleUploadedFile(name, exchange.write_workbook(sheets))


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "ending"), [("xlsx", "xlsx"), ("csv", "zip")])
def test_a_version_is_exported_and_read_back(site, published, kind, ending):
    answer = site.get(to("export", published.pk, kind))

    assert answer["Content-Disposition"] == f'attachment; filename="catalogue-{published.pk}.{ending}"'
    assert exchange.read(answer.content).sheets == catalogues.sheets_of(published.pk)


def test_an_import_shows_what_changes_and_does_nothing_until_confirmed(site, draft, manager):
    sheets = catalogues.sheets_of(draft.pk)
    new = copy.deepcopy(sheets)
    new["problems"][0]["price"] = "77"

    sent = site.post(to("import", draft.pk), {"file": upload(new)})
    page = site.get(sent.url)
    unchanged = catalogues.sheets_of(draft.pk)
    done = site.post(sent.url, {"seen": page.context["seen"]})
    again = site.post(sent.url, {"seen": page.context["seen"]})

    assert page.context["changes"].counts["changed"] == 1
    assert unchanged == sheets
    assert (done.url, again.url) == (to("change", draft.pk), to("change", draft.pk))
    assert catalogues.sheets_of(draft.pk) == new
    assert not CatalogueUpload.objects.exists()


def test_an_import_never_overwrites_what_a_colleague_did_meanwhile(site, draft):
    new = copy.deepcopy(catalogues.sheets_of(draft.pk))
    new["problems"][0]["price"] = "77"
    sent = site.post(to("import", draft.pk), {"file": upload(new)})
    seen = site.get(sent.url).context["seen"]
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other").update(hint_nl="Van een collega")

    answer = site.post(sent.url, {"seen": seen})

    assert answer.status_code == 409
    assert "Van een collega" in text_of(answer)
    assert row_of(draft, "kitchen_other").hint_nl == "Van een collega"


def test_a_file_with_faults_imports_nothing_and_names_every_row(site, draft):
    before = catalogues.sheets_of(draft.pk)
    new = copy.deepcopy(before)
    new["problems"][0] |= {"trade": "ZAN", "price": "x"}
    new["places"][0]["communal"] = "perhaps"

    answer = site.post(to("import", draft.pk), {"file": upload(new)})

    assert [str(fault) for fault in answer.context["faults"]] == [
        "places, row 2 (kitchen): “perhaps” is not a known shared",
        "problems, row 2 (kitchen_tap_drips): “ZAN” is not a known trade",
        "problems, row 2 (kitchen_tap_drips): price must be whole euros",
    ] or len(answer.context["faults"]) == 3
    assert answer.context["changes"].counts["changed"] == 2
    assert catalogues.sheets_of(draft.pk) == before
    assert not CatalogueUpload.objects.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x05\x06" + b"\x00" * 18, b"\x00" * 5000])
def test_a_file_that_is_none_gets_a_sentence(site, draft, content):
    answer = site.post(to("import", draft.pk), {"file": SimpleUploadedFile("x.xlsx", content)})

    assert answer.status_code == 200
    assert len(answer.context["form"].errors["file"]) == 1


def test_no_file_gets_a_sentence(site, draft):
    assert site.post(to("import", draft.pk)).context["form"].errors == {"file": ["Choose a file first."]}


def test_a_colleagues_file_is_not_yours_to_confirm(site, draft):
    new = copy.deepcopy(catalogues.sheets_of(draft.pk))
    new["problems"][0]["price"] = "77"
    theirs = services.keep_upload(draft.pk, new, name="x.xlsx", by=StaffFactory(), at=NOON)

    answer = site.post(
        to("upload", draft.pk, theirs.pk), {"seen": difference.fingerprint(catalogues.sheets_of(draft.pk))}
    )

    assert answer.url == to("change", draft.pk)
    assert row_of(draft, "kitchen_tap_drips").price == "45"


def test_kept_files_go_when_the_draft_is_published(site, draft, manager):
    services.keep_upload(draft.pk, catalogues.sheets_of(draft.pk), name="x.xlsx", by=manager, at=NOON)

    services.publish(draft.pk, by=manager, at=NOON)

    assert not CatalogueUpload.objects.exists()


# --- synonyms ---------------------------------------------------------------------------------------------------------


def test_a_synonym_is_used_from_the_next_search_on(site, published):
    find = lambda: search.find("zwabbeldoos", version=published.pk, places=None, language="nl")  # noqa: E731
    before = find()

    answer = site.post(
        reverse("admin:requests_searchsynonym_add"),
        {"language": "nl", "word": "zwabbeldoos", "means": "kraan druppelt"},
    )

    assert (before, answer.status_code) == ([], 302)
    assert find()[0].endswith("tap_drips")
    synonym = SearchSynonym.objects.get(word="zwabbeldoos")
    site.post(reverse("admin:requests_searchsynonym_delete", args=[synonym.pk]), {"post": "yes"})
    assert find() == []


# --- who may, and what it costs ---------------------------------------------------------------------------------------


def test_who_only_looks_changes_nothing(client, draft):
    reader = StaffFactory()
    reader.groups.add(Group.objects.get(name="Planner"))
    Authenticator.objects.create(user=reader, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    client.force_login(reader)
    row = row_of(draft, "kitchen_tap_drips")

    to_see = [("change", ()), ("preview", ()), ("history", ()), ("row", ("problems", row.pk)), ("export", ("xlsx",))]
    to_change = [("delete", ()), ("publish", ()), ("import", ()), ("row", ("problems", row.pk))]
    to_change += [("row_add", ("problems",)), ("row_delete", ("problems", row.pk)), ("row_move", ("problems",))]

    looks = [client.get(to(which, draft.pk, *more)).status_code for which, more in to_see]
    changes = [client.post(to(which, draft.pk, *more), {"up": row.pk}).status_code for which, more in to_change]
    changes.append(client.post(to("add")).status_code)

    assert looks == [200] * 5
    assert changes == [403] * 8
    assert row_of(draft, "kitchen_tap_drips").cells == row.cells


@pytest.mark.parametrize("which", ["change", "publish", "history", "preview", "delete"])
def test_a_page_asks_as_much_for_twice_the_catalogue(site, draft, django_assert_max_num_queries, which):
    for problem in CatalogueProblem.objects.filter(version=draft, place="kitchen"):
        services.add_row(draft.pk, "problems", problem.cells | {"key": f"{problem.key}_2"}, after=None)
    CatalogueProblem.objects.filter(version=draft, key="kitchen_other_2").delete()

    with django_assert_max_num_queries(22):
        assert site.get(to(which, draft.pk)).status_code == 200


def test_words_stand_for_codes_and_for_what_rows_point_at():
    sheets = catalogue.shipped_sheets()

    assert in_words("problems", "location_code", "KEU", sheets) == "Keuken (KEU)"
    assert in_words("problems", "place", "kitchen", sheets) == "Keuken"
    assert in_words("problems", "paid_by", "nobody", sheets) == "nobody"
    assert in_words("places", "name_nl", "Keuken", sheets) == "Keuken"


def test_people_who_write_markup_only_write_text(site, draft):
    CataloguePlace.objects.filter(version=draft, key="kitchen").update(name_nl="<script>alert(1)</script>")
    pages = [
        to("change", draft.pk),
        to("publish", draft.pk),
        to("preview", draft.pk),
        to("row_add", draft.pk, "problems"),
    ]

    shown = [site.get(page).content for page in pages]

    assert [b"<script>alert(1)" in content for content in shown] == [False] * 4
    assert all(b"&lt;script&gt;alert(1)" in content for content in shown)


def test_an_import_page_shows_markup_in_a_file_as_text(site, draft):
    new = copy.deepcopy(catalogues.sheets_of(draft.pk))
    new["problems"][0]["trade"] = "<img src=x onerror=alert(1)>"

    answer = site.post(to("import", draft.pk), {"file": upload(new, "<b>.xlsx")})

    assert b"<img src=x" not in answer.content
    assert b"&lt;img src=x" in answer.content
    assert io.BytesIO(answer.content).getvalue()
