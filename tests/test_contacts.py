"""The phone book: kept, found in by name and number, and read by the office's country."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
import voluptuous as vol

from custom_components.coocenter.const import DOMAIN
from custom_components.coocenter.contacts import SIGNAL_CONTACTS_CHANGED, async_get_contacts
from tests.contact_harness import ALICE, ALICE_ABROAD, MOBILE, VCARD, add, answer, contacts, names
from tests.office_harness import act, refusal


@pytest.fixture(autouse=True)
async def british(hass: HomeAssistant) -> None:
    hass.config.country = "GB"


async def test_a_contact_is_kept_as_it_was_entered(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    entered = {
        "name": "Alice Liddell",
        "aliases": ["Ali"],
        "numbers": [{"number": ALICE_ABROAD, "label": "work"}, {"number": MOBILE, "label": ""}],
        "note": "White rabbit",
        "favourite": True,
        "blocked": False,
    }
    added = await answer(hass, "add_contact", **entered)

    assert await contacts(hass) == [{"id": added["id"], **entered}]
    assert await contacts(hass, number=ALICE) == await contacts(hass, text="ALI liddell") == await contacts(hass)


async def test_what_is_left_out_stays_as_it_is(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    contact_id = await add(hass, "Alice", ALICE, note="White rabbit")
    before = await contacts(hass)
    await hass.services.async_call(
        DOMAIN, "update_contact", {"contact": "alice", "name": "Alice Liddell", "aliases": ["Ali"]}, blocking=True
    )
    assert await contacts(hass) == [before[0] | {"name": "Alice Liddell", "aliases": ["Ali"]}]

    await hass.services.async_call(
        DOMAIN, "update_contact", {"contact": contact_id, "numbers": [MOBILE]}, blocking=True
    )
    assert await names(hass, number=ALICE) == []
    assert await names(hass, number=MOBILE) == ["Alice Liddell"]

    await hass.services.async_call(DOMAIN, "remove_contact", {"contact": "Ali"}, blocking=True)
    assert await contacts(hass) == []


async def test_contacts_are_found_by_parts_of_their_names(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, "Jürgen Müller", MOBILE, aliases=["Boss"], favourite=True)
    await add(hass, "Alice Liddell", ALICE)

    assert await names(hass) == ["Alice Liddell", "Jürgen Müller"]
    for text in ("mull", "MÜLLER jür", "bos", "gen"):
        assert await names(hass, text=text) == ["Jürgen Müller"]
    assert await names(hass, text="muller liddell") == []
    assert await names(hass, favourite=True) == ["Jürgen Müller"]
    assert await names(hass, favourite=False) == ["Alice Liddell"]
    assert await names(hass, favourite=True, number=ALICE) == []


async def test_names_and_labels_are_one_line(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    numbers = [{"number": f"{MOBILE}\n", "label": " work\nor\u200b home "}]
    await answer(hass, "add_contact", name=" Alice\n\tLiddell ", aliases=["A\u202el i"], numbers=numbers)
    (contact,) = await contacts(hass)
    assert (contact["name"], contact["aliases"]) == ("Alice Liddell", ["Al i"])
    assert contact["numbers"] == [{"number": MOBILE, "label": "work or home"}]
    for name in ("", " \n", "\u200b", "x" * 101):
        with pytest.raises(vol.Invalid):
            await answer(hass, "add_contact", name=name)


async def test_contacts_are_found_by_what_is_said(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, "Jürgen Müller", MOBILE, aliases=["the boss"])
    cards = "".join(VCARD.format(name=f"Bob {one}", number=f"01632 960{one}") for one in range(200, 300))
    await answer(hass, "import_contacts", content=cards)
    await add(hass, "Alice Liddell", ALICE)
    spoken = async_get_contacts(hass).spoken
    assert [one.name for one in spoken("boss")] == [one.name for one in spoken("mueller jurgen")] == ["Jürgen Müller"]
    assert [one.name for one in spoken("bob 250")] == ["Bob 250"]
    assert len(spoken("bob")) == 100

    await act(hass, "update_contact", contact="Jürgen Müller", name="Jo Müller", aliases=[])
    assert spoken("boss") == spoken("jurgen") == []
    assert [one.name for one in spoken("muller")] == ["Jo Müller"]
    await act(hass, "remove_contact", contact="Alice Liddell")
    assert spoken("alice") == []


async def test_who_is_meant_must_be_clear(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, "Alice", ALICE)
    await add(hass, "ALICE", MOBILE)

    assert (await refusal(hass, "remove_contact", contact="Alice")).translation_key == "ambiguous_contact"
    assert (await refusal(hass, "update_contact", contact="Bob")).translation_key == "unknown_contact"
    assert (await refusal(hass, "update_contact", contact="")).translation_key == "unknown_contact"
    bad = {"contact": "Alice", "numbers": ["Alice"]}
    assert (await refusal(hass, "update_contact", **bad)).translation_key == "ambiguous_contact"
    assert (await refusal(hass, "add_contact", name="Carol", numbers=["Carol"])).translation_key == "not_dialable"
    assert len(await contacts(hass)) == 2


async def test_the_phone_book_outlives_a_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await add(hass, "Alice", ALICE)
    kept = await contacts(hass)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    await hass.async_block_till_done()

    assert hass_storage["coocenter.contacts"]["data"] == {"contacts": kept}


async def test_what_is_stored_is_read(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    numbers = [{"number": ALICE_ABROAD, "label": "work"}]
    stored = {"id": "1", "name": "Alice", "aliases": ["Ali"], "numbers": numbers, "note": "", "favourite": True}
    data = {"contacts": [stored | {"blocked": False}]}
    hass_storage["coocenter.contacts"] = {"version": 1, "minor_version": 1, "key": "coocenter.contacts", "data": data}
    assert await async_setup_component(hass, DOMAIN, {})

    assert await contacts(hass, number=ALICE) == data["contacts"]


async def test_numbers_are_read_by_the_country_of_now(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, "Alice", ALICE_ABROAD)
    assert await names(hass, number=ALICE) == ["Alice"]

    told: list[None] = []
    async_dispatcher_connect(hass, SIGNAL_CONTACTS_CHANGED, lambda: told.append(None))
    await hass.config.async_update(country="DE")
    await hass.async_block_till_done()
    assert await names(hass, number=ALICE) == []
    assert len(told) == 1

    await hass.config.async_update(location_name="Elsewhere")
    await hass.async_block_till_done()
    assert len(told) == 1


async def test_many_contacts_are_told_once(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    await add(hass, "Alice", ALICE)
    told: list[None] = []
    async_dispatcher_connect(hass, SIGNAL_CONTACTS_CHANGED, lambda: told.append(None))
    cards = "".join(VCARD.format(name=f"Bob {one}", number=f"01632 960{one}") for one in range(200, 300))
    await answer(hass, "import_contacts", content=cards)

    assert len(told) == 1
    assert len(await contacts(hass)) == 101
    assert await names(hass, text="bob 250") == await names(hass, number="+441632960250") == ["Bob 250"]
    assert async_get_contacts(hass).name_of("01632960299") == "Bob 299"
