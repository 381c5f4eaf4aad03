"""Recordings over HTTP: whole and in parts, for those who may listen, and never more than is taken."""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.coocenter.const import CONF_ALL_MAY_LISTEN
from simulator import Simulator
from tests.conftest import Push
from tests.log_harness import cdr, journal_of
from tests.office_harness import ENTRY_ID
from tests.recordings_harness import (
    Listen,
    asked,
    change,
    encoded,
    listening_to,
    recorded,
    url,
)

#: Two seconds of 16 bits at 8 kHz, and the header.
SIZE = 44 + 2 * 16_000


@pytest.fixture
async def listen(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_client: ClientSessionGenerator
) -> Listen:
    """An administrator's way to a call's recording."""
    await recorded(pbx, push)
    pbx.requests.clear()
    return listening_to(await hass_client())


async def test_a_whole_recording(listen: Listen, pbx: Simulator) -> None:
    change(pbx, recording_content_type="application/x-nonsense")
    status, headers, content = await listen()
    assert (status, len(content), content[:4]) == (HTTPStatus.OK, SIZE, b"RIFF")
    assert headers["Content-Type"] == "audio/wav"
    assert headers["Content-Length"] == str(SIZE)
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Content-Disposition"] == 'inline; filename="2026-11-23_09-00-00_01632960123_801_1.1.wav"'
    assert headers["Cache-Control"] == "private"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert set(asked(pbx)) == {"2026-11-23/1.1.wav"}
    # What it is, is asked once.
    assert len(asked(pbx)) == 2
    assert (await listen())[2] == content
    assert len(asked(pbx)) == 3


async def test_parts_of_a_recording(listen: Listen) -> None:
    _, _, content = await listen()
    parts = {
        "bytes=0-": (0, SIZE - 1),
        "bytes=0-1": (0, 1),
        "bytes=100-199": (100, 199),
        "bytes=32000-": (32_000, SIZE - 1),
        "bytes=-10": (SIZE - 10, SIZE - 1),
        f"bytes=9-{SIZE * 2}": (9, SIZE - 1),
    }
    for wanted, (first, last) in parts.items():
        status, headers, part = await listen(wanted=wanted)
        assert (status, part) == (HTTPStatus.PARTIAL_CONTENT, content[first : last + 1]), wanted
        assert headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
        assert headers["Content-Length"] == str(last + 1 - first)
        assert headers["Content-Type"] == "audio/wav"
    status, headers, part = await listen(wanted=f"bytes={SIZE}-")
    assert (status, part) == (HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"")
    assert headers["Content-Range"] == f"bytes */{SIZE}"
    # Several parts at once are nobody's right.
    status, _, whole = await listen(wanted="bytes=0-1,5-6")
    assert (status, whole) == (HTTPStatus.OK, content)


async def test_of_the_listener_only_the_range_reaches_the_pbx(listen: Listen, pbx: Simulator) -> None:
    await listen(range="bytes=5-9", Cookie="session=secret", If_Range='"1"', X_Secret="secret")
    sent = pbx.requests[-1].headers
    assert (sent["Range"], sent["If-Range"]) == ("bytes=5-9", '"1"')
    assert not {"Cookie", "X-Secret"} & set(sent)
    assert "Bearer" not in str(pbx.requests)


async def test_a_pbx_that_knows_no_ranges(listen: Listen, pbx: Simulator) -> None:
    change(pbx, range_support=False)
    for wanted in ("", "bytes=100-199"):
        status, headers, content = await listen(wanted=wanted)
        assert (status, len(content)) == (HTTPStatus.OK, SIZE)
        assert not {"Accept-Ranges", "Content-Range"} & set(headers)
    status, headers, _ = await listen(method="HEAD")
    assert (status, headers["Content-Length"]) == (HTTPStatus.OK, str(SIZE))
    assert "Accept-Ranges" not in headers


@pytest.mark.parametrize("wanted", ["", "bytes=100-199"])
async def test_a_head(listen: Listen, pbx: Simulator, wanted: str) -> None:
    status, headers, content = await listen(method="HEAD", wanted=wanted)
    _, expected, _ = await listen()
    assert (status, content) == (HTTPStatus.OK, b"")
    # The rest Home Assistant adds to what is not streamed.
    assert {name: headers[name] for name in expected if name not in ("Date", "Server")}.items() <= expected.items()
    # Nobody knows whether a real PBX takes it.
    assert {request.method for request in pbx.requests} == {"GET"}


