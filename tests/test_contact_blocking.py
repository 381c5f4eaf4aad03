"""Blocked contacts: on the blacklist of every PBX, and off it again."""

import asyncio

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.pbx import CooCenterClient, Refused
from simulator import Office, Quirks, Simulator
from tests.conftest import WEB_KEY, load, make_entry
from tests.contact_harness import ALICE, ALICE_ABROAD, MOBILE, VCARD, add, answer, contacts, names
from tests.office_harness import act, asked, commands, refusal, state_of

MOBILE_DIALLED = MOBILE.replace(" ", "")
#: As trunks deliver them.
ALICES = ["+441632960123", "00441632960123", "01632960123"]
MOBILES = ["+441632960777", "00441632960777", MOBILE_DIALLED]


@pytest.fixture(autouse=True)
async def british(hass: HomeAssistant) -> None:
    hass.config.country = "GB"


async def test_the_numbers_of_who_is_blocked_are_on_the_blacklist(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    await add(hass, "Alice", ALICE)
    assert pbx.office.blacklist == []
    await act(hass, "update_contact", contact="Alice", blocked=True)
    assert pbx.office.blacklist == ALICES
    assert state_of(hass, "blacklist_size").state == "3"

    # A number that goes is unblocked, one that comes is blocked; another spelling is the same number.
    await act(hass, "update_contact", contact="Alice", numbers=[MOBILE, ALICE_ABROAD, "802"])
    assert sorted(pbx.office.blacklist) == sorted([*ALICES, *MOBILES, "802"])
    await act(hass, "update_contact", contact="Alice", numbers=[MOBILE])
    assert pbx.office.blacklist == MOBILES
    assert state_of(hass, "blacklist_size").state == "3"

    await act(hass, "update_contact", contact="Alice", blocked=False)
    assert pbx.office.blacklist == []
    await add(hass, "Bob", MOBILE, blocked=True)
    await act(hass, "remove_contact", contact="Bob")
    assert pbx.office.blacklist == []
    assert state_of(hass, "blacklist_size").state == "0"


async def test_nobody_is_asked_where_nobody_is_blocked(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    pbx.requests.clear()
    await add(hass, "Alice", ALICE)
    await act(hass, "update_contact", contact="Alice", note="White rabbit")
    await act(hass, "remove_contact", contact="Alice")
    assert list(pbx.requests) == []

    await add(hass, "Bob", MOBILE, blocked=True)
    pbx.requests.clear()
    await act(hass, "update_contact", contact="Bob", note="Again")
    assert list(commands(pbx)) == []


async def test_a_number_stays_blocked_while_another_with_it_is(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    await add(hass, "Alice", ALICE, blocked=True)
    await add(hass, "Her office", ALICE_ABROAD, blocked=True)
    await act(hass, "remove_contact", contact="Alice")
    assert pbx.office.blacklist == ALICES
    await act(hass, "remove_contact", contact="Her office")
    assert pbx.office.blacklist == []


async def test_an_import_blocks_too(hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator) -> None:
    card = VCARD.format(name="Alice", number=ALICE).replace("END", "X-COOCENTER-BLOCKED:1\r\nEND")
    await answer(hass, "import_contacts", content=card, dry_run=True)
    assert pbx.office.blacklist == []
    await answer(hass, "import_contacts", content=card)
    assert pbx.office.blacklist == ALICES


async def test_every_pbx_is_asked_and_the_one_that_fails_is_named(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    async with Simulator(Office.build(), web_key=WEB_KEY) as branch:
        entry = make_entry(branch, entry_id="FEDCBA9876543210", title="Branch", data={"webhook_id": "of-the-branch"})
        await load(hass, entry)
        await add(hass, "Alice", ALICE, blocked=True)
        assert pbx.office.blacklist == branch.office.blacklist == ALICES

        pbx.quirks = Quirks(reply="500")
        error = await refusal(hass, "add_contact", name="Bob", numbers=[MOBILE], blocked=True)
        assert error.translation_key == "blacklist_not_changed"
        assert error.translation_placeholders
        assert error.translation_placeholders["pbx"] == "CooCenter"
        assert await names(hass) == ["Alice", "Bob"]
        assert branch.office.blacklist == [*ALICES, *MOBILES]

        # Saved once more it is tried once more, and nobody is asked for what it has.
        pbx.quirks = Quirks()
        branch.requests.clear()
        await act(hass, "update_contact", contact="Bob", blocked=True)
        assert pbx.office.blacklist == [*ALICES, *MOBILES]
        assert asked(branch, "blacklist/create") == []

        assert await hass.config_entries.async_unload(entry.entry_id)
        assert entry.state is ConfigEntryState.NOT_LOADED
        error = await refusal(hass, "remove_contact", contact="Bob")
        assert error.translation_placeholders
        assert error.translation_placeholders["pbx"] == "Branch"
        assert pbx.office.blacklist == ALICES


async def test_of_several_numbers_one_that_is_refused_does_not_stop_the_others(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_to_blacklist = CooCenterClient.add_to_blacklist

    async def refuse(client: CooCenterClient, number: str) -> None:
        if number in ALICES:
            msg = "full"
            raise Refused(msg)
        await add_to_blacklist(client, number)

    monkeypatch.setattr(CooCenterClient, "add_to_blacklist", refuse)
    error = await refusal(hass, "add_contact", name="Alice", numbers=[ALICE, MOBILE], blocked=True)
    assert error.translation_placeholders == {"pbx": "CooCenter", "error": "full"}
    assert pbx.office.blacklist == MOBILES
    assert state_of(hass, "blacklist_size").state == "3"


async def test_a_number_that_no_pbx_can_block_is_named(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    too_long = "01632 960123 01632 960123 01632 960123"
    card = VCARD.format(name="Alice", number=f"{too_long}\r\nTEL:{MOBILE}").replace(
        "END", "X-COOCENTER-BLOCKED:1\r\nEND"
    )
    error = await refusal(hass, "import_contacts", content=card)
    assert error.translation_key == "cannot_be_blocked"
    assert error.translation_placeholders == {"numbers": too_long}
    assert await names(hass) == ["Alice"]
    assert pbx.office.blacklist == MOBILES

    # Who is no longer blocked need not be blocked.
    await act(hass, "update_contact", contact="Alice", blocked=False)
    assert pbx.office.blacklist == []


async def test_of_two_changes_at_once_the_pbx_learns_the_last(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    await add(hass, "Alice", ALICE)
    for last in (True, False, True):
        changes = (act(hass, "update_contact", contact="Alice", blocked=blocked) for blocked in (not last, last))
        await asyncio.gather(*changes)
        assert [contact["blocked"] for contact in await contacts(hass)] == [last]
        assert pbx.office.blacklist == (ALICES if last else [])
