"""What the tests of entities, webhook and actions share: ways to find things, to let a poll come, and to act."""

from collections.abc import Iterator
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant, ServiceResponse, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from syrupy.assertion import SnapshotAssertion

from custom_components.coocenter.const import DOMAIN
from simulator import Simulator

ENTRY_ID = "0123456789ABCDEF"
#: More seconds than anybody has patience: the ring or talk of a call that lasts until it is hung up.
FOREVER = 1e9
#: What real phones and a real Asterisk pushed, one event a line.
CAPTURES = sorted((Path(__file__).parent / "captures").glob("*.jsonl"))
every_capture = pytest.mark.parametrize("capture", CAPTURES, ids=[path.stem for path in CAPTURES])

MAC = "68:69:2e:00:00:01"
DIAL_BEGIN = {
    "event": "dialbegein",
    "timestamp": "1795406897.716252",
    "channel": "SIP/801-00000001",
    "calleridnum": "801",
    "destchannel": "SIP/802-00000002",
    "destcalleridnum": "802",
    "destuniqueid": "1795406897.2",
    "dialstring": "SIP/802",
    "uniqueid": "1795406897.1",
    "mac": MAC,
}


def events_of(capture: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capture.read_text().splitlines()]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


def status(extension: str, code: str, **fields: str) -> dict[str, str]:
    """Return the push of what an extension does."""
    return {"event": "extensionstatus", "exten": extension, "status": code, **fields}


def entries_of(hass: HomeAssistant, entry_id: str = ENTRY_ID) -> dict[str, er.RegistryEntry]:
    """Return the registered entities by the part of the unique id that follows the entry's."""
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    return {one.unique_id.removeprefix(f"{entry_id}_"): one for one in entries}


def entity_id(hass: HomeAssistant, part: str) -> str:
    return entries_of(hass)[part].entity_id


def state_of(hass: HomeAssistant, part: str) -> State:
    """Return the state of the entity with this part in its unique id."""
    state = hass.states.get(entity_id(hass, part))
    assert state, f"{part} has no state"
    return state


def devices_of(hass: HomeAssistant, entry_id: str = ENTRY_ID) -> dict[str, dr.AnyDeviceEntry]:
    """Return the devices by the part of the identifier that follows the entry's id; the PBX's own is ""."""
    registry = dr.async_get(hass)
    devices = (
        *dr.async_entries_for_config_entry(registry, entry_id),
        *dr.async_child_entries_for_config_entry(registry, entry_id),
    )
    return {
        name.removeprefix(entry_id).removeprefix("_"): device for device in devices for _, name in device.identifiers
    }


def assert_entities(hass: HomeAssistant, snapshot: SnapshotAssertion, domain: str) -> None:
    """Compare every entity of a platform, its registration and its state, with what was reviewed."""
    entries = [one for one in entries_of(hass).values() if one.domain == domain]
    assert entries
    for one in sorted(entries, key=lambda one: one.entity_id):
        assert one == snapshot(name=f"{one.entity_id}-entry")
        assert hass.states.get(one.entity_id) == snapshot(name=f"{one.entity_id}-state")


async def poll(hass: HomeAssistant) -> None:
    """Let the time come for the next poll, and wait for what it brings."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=35))
    await hass.async_block_till_done(wait_background_tasks=True)


async def act(hass: HomeAssistant, action: str, **data: Any) -> ServiceResponse:
    """Run an action of the integration to its end; the two that answer do."""
    answers = action.startswith("get_")
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=answers)


def asked(pbx: Simulator, path: str) -> list[dict[str, str]]:
    """Return the forms that were sent to a path of the PBX."""
    return [request.form for request in pbx.requests if request.path == f"/coocenter-api/{path}"]


def commands(pbx: Simulator) -> Iterator[str]:
    """Yield the paths of the requests that were more than questions."""
    for request in pbx.requests:
        if request.form:
            yield request.path.removeprefix("/coocenter-api/")


async def refusal(hass: HomeAssistant, action: str, **data: Any) -> HomeAssistantError:
    """Run an action that must fail, and return what the user is told."""
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, action, **data)
    return raised.value
