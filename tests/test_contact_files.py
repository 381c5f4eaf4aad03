"""Importing and exporting the phone book, and who may."""

from pathlib import Path

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coocenter.const import DOMAIN
from tests.contact_harness import ALICE, ALICE_ABROAD, MOBILE, VCARD, add, answer, contacts, names
from tests.office_harness import refusal

CARDS = VCARD.format(name="Alice Liddell", number=MOBILE) + VCARD.format(name="Bob", number="01632 960124")


@pytest.fixture(autouse=True)
async def british(hass: HomeAssistant) -> None:
    hass.config.country = "GB"


async def test_an_import_says_first_what_it_will_change(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    contact_id = await add(hass, "Alice Liddell", ALICE_ABROAD)
    nobody = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Carol\r\nEND:VCARD\r\n"
    before = await contacts(hass)
    plan = await answer(hass, "import_contacts", content=CARDS + nobody, dry_run=True)

    assert await contacts(hass) == before
    assert [contact["name"] for contact in plan["new"]] == ["Bob"]
    (changed,) = plan["changed"]
    assert (changed["id"], changed["name"], set(changed["changes"])) == (contact_id, "Alice Liddell", {"numbers"})
    change = changed["changes"]["numbers"]
    assert [number["number"] for number in change["before"]] == [ALICE_ABROAD]
    assert [number["number"] for number in change["after"]] == [ALICE_ABROAD, MOBILE]
    assert plan["unchanged"] == 0
    assert plan["problems"] == [{"code": "no_number", "position": 3, "name": "Carol"}]

    done = await answer(hass, "import_contacts", content=CARDS)
    assert done["changed"] == plan["changed"]
    assert await names(hass) == ["Alice Liddell", "Bob"]
    again = await answer(hass, "import_contacts", content=CARDS)
    assert (again["new"], again["changed"], again["unchanged"]) == ([], [], 2)


@pytest.mark.parametrize("kind", ["vcard", "csv"])
async def test_what_is_exported_can_be_imported(hass: HomeAssistant, loaded: MockConfigEntry, kind: str) -> None:
    await add(hass, "Jürgen Müller", MOBILE, aliases=["Boss"], note="=1+1", favourite=True)
    await add(hass, "Alice", ALICE_ABROAD, ALICE)
    before = await contacts(hass)
    written = await answer(hass, "export_contacts", format=kind, folder="config", file_name="all")

    path = Path(written["path"])
    assert path == Path(hass.config.path(DOMAIN)) / ("all.vcf" if kind == "vcard" else "all.csv")
    assert written["contacts"] == 2
    assert [file.name for file in path.parent.iterdir()] == [path.name]

    assert (await answer(hass, "import_contacts", path=str(path)))["unchanged"] == 2
    for contact in before:
        await hass.services.async_call(DOMAIN, "remove_contact", {"contact": contact["id"]}, blocking=True)
    # A path may begin in the configuration's folder.
    plan = await answer(hass, "import_contacts", path=f"{DOMAIN}/{path.name}")
    assert len(plan["new"]) == 2
    kept = [{**contact, "id": None} for contact in await contacts(hass)]
    assert [contact["name"] for contact in kept] == ["Alice", "Jürgen Müller"]
    assert kept[1] == {**before[1], "id": None, "numbers": kept[1]["numbers"]}


@pytest.mark.parametrize(("kind", "begin"), [("vcard", b"BEGIN:VCARD\r\n"), ("csv", b"\xef\xbb\xbfId,Name,")])
async def test_a_spreadsheet_is_told_that_a_table_is_utf_8(
    hass: HomeAssistant, loaded: MockConfigEntry, kind: str, begin: bytes
) -> None:
    await add(hass, "Zoë", MOBILE)
    written = await answer(hass, "export_contacts", format=kind, folder="config")
    data = await hass.async_add_executor_job(Path(written["path"]).read_bytes)
    assert data.startswith(begin)
    assert "Zoë".encode() in data
    assert data.count(b"\xef\xbb\xbf") == (kind == "csv")


async def test_the_media_folder_is_there_for_both(hass: HomeAssistant, loaded: MockConfigEntry, tmp_path: Path) -> None:
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await add(hass, "Alice", ALICE)
    written = await answer(hass, "export_contacts")

    assert Path(written["path"]).parent == tmp_path / DOMAIN
    assert (await answer(hass, "import_contacts", path=written["path"]))["unchanged"] == 1


async def test_other_files_are_nobody_s_business(hass: HomeAssistant, loaded: MockConfigEntry, tmp_path: Path) -> None:
    _put_files(Path(hass.config.path(DOMAIN)), tmp_path)
    paths = (str(tmp_path / "contacts.vcf"), "secrets.yaml", f"{DOMAIN}/../secrets.yaml", f"{DOMAIN}/link.vcf", "")

    for path in paths:
        assert (await refusal(hass, "import_contacts", path=path)).translation_key == "path_not_allowed", path
    assert (await refusal(hass, "import_contacts")).translation_key == "path_or_content"
    assert (await refusal(hass, "import_contacts", path=f"{DOMAIN}/none.vcf")).translation_key == "cannot_read"
    assert (await refusal(hass, "import_contacts", path=f"{DOMAIN}/huge.csv")).translation_key == "file_too_large"
    assert (await refusal(hass, "export_contacts", file_name="../x")).translation_key == "bad_file_name"
    assert await contacts(hass) == []


async def test_a_file_that_cannot_be_written(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    _put_in_the_way(Path(hass.config.path(DOMAIN)))
    assert (await refusal(hass, "export_contacts", folder="config")).translation_key == "cannot_write"


async def test_any_user_may_read_and_administrators_may_change(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_read_only_user: MockUser, hass_admin_user: MockUser
) -> None:
    changes = {
        "add_contact": {"name": "Bob"},
        "update_contact": {"contact": "Alice", "note": "!"},
        "remove_contact": {"contact": "Alice"},
        "import_contacts": {"content": CARDS},
        "export_contacts": {},
    }
    await add(hass, "Alice", ALICE)
    user = Context(user_id=hass_read_only_user.id)
    read = await hass.services.async_call(DOMAIN, "get_contacts", {}, True, user, return_response=True)
    assert read
    assert len(read["contacts"]) == 1  # type: ignore[arg-type]
    for action, data in changes.items():
        with pytest.raises(Unauthorized):
            await hass.services.async_call(DOMAIN, action, data, True, user)

    admin = Context(user_id=hass_admin_user.id)
    added = await hass.services.async_call(DOMAIN, "add_contact", {"name": "Bob"}, True, admin, return_response=True)
    assert added
    assert await names(hass) == ["Alice", "Bob"]


def _put_files(ours: Path, others: Path) -> None:
    ours.mkdir()
    (ours / "huge.csv").write_bytes(b"," * (20 * 1024 * 1024 + 1))
    (others / "contacts.vcf").write_text(CARDS)
    (ours / "link.vcf").symlink_to(others / "contacts.vcf")


def _put_in_the_way(folder: Path) -> None:
    folder.write_text("in the way")