async def test_what_the_listener_has_is_not_sent_again(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    await listen()

    async def unchanged(request: web.Request, *_: Any) -> web.Response:
        assert request.headers["If-None-Match"] == '"1"'
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": '"1"'})

    monkeypatch.setattr("simulator.api.send", unchanged)
    for method in ("GET", "HEAD"):
        status, headers, content = await listen(method=method, If_None_Match='"1"')
        assert (status, headers.get("ETag"), content) == (HTTPStatus.NOT_MODIFIED, '"1"', b"")


@pytest.mark.usefixtures("listen")
async def test_nobody_listens_without_logging_in(hass_client_no_auth: ClientSessionGenerator, pbx: Simulator) -> None:
    listen = listening_to(await hass_client_no_auth())
    for method in ("GET", "HEAD"):
        status, _, _ = await listen(method=method)
        assert status == HTTPStatus.UNAUTHORIZED
        status, _, _ = await listen(method=method, address=f"{url()}?authSig=forged")
        assert status == HTTPStatus.UNAUTHORIZED
    assert asked(pbx) == []


@pytest.mark.usefixtures("listen")
async def test_only_administrators_may_unless_the_option_says_so(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
    pbx: Simulator,
) -> None:
    listen = listening_to(await hass_client(hass_read_only_access_token))
    for method, uid in (("GET", "1.1"), ("HEAD", "1.1"), ("GET", "no such call")):
        status, _, content = await listen(uid, method=method)
        assert status == HTTPStatus.FORBIDDEN
        assert not content or b"Only administrators may listen" in content
    assert asked(pbx) == []
    hass.config_entries.async_update_entry(entry, options={CONF_ALL_MAY_LISTEN: True})
    await hass.async_block_till_done()
    status, _, content = await listen()
    assert (status, len(content)) == (HTTPStatus.OK, SIZE)


async def test_what_there_is_not(listen: Listen, pbx: Simulator, push: Push) -> None:
    assert await push(cdr("2.1", recordfile="")) == HTTPStatus.OK
    for uid, index in (("1.2", 0), ("1.1", 1), ("2.1", 0), ("~", 0)):
        status, _, content = await listen(address=url(uid, index))
        assert status == HTTPStatus.NOT_FOUND
        assert b"knows no such recording" in content
    status, _, _ = await listen(address=url(entry_id="01JUNKNOWN"))
    assert status == HTTPStatus.NOT_FOUND
    assert asked(pbx) == []
    pbx.engine.exchange.recordings.clear()
    status, _, content = await listen()
    assert status == HTTPStatus.NOT_FOUND
    assert b"does not have this recording any more" in content


TRICKS = [
    "..%2f..%2fmonitor",
    "%2e%2e",
    "%2fetc%2fpasswd",
    "2026-11-23%2f1.1.wav",
    *(
        encoded(text)
        for text in ("../../etc/passwd", "2026-11-23/1.1.wav", "1.1\0", "1.1\n", "%", "' OR '1'='1", "\u202e1.1")
    ),
    "/",
    "%00",
    "a",
    "===",
    "\u0661",
    "x" * 5000,
]


@pytest.mark.parametrize("trick", TRICKS, ids=[repr(trick[:20]) for trick in TRICKS])
async def test_no_path_from_outside_reaches_the_pbx(
    listen: Listen, pbx: Simulator, trick: str, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    good = {"entry": ENTRY_ID, "uid": "1.1", "index": "0"}
    for part in good:
        values = good | {part: trick}
        path = "/api/coocenter/recording/{entry}/{uid}/{index}".format(**values)
        async with client.get(URL(path, encoded="%" in trick)) as response:
            assert response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST), part
    assert asked(pbx) == []


@pytest.mark.parametrize("path", ["../../etc/passwd", "a/../../b.wav", "..\\b.wav"])
async def test_no_path_in_a_log_leads_out_of_the_recordings(
    listen: Listen, pbx: Simulator, push: Push, path: str
) -> None:
    assert await push(cdr("3.1", recordfile=path)) == HTTPStatus.OK
    status, _, _ = await listen("3.1")
    assert status == HTTPStatus.NOT_FOUND
    assert asked(pbx) == []


async def test_an_odd_id_of_a_call(listen: Listen, pbx: Simulator, push: Push) -> None:
    uid = "a/../b?c#d%2e 録音"
    await recorded(pbx, push, uid, recordfile="2026-11-23/odd.wav")
    status, headers, content = await listen(encoded(uid))
    assert (status, len(content)) == (HTTPStatus.OK, SIZE)
    assert headers["Content-Disposition"].isascii()
    assert asked(pbx) == ["2026-11-23/odd.wav"] * 2


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        ({"reply": "reset"}, HTTPStatus.SERVICE_UNAVAILABLE),
        ({"reply": "500"}, HTTPStatus.SERVICE_UNAVAILABLE),
        ({"reply": "html"}, HTTPStatus.BAD_GATEWAY),
        ({"reply": "garbage"}, HTTPStatus.BAD_GATEWAY),
    ],
)
@pytest.mark.parametrize("known", [False, True])
async def test_a_pbx_that_does_not_answer(
    listen: Listen, pbx: Simulator, quirks: dict[str, str], expected: HTTPStatus, known: bool
) -> None:
    if known:
        await listen()
    change(pbx, **quirks)
    for method in ("GET", "HEAD"):
        status, _, _ = await listen(method=method)
        assert status == expected


async def test_a_pbx_with_another_key(listen: Listen, pbx: Simulator) -> None:
    pbx.web_key = "another"
    status, _, content = await listen()
    assert status == HTTPStatus.BAD_GATEWAY
    assert b"Web Key" in content


async def test_an_entry_that_is_not_loaded(hass: HomeAssistant, entry: MockConfigEntry, listen: Listen) -> None:
    await journal_of(hass).async_close()
    assert (await listen())[0] == HTTPStatus.SERVICE_UNAVAILABLE
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await listen())[0] == HTTPStatus.SERVICE_UNAVAILABLE
