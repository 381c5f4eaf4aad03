"""What the tests of the to-do lists share: what a list shows, and what people do with it."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.todo import DOMAIN as TODO
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.conftest import Push
from tests.log_harness import cc_cdr, journal_of
from tests.office_harness import ENTRY_ID, entity_id

LIST = "missed_calls"

type Item = dict[str, Any]


def times(clock: str) -> dict[str, str]:
    """Return when a call began and ended that nobody answered for half a minute."""
    return {"starttime": f"2026-11-23 {clock}:00", "endtime": f"2026-11-23 {clock}:30"}


def talk(clock: str) -> dict[str, str]:
    """Return the times of a call that was answered within ten seconds."""
    return times(clock) | {"answertime": f"2026-11-23 {clock}:10", "billableseconds": "20"}


def in_queue(uid: str, **fields: str) -> dict[str, str]:
    """Return the call centre's log of a caller who gave up in queue 630."""
    vain = {"talkingTime": "0", "agentCode": "", "called": "", "filePath": "", "missCause": "MEMBER_CANCEL"}
    return cc_cdr(uid, **(vain | fields))


async def log(push: Push, *events: dict[str, Any]) -> None:
    for event in events:
        assert await push(event) == HTTPStatus.OK


async def listed(hass: HomeAssistant, part: str = LIST) -> list[Item]:
    """Return the items of a list, after what waits was logged."""
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()
    name = entity_id(hass, part)
    answer = await hass.services.async_call(TODO, "get_items", {"entity_id": name}, blocking=True, return_response=True)
    assert answer
    return list(answer[name]["items"])  # type: ignore[call-overload,index,arg-type]


async def summaries(hass: HomeAssistant, part: str = LIST) -> list[tuple[str, bool]]:
    """Return what the items of a list are called, and which are done."""
    return [(item["summary"], item["status"] == "completed") for item in await listed(hass, part)]


async def use(hass: HomeAssistant, action: str, part: str = LIST, **data: Any) -> None:
    """Do something with an item, as the To-do page does."""
    await hass.services.async_call(TODO, action, {"entity_id": entity_id(hass, part), **data}, blocking=True)
    await hass.async_block_till_done()


async def refused(hass: HomeAssistant, action: str, **data: Any) -> str | None:
    """Do what must fail with an item, and return what the user is told."""
    with pytest.raises(HomeAssistantError) as raised:
        await use(hass, action, **data)
    return raised.value.translation_key


async def reload(hass: HomeAssistant) -> None:
    assert await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()


async def enable(hass: HomeAssistant, *parts: str) -> None:
    """Switch entities on that are off unless the user wants them; Home Assistant reloads the entry for that."""
    for part in parts:
        er.async_get(hass).async_update_entity(entity_id(hass, part), disabled_by=None)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done()
    assert all(hass.states.get(entity_id(hass, part)) for part in parts)


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, to: str) -> None:
    """Let the clock show another moment (UTC), and whatever is due then be done."""
    freezer.move_to(datetime.fromisoformat(f"{to}+00:00"))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
