"""The HTTP edge of pushes: what is taken, what is refused, and that nothing is ever answered otherwise."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
import json
from typing import Any
from urllib.parse import urlencode

from aiohttp.test_utils import TestClient
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter import push_view
from custom_components.coocenter.const import EVENT_COOCENTER
from custom_components.coocenter.push_view import async_push_path
from simulator import Quirks, Simulator
from tests.conftest import WEBHOOK_ID, Push
from tests.flow_harness import until
from tests.office_harness import DIAL_BEGIN, ENTRY_ID, MAC, errors, state_of, status

PATH = async_push_path(WEBHOOK_ID)
RINGS = status("801", "8")
JSON = json.dumps(RINGS).encode()

READABLE = {
    "json": (JSON, "application/json"),
    "json under no type": (JSON, None),
    "json under a wrong type": (JSON, "text/plain"),
    "json as a form": (JSON, "application/x-www-form-urlencoded"),
    "json in a form's field": (urlencode({"data": JSON.decode()}).encode(), "application/x-www-form-urlencoded"),
    "json in a list": (b"[" + JSON + b"]", "application/json"),
    "json with a mark": (b"\xef\xbb\xbf" + JSON, "application/json"),
    "form": (urlencode(RINGS).encode(), "application/x-www-form-urlencoded"),
    "form under no type": (urlencode(RINGS).encode(), None),
    "capitals": (JSON.replace(b"exten", b"Exten"), "application/json; charset=UTF-8"),
    "a foreign name beside it": (JSON[:-1] + ', "name": "张"}'.encode("gb18030"), "application/json"),
}

NASTY = {
    "empty": b"",
    "blank": b" \r\n",
    "zero": b"\0",
    "half a json": b'{"event": "dialbegein"',
    "javascript": b"{event: 'dialbegein', mac: '68:69:2e:00:00:01'}",
    "number": b"1e999",
    "null": b"null",
    "nested": b"[" * 50_000,
    "nested objects": b'{"event":' * 20_000,
    "foreign": "电话".encode("gb18030"),
    "binary": bytes(range(256)),
    "percent": b"%ff%fe=%&&&===",
    "many fields": b"&".join(b"f%d=1" % number for number in range(5_000)),
    "a list for a name": b'{"event": ["dialbegein"]}',
    "an object for a number": b'{"event": "dialbegein", "calleridnum": {"a": 1}, "destchannel": []}',
    "nothing but a name": b'{"event": "cc_cdr"}',
    "endless number": b'{"event": "ivr", "uuid": "1", "duration": 1' + b"0" * 5_000 + b"}",
    "impossible number": b'{"event": "ivr", "uuid": "1", "duration": NaN}',
    "surrogate": b'{"event": "hangup", "uniqueid": "1", "calleridname": "\\ud800"}',
    "impossible time": b'{"event": "cdr", "uniqueid": "1", "starttime": "9999-99-99 99:99:99"}',
    "too long": b"x" * (64 * 1024 + 1),
    "as long as may be": b"x" * (64 * 1024),
    "much too long": b"x" * 1_000_000,
}


@pytest.fixture
async def http(hass_client_no_auth: ClientSessionGenerator) -> TestClient[Any, Any]:
    return await hass_client_no_auth()


async def counted(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry, **expected: int
) -> None:
    """Check what the diagnostics count of the pushes."""
    assert await async_setup_component(hass, "diagnostics", {})
    pushes = (await get_diagnostics_for_config_entry(hass, hass_client, entry))["pushes"]
    assert {key: pushes[key] for key in expected} == expected


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("body", "content_type"), READABLE.values(), ids=READABLE)
async def test_an_event_is_read_however_it_is_encoded(
    hass: HomeAssistant, http: TestClient[Any, Any], body: bytes, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = await http.post(PATH, data=body, headers=headers, skip_auto_headers=("Content-Type",))
    await hass.async_block_till_done()
    assert (response.status, await response.read()) == (200, b"")
    assert state_of(hass, "801_status").state == "ringing"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "x", ""])
async def test_whatever_comes_is_answered_and_is_no_error(
    hass: HomeAssistant, push: Push, caplog: pytest.LogCaptureFixture, body: bytes, content_type: str
) -> None:
    answer = await push({}, json=None, data=body, headers={"Content-Type": content_type})
    assert answer == (413 if len(body) > 64 * 1024 else 200)
    assert errors(caplog) == []
    assert await push(RINGS) == 200
    assert state_of(hass, "801_status").state == "ringing"


async def test_what_cannot_be_read_is_counted_and_shown_without_letters_and_digits(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_client: ClientSessionGenerator
) -> None:
    for body in (b"", b"\0", b"{event: 'ivr', caller: '01632960123'}", "<张 é ٣>".encode()):
        assert await push({}, json=None, data=body) == 200
    assert await async_setup_component(hass, "diagnostics", {})
    pushes = (await get_diagnostics_for_config_entry(hass, hass_client, loaded))["pushes"]
    assert (pushes["received"], pushes["unreadable"], pushes["refused"]) == (0, 4, 0)
    assert pushes["unreadable_samples"] == ["", ".", "{xxxxx: 'xxx', xxxxxx: '00000000000'}", "<xxx xx xx>"]


async def test_of_many_unreadable_bodies_the_last_five_are_kept_and_cut(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_client: ClientSessionGenerator
) -> None:
    for count in range(7):
        assert await push({}, json=None, data=b"-" * count + b"!" * 2_000) == 200
    assert await async_setup_component(hass, "diagnostics", {})
    pushes = (await get_diagnostics_for_config_entry(hass, hass_client, loaded))["pushes"]
    assert pushes["unreadable"] == 7
    assert pushes["unreadable_samples"] == ["-" * count + "!" * (1024 - count) for count in range(2, 7)]


@pytest.mark.usefixtures("loaded")
async def test_a_body_that_comes_in_pieces_and_is_too_long_is_refused(http: TestClient[Any, Any]) -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        for _ in range(40):
            yield b"x" * 4096

    assert (await http.post(PATH, data=pieces())).status == 413


@pytest.mark.usefixtures("loaded")
async def test_a_body_that_does_not_come_to_its_end_is_not_waited_for(
    hass: HomeAssistant, http: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_view, "_PATIENCE", 0.05)
    begun, never = asyncio.Event(), asyncio.Event()

    async def half() -> AsyncGenerator[bytes]:
        yield b'{"event": "extensionstatus", '
        begun.set()
        await never.wait()

    answer = await http.post(PATH, data=half(), headers={"Content-Type": "application/json"})
    assert begun.is_set()
    assert answer.status == 408
    never.set()


async def test_a_body_that_is_not_compressed_as_it_says_is_unreadable(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_client: ClientSessionGenerator
) -> None:
    assert await push({}, json=None, data=JSON, headers={"Content-Encoding": "gzip"}) == 200
    await counted(hass, hass_client, loaded, received=0, unreadable=1)


@pytest.mark.usefixtures("loaded")
async def test_of_an_event_that_breaks_off_nothing_is_believed(
    hass: HomeAssistant, http: TestClient[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", http.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: hass\r\nContent-Length: 99\r\n\r\n"
    writer.write(head.encode() + b"event=extensionstatus&status=8&exten=801")
    await until(lambda: f"Serving {PATH}" in caplog.text)
    writer.close()
    await until(lambda: not http.server.handler.connections)
    await hass.async_block_till_done()
    assert state_of(hass, "801_status").state == "idle"
    assert errors(caplog) == []


@pytest.mark.usefixtures("loaded")
async def test_an_event_that_cannot_be_told_is_logged_and_not_asked_for_again(
    hass: HomeAssistant, push: Push, caplog: pytest.LogCaptureFixture
) -> None:
    # The registry does not let two devices of an entry have one MAC address.
    dr.async_get(hass).async_get_or_create(
        config_entry_id=ENTRY_ID, connections={(dr.CONNECTION_NETWORK_MAC, MAC)}, name="Gateway"
    )
    assert await push(DIAL_BEGIN) == 200
    assert errors(caplog) == ["A push of CooCenter could not be handled"]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_nothing_but_a_post_is_taken(hass: HomeAssistant, http: TestClient[Any, Any], method: str) -> None:
    assert (await http.request(method, PATH, json=RINGS)).status == 405
    assert state_of(hass, "801_status").state == "idle"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("hours", [-24, -20, 0, 20, 24])
async def test_the_right_authorization_is_that_of_the_pbxs_own_today(
    hass: HomeAssistant, pbx: Simulator, push: Push, hours: int
) -> None:
    pbx.clock_offset = timedelta(hours=hours)
    assert await hass.config_entries.async_reload(ENTRY_ID)
    assert await push(RINGS, headers={"Authorization": str(pbx.digest())}) == 200
    assert state_of(hass, "801_status").state == "ringing"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("header", ["0" * 32, "", "sesame", "Bearer x", "Basic OnNlc2FtZQ==", "é"])
async def test_a_wrong_authorization_is_refused_and_changes_nothing(
    hass: HomeAssistant, push: Push, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    for _ in range(2):
        assert await push(RINGS, headers={"Authorization": header}) == 401
    assert state_of(hass, "801_status").state == "idle"
    assert state_of(hass, "last_push").state == "unknown"
    assert caplog.text.count("A push for CooCenter was turned away: it has a wrong Web Key") == 1


async def test_without_a_web_key_any_authorization_will_do(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push
) -> None:
    pbx.web_key = None
    hass.config_entries.async_update_entry(loaded, data={**loaded.data, "web_key": ""})
    assert await hass.config_entries.async_reload(ENTRY_ID)
    assert await push(RINGS, headers={"Authorization": "whatever"}) == 200
    assert state_of(hass, "801_status").state == "ringing"


async def test_a_pbx_that_signs_its_pushes_has_to_send_each_once(connected: MockConfigEntry, pbx: Simulator) -> None:
    pbx.quirks = Quirks(sign_pushes=True)
    await pbx.play("internal")
    await pbx.drain()
    assert {(pushed.attempts, pushed.acknowledged) for pushed in pbx.pushed} == {(1, True)}


async def test_an_event_that_is_sent_again_is_acknowledged_and_told_once(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, hass_client: ClientSessionGenerator
) -> None:
    told = async_capture_events(hass, EVENT_COOCENTER)
    for _ in range(3):
        assert await push(DIAL_BEGIN) == 200
        assert await push(RINGS) == 200
    assert [event.data["type"] for event in told] == ["dial_begin", "extension_status"]
    assert state_of(hass, "active_calls").state == "1"
    await counted(hass, hass_client, loaded, received=6, repeated=4, unreadable=0, refused=0)


@pytest.mark.usefixtures("loaded")
async def test_an_automation_that_fails_does_not_change_the_answer(hass: HomeAssistant, push: Push) -> None:
    @callback
    def fail(_event: Event) -> None:
        raise RuntimeError

    hass.bus.async_listen(EVENT_COOCENTER, fail)
    assert await push(DIAL_BEGIN) == 200
    assert state_of(hass, "active_calls").state == "1"


@pytest.mark.usefixtures("loaded")
async def test_pushes_that_come_at_once_are_all_taken(hass: HomeAssistant, http: TestClient[Any, Any]) -> None:
    posts = [http.post(PATH, json=status(f"80{number}", "1")) for number in range(1, 8)]
    assert {response.status for response in await asyncio.gather(*posts)} == {200}
    await hass.async_block_till_done()
    assert {state_of(hass, f"80{number}_status").state for number in range(1, 8)} == {"in_use"}


@pytest.mark.parametrize(
    ("secured", "url"), [(False, f"http://10.10.10.10:8123{PATH}"), (True, f"http://HOME-ASSISTANT:8123{PATH}")]
)
async def test_the_url_to_enter_on_the_pbx_is_in_the_local_network_or_for_the_user_to_complete(
    hass: HomeAssistant, loaded: MockConfigEntry, secured: bool, url: str
) -> None:
    # Behind its own certificate Home Assistant knows no local address unless the user gives one.
    assert hass.config.api
    hass.config.api.use_ssl = secured
    menu = await hass.config_entries.options.async_init(loaded.entry_id)
    form = await hass.config_entries.options.async_configure(menu["flow_id"], {"next_step_id": "settings"})
    assert form["description_placeholders"] == {"webhook_url": url}
