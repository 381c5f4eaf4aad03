"""Who is meant by a name: extensions, queues, contacts, and what they have in common.

Extension 801 is Alice, 802 Bob; the queues are 630 and 631.
"""

from time import perf_counter

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.contacts import async_get_contacts
from custom_components.coocenter.languages import async_get_voice
from custom_components.coocenter.people import Person, async_get_people
from custom_components.coocenter.phone_book import Contact, ContactNumber
from simulator import Simulator
from tests.office_harness import devices_of, poll
from tests.voice_harness import know, place

pytestmark = pytest.mark.usefixtures("loaded")


async def find(hass: HomeAssistant, spoken: str, language: str = "en") -> list[Person]:
    return async_get_people(hass).find(spoken, (await async_get_voice(hass)).language(language))


async def names(hass: HomeAssistant, spoken: str) -> list[str]:
    return [person.name for person in await find(hass, spoken)]


def rename(hass: HomeAssistant, part: str, name: str) -> None:
    dr.async_get(hass).async_update_device(devices_of(hass)[part].id, name_by_user=name)


@pytest.mark.parametrize("spoken", ["alice", "Alice", "801", "eight oh one", "extension 801"])
async def test_an_extension_by_its_agents_name_or_number(hass: HomeAssistant, spoken: str) -> None:
    (person,) = await find(hass, spoken)
    assert (person.name, person.extension, person.number) == ("Alice", "801", "801")


async def test_an_extension_by_the_users_name_for_it_and_by_its_area(hass: HomeAssistant) -> None:
    assert await names(hass, "reception") == []
    rename(hass, "801", "Reception")
    assert await names(hass, "reception") == await names(hass, "Alice") == ["Reception"]
    place(hass, "802", "Kitchen")
    assert await names(hass, "the kitchen") == ["Bob"]
    place(hass, "803", "Kitchen")
    assert await names(hass, "kitchen") == ["Bob", "Carol"], "there are two phones"


async def test_a_queue_by_the_users_name_for_it(hass: HomeAssistant) -> None:
    device = devices_of(hass)["queue_630"]
    dr.async_get(hass).async_update_child_device(device.id, name_by_user="Sales")
    (person,) = await find(hass, "sales")
    assert (person.queue, person.extension, person.number) == ("630", "", "630")
    assert [person.queue for person in await find(hass, "631")] == ["631"]


async def test_contacts(hass: HomeAssistant) -> None:
    await know(hass, "Zoë Müller", "01632 960103", aliases=("the boss",))
    for spoken in ("zoe mueller", "Zoe", "müller", "mrs mueller", "the boss"):
        assert await names(hass, spoken) == ["Zoë Müller"], spoken
    await know(hass, "Zoe Smith", "01632 960104")
    assert await names(hass, "zoe") == ["Zoë Müller", "Zoe Smith"]
    assert await names(hass, "smith") == ["Zoe Smith"]
    await async_get_contacts(hass).async_change(lambda _: ((), ["Zoe Smith"]))
    assert await names(hass, "smith") == []


async def test_a_number_is_whoevers_it_is(hass: HomeAssistant) -> None:
    hass.config.country = "GB"
    await hass.config.async_update(country="GB")
    await hass.async_block_till_done()
    await know(hass, "Zoe Smith", ("+44 1632 960103", "work"), ("01632 960104", "home"))
    (person,) = await find(hass, "01632 960104")
    assert (person.name, [(one.number, one.label) for one in person.numbers]) == (
        "Zoe Smith",
        [("01632960104", "home")],
    )
    (person,) = await find(hass, "01632 960199")
    assert (person.name, person.number, person.entry) == ("01632960199", "01632960199", None)


async def test_a_contact_with_an_extensions_number_is_one_person_with_it(hass: HomeAssistant) -> None:
    await know(hass, "Robert Jones", ("802", "work"), ("01632 960104", "mobile"), aliases=("Bobby",))
    for spoken in ("bob", "bobby", "Robert Jones", "802"):
        (person,) = await find(hass, spoken)
        assert (person.name, person.extension, person.number) == ("Robert Jones", "802", "802"), spoken
    assert [one.number for one in person.numbers if one.label == "mobile"] == ["01632 960104"]


async def test_a_contact_with_an_extensions_first_and_last_name_is_one_person_with_it(
    hass: HomeAssistant, pbx: Simulator
) -> None:
    pbx.office.extensions["802"].name = "Bob Stone"
    await poll(hass)
    await know(hass, "Bob Stone", ("01632 960104", "mobile"))
    (person,) = await find(hass, "bob")
    assert (person.extension, [one.number for one in person.numbers]) == ("802", ["802", "01632 960104"])
    pbx.office.extensions["803"].name = "Bob Stone"
    await poll(hass)
    assert len(await find(hass, "bob stone")) == 3, "who of the two it is nobody knows"


async def test_a_first_name_or_an_alias_makes_nobody_a_colleague(hass: HomeAssistant) -> None:
    await know(hass, "Bob Baker", ("01632 960104", "mobile"), aliases=("Bob",))
    assert {person.extension for person in await find(hass, "bob")} == {"802", ""}
    (person,) = await find(hass, "bob baker")
    assert (person.name, person.number) == ("Bob Baker", "01632 960104")


async def test_a_name_that_sounds_like_a_number_is_a_name(hass: HomeAssistant) -> None:
    assert [person.number for person in await find(hass, "oh")] == ["0"]
    await know(hass, "Oh", ("01632 960104", "work"))
    assert await names(hass, "oh") == ["Oh"]
    assert [person.number for person in await find(hass, "0")] == ["0"]


async def test_names_follow_the_pbx(hass: HomeAssistant, pbx: Simulator) -> None:
    assert await names(hass, "walter") == []
    pbx.office.extensions["802"].name = "Walter"
    await poll(hass)
    assert (await names(hass, "walter"), await names(hass, "bob")) == (["Walter"], [])


async def test_nobody_is_left_of_a_pbx_that_is_unloaded(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert await names(hass, "alice") == ["Alice"]
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert await names(hass, "alice") == []


async def test_the_agents_are_those_who_are_logged_in(hass: HomeAssistant, pbx: Simulator) -> None:
    pbx.office.extensions["802"].name = "Bob Brown"
    await poll(hass)
    agents = async_get_people(hass).agents()
    assert {"Alice", "801", "Bob Brown", "Bob", "802"} <= set(agents)
    assert not {"Frank", "806"} & set(agents)


async def test_a_thousand_contacts_are_found_at_once(hass: HomeAssistant) -> None:
    many = [
        Contact(id=str(one), name=f"First{one} Last{one % 40}", numbers=(ContactNumber(number=f"0163296{one:04}"),))
        for one in range(1000)
    ]
    await async_get_contacts(hass).async_change(lambda _: (many, ()))
    language = (await async_get_voice(hass)).language("en")
    people = async_get_people(hass)
    people.find("first", language)
    best = min(_seconds(people.find, "First777", language) for _ in range(20))
    assert best < 0.001
    assert [person.name for person in people.find("first777 last17", language)] == ["First777 Last17"]


def _seconds(function: object, *args: object) -> float:
    began = perf_counter()
    function(*args)  # type: ignore[operator]
    return perf_counter() - began
