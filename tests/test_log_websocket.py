"""The websocket commands of the call log."""

from pathlib import Path

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator import Quirks, Simulator
from tests.conftest import Push
from tests.log_harness import cc_cdr, cdr, journal_of
from tests.office_harness import errors


@pytest.mark.usefixtures("loaded")
async def test_calls_are_listed_page_by_page(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, push: Push
) -> None:
    for number in range(1, 4):
        await push(cdr(f"{number}.1", starttime=f"2026-11-23 0{number}:00:00"))
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "coocenter/calls/list", "direction": "inbound", "limit": 2})
    page = (await client.receive_json())["result"]
    assert [call["id"] for call in page["calls"]] == ["3.1", "2.1"]
    await client.send_json_auto_id({"type": "coocenter/calls/list", "limit": 2, "cursor": page["next"]})
    page = (await client.receive_json())["result"]
    assert ([call["id"] for call in page["calls"]], page["next"]) == (["1.1"], None)


@pytest.mark.usefixtures("loaded")
async def test_errors_are_translated(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "coocenter/calls/list", "cursor": "nonsense"})
    assert (await client.receive_json())["error"]["translation_key"] == "bad_cursor"
    await client.send_json_auto_id({"type": "coocenter/calls/list", "extension": "Alice"})
    assert (await client.receive_json())["error"]["translation_key"] == "not_dialable"
    await client.send_json_auto_id({"type": "coocenter/calls/list", "config_entry_id": "of nobody"})
    assert not (await client.receive_json())["success"]
    await client.send_json_auto_id({"type": "coocenter/calls/list", "limit": 0})
    assert (await client.receive_json())["error"]["code"] == "invalid_format"
    await journal_of(hass).async_close()
    await client.send_json_auto_id({"type": "coocenter/calls/list"})
    assert (await client.receive_json())["error"]["translation_key"] == "call_log_unavailable"


@pytest.mark.usefixtures("loaded")
async def test_new_and_changed_calls_are_told_to_who_subscribes(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, push: Push
) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "coocenter/calls/subscribe"})
    subscription = await client.receive_json()
    assert subscription["success"]

    await push(cdr("1.1", destination="630"))
    (call,) = (await client.receive_json())["event"]["calls"]
    assert (call["id"], call["queue"]) == ("1.1", None)
    # Its second log makes it known better; the first one again is no news.
    await push(cdr("1.1", destination="630"))
    await push(cc_cdr("1.1"))
    (call,) = (await client.receive_json())["event"]["calls"]
    assert (call["id"], call["queue"], call["agent"]) == ("1.1", "630", "801")

    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": subscription["id"]})
    assert (await client.receive_json())["success"]


async def test_only_administrators_may_export(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    push: Push,
    tmp_path: Path,
) -> None:
    media = tmp_path / "exported"
    hass.config.media_dirs = {"local": str(media)}
    await push(cdr("1.1"))
    command = {"type": "coocenter/calls/export", "file_name": "calls.csv"}
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await client.send_json_auto_id(command)
    assert (await client.receive_json())["error"]["code"] == "unauthorized"
    assert not media.exists()
    # Whoever may see calls in the logbook may see them here.
    await client.send_json_auto_id({"type": "coocenter/calls/list"})
    assert len((await client.receive_json())["result"]["calls"]) == 1

    client = await hass_ws_client(hass)
    await client.send_json_auto_id(command)
    answer = (await client.receive_json())["result"]
    assert answer == {"path": str(media / "coocenter" / "calls.csv"), "calls": 1, "gaps": []}


async def test_who_subscribes_is_told_also_while_the_pbx_cannot_be_asked(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    pbx: Simulator,
    hass_ws_client: WebSocketGenerator,
    push: Push,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "coocenter/calls/subscribe"})
    assert (await client.receive_json())["success"]
    pbx.quirks = Quirks(reply="500")
    await hass.config_entries.async_reload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.SETUP_RETRY
    await push(cdr("1.1"))
    (call,) = (await client.receive_json())["event"]["calls"]
    assert call["id"] == "1.1"
    assert errors(caplog) == []


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
async def test_the_first_and_the_last_moment_there_is_are_moments(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, push: Push, zone: str
) -> None:
    await hass.config.async_set_time_zone(zone)
    await push(cdr("1.1"))
    client = await hass_ws_client()
    ever = {"start": "0001-01-01 00:00:00", "end": "9999-12-31 23:59:59"}
    await client.send_json_auto_id({"type": "coocenter/calls/list", **ever})
    assert [call["id"] for call in (await client.receive_json())["result"]["calls"]] == ["1.1"]
