"""The pages of the phone book in the dialog of the options."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Simulator
from tests.contact_harness import ALICE, MOBILE, VCARD, add, answer, contacts, names

ENTERED = {
    "name": " Alice Liddell ",
    "aliases": ["Ali", " "],
    "numbers": [{"number": "01632 960123 ", "label": "work"}, {"number": MOBILE}],
    "note": "White rabbit",
    "favourite": True,
    "blocked": False,
}


@pytest.fixture(autouse=True)
async def british(hass: HomeAssistant) -> None:
    hass.config.country = "GB"


async def begin(hass: HomeAssistant, entry: MockConfigEntry, *choices: str) -> ConfigFlowResult:
    """Open the dialog, and choose from its menus."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    for choice in choices:
        flow = await submit(hass, flow, next_step_id=choice)
    return flow


async def submit(hass: HomeAssistant, flow: ConfigFlowResult, **data: Any) -> ConfigFlowResult:
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], data)
    await hass.async_block_till_done()
    return flow


@contextmanager
def uploaded(path: Path, content: str) -> Iterator[str]:
    """Let the dialog find a file that a browser uploaded."""
    path.write_text(content, encoding="utf-8")
    with patch("custom_components.coocenter.contact_flow.process_uploaded_file") as process:
        process.return_value.__enter__.return_value = path
        yield str(uuid4())


async def test_a_contact_is_added_changed_and_deleted(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    flow = await begin(hass, loaded)
    assert flow["menu_options"] == ["settings", "add_contact", "import_contacts"]
    flow = await submit(hass, flow, next_step_id="add_contact")
    flow = await submit(hass, flow, **ENTERED)

    # The menu is back, and there is somebody to choose now.
    assert (flow["type"], flow["step_id"]) == (FlowResultType.MENU, "init")
    assert flow["menu_options"] == ["settings", "contacts", "add_contact", "import_contacts"]
    assert flow["description_placeholders"] == {"contacts": "1"}
    (contact,) = await contacts(hass)
    numbers = [{"number": "01632 960123", "label": "work"}, {"number": MOBILE, "label": ""}]
    shown = {**ENTERED, "name": "Alice Liddell", "aliases": ["Ali"], "numbers": numbers}
    assert contact == {"id": contact["id"], **shown}

    flow = await submit(hass, flow, next_step_id="contacts")
    (select,) = flow["data_schema"].schema.values()
    assert select.config["options"] == [{"value": contact["id"], "label": "Alice Liddell (01632 960123)"}]
    flow = await submit(hass, flow, contact=contact["id"])
    assert flow["description_placeholders"]["name"] == "Alice Liddell"
    assert flow["description_placeholders"]["numbers"] == f"- 01632 960123 work\n- {MOBILE}"

    flow = await submit(hass, flow, next_step_id="edit_contact")
    suggested = {str(key): key.description["suggested_value"] for key in flow["data_schema"].schema}
    assert suggested == shown
    flow = await submit(hass, flow, name="Alice", numbers=[{"number": MOBILE}])
    assert flow["step_id"] == "init"
    assert await contacts(hass) == [
        {
            "id": contact["id"],
            "name": "Alice",
            "aliases": [],
            "numbers": [{"number": MOBILE, "label": ""}],
            "note": "",
            "favourite": False,
            "blocked": False,
        }
    ]

    for choice in ({"next_step_id": "contacts"}, {"contact": contact["id"]}, {"next_step_id": "remove_contact"}, {}):
        flow = await submit(hass, flow, **choice)
    assert flow["step_id"] == "init"
    assert await contacts(hass) == []
    assert loaded.options == {}


async def test_what_is_no_contact_is_said(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    flow = await begin(hass, loaded, "add_contact")
    flow = await submit(hass, flow, name=" ")
    assert flow["errors"] == {"name": "no_name"}
    flow = await submit(hass, flow, name="Alice", numbers=[{"number": "at home"}])
    assert flow["errors"] == {"numbers": "not_dialable"}
    suggested = {str(key): key.description["suggested_value"] for key in flow["data_schema"].schema}
    assert (suggested["name"], suggested["numbers"]) == ("Alice", [{"number": "at home"}])
    assert await contacts(hass) == []


async def test_an_import_shows_first_what_will_change(
    hass: HomeAssistant, loaded: MockConfigEntry, tmp_path: Path
) -> None:
    await add(hass, "Alice Liddell", ALICE)
    await answer(hass, "add_contact", name="Carol", numbers=[{"number": "01632 960125", "label": "mobile"}])
    cards = VCARD.format(name="Alice Liddell", number=MOBILE) + VCARD.format(name="Carol", number="01632 960125")
    cards += "".join(VCARD.format(name=f"Bob {one}", number=f"01632 960{one}") for one in range(200, 225))
    flow = await begin(hass, loaded, "import_contacts")
    with uploaded(tmp_path / "contacts.vcf", f"{cards}BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Dan\r\nEND:VCARD\r\n") as file:
        flow = await submit(hass, flow, file=file)

    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "import_preview")
    said = flow["description_placeholders"]
    counts = {name: said[name] for name in ("new", "changed", "unchanged", "problems")}
    assert counts == {"new": "25", "changed": "1", "unchanged": "1", "problems": "1"}
    assert said["new_names"].splitlines()[::19] == ["- Bob 200", "- Bob 219"]
    assert said["new_names"].splitlines()[20:] == ["- and 5 more"]
    assert said["changed_names"] == "- Alice Liddell (numbers)"
    assert said["problem_list"] == "- Dan: no telephone number"
    assert await names(hass) == ["Alice Liddell", "Carol"]

    flow = await submit(hass, flow)
    assert (flow["step_id"], flow["description_placeholders"]) == ("init", {"contacts": "27"})
    assert await names(hass, number=MOBILE) == ["Alice Liddell"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "no_contacts"),
        ("what a picture says", "no_contacts"),
        (VCARD.format(name="Alice", number="at home"), "no_contacts"),
        ("," * (20 * 1024 * 1024 + 1), "file_too_large"),
    ],
    ids=["empty", "no phone book", "without a number", "too large"],
)
async def test_a_file_of_which_nothing_comes(
    hass: HomeAssistant, loaded: MockConfigEntry, tmp_path: Path, content: str, error: str
) -> None:
    flow = await begin(hass, loaded, "import_contacts")
    with uploaded(tmp_path / "contacts.csv", content) as file:
        flow = await submit(hass, flow, file=file)
    assert (flow["step_id"], flow["errors"]) == ("import_contacts", {"file": error})
    assert await contacts(hass) == []


async def test_the_dialog_says_where_somebody_is_not_blocked(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, tmp_path: Path
) -> None:
    flow = await begin(hass, loaded, "add_contact")
    await pbx.stop()
    flow = await submit(hass, flow, name="Alice", numbers=[{"number": ALICE}], blocked=True)

    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "blacklist_not_changed")
    assert flow["description_placeholders"]["pbx"] == "CooCenter"
    assert await names(hass) == ["Alice"]
