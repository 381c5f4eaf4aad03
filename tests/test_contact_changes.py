"""Changes of the phone book that meet: none is lost, and nobody deleted comes back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter import contact_files
from custom_components.coocenter.const import DOMAIN
from custom_components.coocenter.phone_book import Plan, make_plan
from tests.contact_harness import ALICE, MOBILE, VCARD, add, answer, begin, contacts, names, submit, uploaded
from tests.office_harness import act, refusal

CARDS = "".join(VCARD.format(name=f"Bob {one}", number=f"01632 960{one}") for one in range(200, 300))
NOTED = VCARD.format(name="Alice", number=ALICE).replace("END", "NOTE:White rabbit\r\nEND")


@pytest.fixture(autouse=True)
async def british(hass: HomeAssistant) -> None:
    hass.config.country = "GB"


@pytest.fixture
def while_planned(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let an action begin while a thread makes out what an import changes."""

    def begin_action(action: str, **data: Any) -> None:
        def plan(*args: Any) -> Plan:
            call = hass.services.async_call
            hass.loop.call_soon_threadsafe(lambda: hass.async_create_task(call(DOMAIN, action, data, blocking=True)))
            monkeypatch.undo()
            return make_plan(*args)

        monkeypatch.setattr(contact_files, "make_plan", plan)

    return begin_action


async def test_what_is_changed_during_an_import_is_not_lost(
    hass: HomeAssistant, loaded: MockConfigEntry, while_planned: Callable[..., None]
) -> None:
    await add(hass, "Alice", ALICE)
    while_planned("update_contact", contact="Alice", favourite=True)
    await answer(hass, "import_contacts", content=CARDS + NOTED)
    assert len(await contacts(hass)) == 101
    (alice,) = await contacts(hass, text="alice")
    assert (alice["note"], alice["favourite"]) == ("White rabbit", True)


async def test_who_is_deleted_during_an_import_is_gone(
    hass: HomeAssistant, loaded: MockConfigEntry, while_planned: Callable[..., None]
) -> None:
    await add(hass, "Alice", ALICE)
    while_planned("remove_contact", contact="Alice")
    await answer(hass, "import_contacts", content=CARDS + NOTED)
    assert await names(hass, text="alice") == []
    assert (await refusal(hass, "update_contact", contact="Alice")).translation_key == "unknown_contact"


async def test_a_page_changes_only_what_was_changed_in_it(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    contact_id = await add(hass, "Alice", ALICE)
    flow = await begin(hass, loaded, "contacts")
    flow = await submit(hass, flow, contact=contact_id)
    await act(hass, "update_contact", contact="Alice", favourite=True)
    flow = await submit(hass, flow, next_step_id="edit_contact")
    entered = {str(key): key.description["suggested_value"] for key in flow["data_schema"].schema}
    assert entered["favourite"] is True

    await act(hass, "update_contact", contact="Alice", numbers=[MOBILE], note="White rabbit")
    await submit(hass, flow, **entered | {"name": "Alice Liddell", "favourite": False})
    (alice,) = await contacts(hass)
    assert (alice["name"], alice["favourite"]) == ("Alice Liddell", False)
    assert ([one["number"] for one in alice["numbers"]], alice["note"]) == ([MOBILE], "White rabbit")


@pytest.mark.parametrize("steps", [0, 1, 2], ids=["chosen", "opened", "saved"])
async def test_nobody_comes_back_by_a_page_that_is_open(
    hass: HomeAssistant, loaded: MockConfigEntry, steps: int
) -> None:
    contact_id = await add(hass, "Alice_", ALICE)
    flow = await begin(hass, loaded, "contacts")
    for step, choice in enumerate(({"contact": contact_id}, {"next_step_id": "edit_contact"}, {"name": "Alice"})):
        if step == steps:
            await act(hass, "remove_contact", contact=contact_id)
        flow = await submit(hass, flow, **choice)
        if step == steps:
            break
    assert await contacts(hass) == []
    if steps:
        assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "contact_deleted")
        assert flow["description_placeholders"] == {"contact": "Alice\\_"}
    else:
        assert (flow["step_id"], flow["errors"]) == ("choose_contact", {"contact": "contact_deleted"})


async def test_an_import_that_changes_something_else_by_now_is_shown_again(
    hass: HomeAssistant, loaded: MockConfigEntry, tmp_path: Path
) -> None:
    flow = await begin(hass, loaded, "import_contacts")
    with uploaded(tmp_path / "contacts.vcf", NOTED) as file:
        flow = await submit(hass, flow, file=file)
    await add(hass, "Alice", ALICE)
    flow = await submit(hass, flow)
    assert (flow["step_id"], flow["errors"]) == ("import_preview", {"base": "import_outdated"})
    assert flow["description_placeholders"]["changed_names"] == "- Alice (numbers, note)"
    assert [contact["note"] for contact in await contacts(hass)] == [""]

    # What is in the book beside it does not matter.
    await add(hass, "Bob", MOBILE)
    flow = await submit(hass, flow)
    assert flow["step_id"] == "init"
    assert [contact["note"] for contact in await contacts(hass)] == ["White rabbit", ""]
