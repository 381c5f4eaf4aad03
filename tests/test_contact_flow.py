"""The pages of the phone book in the dialog of the options."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from simulator import Simulator
from tests.contact_harness import ALICE, MOBILE, VCARD, add, answer, begin, contacts, names, submit, uploaded

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
    assert flow["step_id"] == "choose_contact"
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
    too_long = {"name": "x" * 101, "aliases": ["x" * 101], "note": "x" * 1001}
    too_long["numbers"] = [{"number": ALICE, "label": "x" * 51}]
    for field, value in too_long.items():
        flow = await submit(hass, flow, **{"name": "Alice", field: value})
        assert flow["errors"] == {field: "too_long"}
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


async def test_of_many_contacts_some_are_searched_for(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    cards = "".join(VCARD.format(name=f"Bob {one}", number=f"01632 960{one}") for one in range(200, 260))
    await answer(hass, "import_contacts", content=cards + VCARD.format(name="Alice", number=ALICE))
    flow = await begin(hass, loaded, "contacts")
    assert (flow["step_id"], list(map(str, flow["data_schema"].schema)), flow["errors"]) == ("contacts", ["text"], {})
    flow = await submit(hass, flow, text="nobody")
    assert (flow["step_id"], flow["errors"]) == ("contacts", {"text": "nobody_found"})
    flow = await submit(hass, flow, text="bob")
    assert (flow["step_id"], flow["description_placeholders"]) == ("choose_contact", {"more": "and 10 more"})
    (select,) = flow["data_schema"].schema.values()
    labels = [option["label"] for option in select.config["options"]]
    assert (len(labels), labels[0], labels[-1]) == (50, "Bob 200 (01632 960200)", "Bob 249 (01632 960249)")

    flow = await begin(hass, loaded, "contacts")
    flow = await submit(hass, flow, text="ali")
    assert (flow["step_id"], flow["description_placeholders"]) == ("choose_contact", {"more": ""})
    (select,) = flow["data_schema"].schema.values()
    (option,) = select.config["options"]
    flow = await submit(hass, flow, contact=option["value"])
    assert flow["description_placeholders"]["name"] == "Alice"


async def test_what_a_file_calls_somebody_is_no_markdown(
    hass: HomeAssistant, loaded: MockConfigEntry, tmp_path: Path
) -> None:
    name = "![x](https://example.com/x) <b>"
    shown = r"\!\[x\]\(https\:\/\/example\.com\/x\) \<b\>"
    await add(hass, name, ALICE)
    cards = VCARD.format(name=name, number=MOBILE) + VCARD.format(name=f"{name} Smith", number="01632 960125")
    flow = await begin(hass, loaded, "import_contacts")
    with uploaded(tmp_path / "contacts.vcf", cards + VCARD.format(name=f"{name} Jones", number="at home")) as file:
        flow = await submit(hass, flow, file=file)
    said = flow["description_placeholders"]
    assert said["new_names"] == f"- {shown} Smith"
    assert said["changed_names"] == f"- {shown} (numbers)"
    assert said["problem_list"] == f"- {shown} Jones: no telephone number"

    (contact,) = await contacts(hass)
    flow = await begin(hass, loaded, "contacts")
    flow = await submit(hass, flow, contact=contact["id"])
    assert flow["description_placeholders"] == {"name": shown, "numbers": f"- {ALICE}"}
    flow = await submit(hass, flow, next_step_id="remove_contact")
    assert flow["description_placeholders"] == {"name": shown}
