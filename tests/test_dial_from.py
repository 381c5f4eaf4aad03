"""Which phone is meant where none is named: the device's, the room's, the user's or the default, never a wrong one."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.coocenter.const import DOMAIN
from custom_components.coocenter.dial_from import Asker, FoundBy, NoPhone, async_dial_from
from simulator import Office, Simulator
from tests.conftest import WEB_KEY, load, make_entry
from tests.office_harness import asked, devices_of, poll, refusal
from tests.voice_harness import area, dialled, place, satellite, set_options

pytestmark = pytest.mark.usefixtures("loaded")
USER = "the user"


def found(hass: HomeAssistant, **asker: str | None) -> tuple[str, FoundBy]:
    phone = async_dial_from(hass, Asker(**asker))
    return phone.extension, phone.by


def in_doubt(hass: HomeAssistant, **asker: str | None) -> list[str]:
    with pytest.raises(NoPhone) as raised:
        async_dial_from(hass, Asker(**asker))
    return [phone.extension for phone in raised.value.phones]


async def test_the_first_that_tells_decides(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    box = satellite(hass, "Kitchen")
    assert box.device_id
    asker = {"user_id": USER, "satellite_id": box.entity_id, "device_id": None}
    assert in_doubt(hass, **asker) == []
    set_options(hass, loaded, default_extension="801")
    assert found(hass, **asker) == ("801", FoundBy.DEFAULT)
    set_options(hass, loaded, user_extensions=[{"user": USER, "extension": "802"}])
    assert found(hass, **asker) == ("802", FoundBy.USER)
    place(hass, "803", "Kitchen")
    assert found(hass, **asker) == ("803", FoundBy.AREA)
    set_options(hass, loaded, device_extensions=[{"device": box.device_id, "extension": "804"}])
    assert found(hass, **asker) == ("804", FoundBy.DEVICE)
    assert found(hass, user_id="somebody else") == ("801", FoundBy.DEFAULT)


async def test_the_area_is_the_satellites_own_or_its_devices(hass: HomeAssistant) -> None:
    place(hass, "803", "Kitchen")
    place(hass, "804", "Hall")
    box = satellite(hass, "Kitchen")
    assert found(hass, satellite_id=box.entity_id) == found(hass, device_id=box.device_id) == ("803", FoundBy.AREA)
    er.async_get(hass).async_update_entity(box.entity_id, area_id=area(hass, "Hall"))
    assert found(hass, satellite_id=box.entity_id) == ("804", FoundBy.AREA)
    assert in_doubt(hass, satellite_id=satellite(hass, "Attic", "other").entity_id) == []


async def test_of_several_phones_in_a_room_one_must_be_meant(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator
) -> None:
    for extension in ("801", "802", "803"):
        place(hass, extension, "Office")
    asker = {"device_id": satellite(hass, "Office").device_id, "user_id": USER}
    assert in_doubt(hass, **asker) == ["801", "802", "803"]
    set_options(hass, loaded, default_extension="805")
    assert in_doubt(hass, **asker) == ["801", "802", "803"], "the default one is elsewhere"
    set_options(hass, loaded, default_extension="803")
    assert found(hass, **asker) == ("803", FoundBy.AREA)
    set_options(hass, loaded, user_extensions=[{"user": USER, "extension": "802"}])
    assert found(hass, **asker) == ("802", FoundBy.AREA)
    pbx.office.extensions["802"].registered = pbx.office.extensions["803"].registered = False
    await poll(hass)
    assert found(hass, **asker) == ("802", FoundBy.AREA), "a colleague's is not the user's, even if it is plugged in"
    set_options(hass, loaded, user_extensions=[])
    assert found(hass, **asker) == ("801", FoundBy.AREA), "the others are not plugged in"


async def test_a_device_that_the_user_disabled_is_no_phone(hass: HomeAssistant) -> None:
    place(hass, "803", "Kitchen")
    dr.async_get(hass).async_update_device(devices_of(hass)["803"].id, disabled_by=dr.DeviceEntryDisabler.USER)
    assert in_doubt(hass, device_id=satellite(hass, "Kitchen").device_id) == []


async def test_of_several_pbxs_the_one_that_is_set_up_for_it(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    async with Simulator(Office.build(), web_key=WEB_KEY) as other:
        entry = make_entry(other, entry_id="other", title="Other", options={"default_extension": "802"})
        await load(hass, entry)
        phone = async_dial_from(hass, Asker())
        assert (phone.entry.entry_id, phone.extension) == ("other", "802")
        set_options(hass, loaded, default_extension="801")
        assert in_doubt(hass) == ["801", "802"]
        assert async_dial_from(hass, Asker(), loaded).extension == "801"
        error = await refusal(hass, "dial", destination="803")
        assert error.translation_key == "several_sources"
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_actions_take_the_users_phone(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, hass_admin_user: MockUser
) -> None:
    set_options(
        hass, loaded, default_extension="801", user_extensions=[{"user": hass_admin_user.id, "extension": "802"}]
    )
    mine = Context(user_id=hass_admin_user.id)
    await hass.services.async_call(DOMAIN, "dial", {"destination": "803"}, blocking=True, context=mine)
    await hass.services.async_call(DOMAIN, "dial", {"destination": devices_of(hass)["803"].id}, blocking=True)
    assert dialled(pbx) == [("802", "803"), ("801", "803")]
    await hass.services.async_call(DOMAIN, "transfer", {"destination": "803"}, blocking=True, context=mine)
    await hass.services.async_call(DOMAIN, "hangup", {}, blocking=True, context=mine)
    assert asked(pbx, "extensions/transfer") == [{"src": "802", "dst": "803"}]
    assert asked(pbx, "extensions/hangup") == [{"extension": "802"}]


@pytest.mark.parametrize(("action", "data"), [("dial", {"destination": "803"}), ("hangup", {})])
async def test_an_action_without_a_phone_says_what_to_set_up(
    hass: HomeAssistant, action: str, data: dict[str, str]
) -> None:
    error = await refusal(hass, action, **data)
    assert (error.translation_key, isinstance(error, ServiceValidationError)) == ("no_source", True)
