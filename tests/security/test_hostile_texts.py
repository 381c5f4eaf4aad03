"""Nothing of a push is a template, markup, a path or a formula: wherever it is shown, it is the text it was."""

import csv
from http import HTTPStatus
from pathlib import Path
from typing import Any
import unicodedata

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from simulator import Simulator
from tests.conftest import Push
from tests.log_harness import ALICE, cdr, journal_of, missed
from tests.missed_harness import listed
from tests.office_harness import DIAL_BEGIN, errors, state_of
from tests.recordings_harness import Ask, asked, asking, recorded, titles
from tests.test_logbook import described

HOSTILE = {
    "a template": "{{ states('zone.home') }}{% for i in range(9) %}x{% endfor %}",
    "a format": "{0.__class__.__init__.__globals__} {caller} %s %(caller)s ${HOME} $(id)",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))",
    "controls": "a\0b\x07c\x1b[31md\x7fe\x85f",
    "directions": "abc\u202egpj.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "a path": "../../../../etc/passwd",
    "another path": "..\\..\\secrets.yaml",
    "a formula": '=HYPERLINK("http://192.0.2.1";"x")',
    "another formula": "\t@SUM(1+1)*cmd|' /C calc'!A0",
    "lines": "a\r\nX-Injected: 1\n\nb",
    "a statement": "'; DROP TABLE coocenter_calls; --",
    "endless": "x" * 10_000,
    "endless and wide": "🤙" * 400,
    "half a character": "\ud800",
}
each = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
#: What a name may be long, in signs.
LONGEST = 255


def all_texts(value: object) -> list[str]:
    """Return every text in a structure."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for one in value.items() for found in all_texts(one)]
    if isinstance(value, (list, tuple)):
        return [found for one in value for found in all_texts(one)]
    return []


def shows(text: str) -> str:
    """Return the beginning of what is left of a text once what cannot be printed is gone; the rest is as it was."""
    return "".join(sign for sign in text[:LONGEST] if unicodedata.category(sign) not in ("Cc", "Cs")).strip()[:40]


def is_clean(text: str) -> bool:
    """Tell whether a text has nothing that a terminal or a log would obey, and is no longer than it may be."""
    return len(text) <= 1_000 and not any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
async def browser(hass: HomeAssistant, loaded: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Ask:
    assert await async_setup_component(hass, "media_source", {})
    return asking(await hass_ws_client())


@each
async def test_live_on_states_bus_and_logbook(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    events: list[dict[str, Any]] = []
    hass.bus.async_listen("*", lambda event: events.append(dict(event.data)))
    ring = DIAL_BEGIN | {"calleridnum": ALICE, "calleridname": text, "channel": f"SIP/{text}-1"}
    log = missed("1795406897.1", callerid=f'"{text}" <{ALICE}>')
    end = {"event": "hangup", "calleridnum": ALICE, "calleridname": text}
    odd = ring | {"destchannel": "SIP/803-2", "calleridnum": text, "uniqueid": text}
    for event in (ring, log, *(end | {"uniqueid": f"1795406897.{leg}"} for leg in (2, 1)), odd):
        assert await push(event) == HTTPStatus.OK
    assert await push({"event": text or "x", text: text, "exten": text}) == HTTPStatus.OK
    attributes = [[state.state, dict(state.attributes)] for state in hass.states.async_all()]
    own = [event for event in events if event.get("config_entry_id") == loaded.entry_id]
    assert own
    assert [found for found in all_texts([attributes, own]) if not is_clean(found)] == []
    assert errors(caplog) == []
    call = {"type": "missed", "outcome": "missed", "wait_time": 1, "caller": ALICE, "caller_name": shows(text)}
    assert shows(text) in described(hass, call | {"callee": "801"})["message"]
    (ended,) = (event for event in own if "outcome" in event)
    assert (ended["caller"], shows(text)) == (ALICE, (ended["caller_name"] or "")[:40])
    assert shows(text) in described(hass, ended)["message"]


@each
async def test_on_the_lists_of_missed_calls_and_in_the_log(
    hass: HomeAssistant, loaded: MockConfigEntry, push: Push, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    log = missed("1.1", callerid=f'"{text}" <{ALICE}>', dstname=text, uniqueid="1.1")
    assert await push(log | {"starttime": "2026-11-25 09:00:00"}) == HTTPStatus.OK
    assert await push(cdr(text or "2.1", srcname=text, destination=text, recordfile=text)) == HTTPStatus.OK
    items = await listed(hass)
    assert [found for found in all_texts(items) if not is_clean(found)] == []
    assert [found for found in all_texts(dict(state_of(hass, "missed_calls").attributes)) if not is_clean(found)] == []
    answer = await hass.services.async_call("coocenter", "get_calls", {}, blocking=True, return_response=True)
    assert [found for found in all_texts(answer) if not is_clean(found)] == []
    assert errors(caplog) == []


@each
async def test_in_a_file_for_a_spreadsheet_and_on_the_disk(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    push: Push,
    pbx: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
) -> None:
    """A cell begins with nothing that is worked out; nothing is written anywhere but where files are to be."""
    folder, config = tmp_path_factory.mktemp("files"), Path(hass.config.config_dir)
    media = folder / "media"
    hass.config.media_dirs = {"local": str(media)}
    before = files(config)
    await recorded(pbx, push, callerid=f'"{text}" <{ALICE}>')
    log = cdr("2.1", callerid=f'"{text}" <{ALICE}>', source=text, dstname=text, recordfile=text, destination=text)
    assert await push(log | {"uniqueid": text}) == HTTPStatus.OK
    await journal_of(hass).log.flush()
    await hass.services.async_call("coocenter", "export_calls", {}, blocking=True, return_response=True)
    await hass.services.async_call("coocenter", "save_recording", {"call": "1.1"}, blocking=True, return_response=True)
    (sheet,) = (media / "coocenter").glob("*.csv")
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(shows(text)[:20] in cell for row in rows for cell in row.values())
    (sound,) = (media / "coocenter").glob("*.wav")
    assert sound.name.endswith("_801_1.1.wav")
    assert files(folder) == {str(sheet.relative_to(folder)), str(sound.relative_to(folder))}
    assert all(name.startswith(".storage/coocenter/") for name in files(config) - before)


@each
async def test_in_the_media_browser_and_towards_the_pbx(
    loaded: MockConfigEntry,
    push: Push,
    pbx: Simulator,
    browser: Ask,
    hass_client: ClientSessionGenerator,
    text: str,
) -> None:
    await push(cdr(text, callerid=f'"{text}" <{ALICE}>', recordfile=f"2026-11-23/{text}.wav"))
    root = f"media-source://coocenter/{loaded.entry_id}"
    found = await titles(browser, f"{root}/contacts") + await titles(browser, f"{root}/days")
    assert [title for title in found if not is_clean(title)] == []
    folder = await browser("browse", f"{root}/contact/{ALICE}")
    assert folder["result"]["children"]
    pbx.requests.clear()
    client = await hass_client()
    for child in folder["result"]["children"]:
        assert is_clean(child["title"])
        resolved = await browser("resolve", child["media_content_id"])
        if resolved["success"]:
            await client.get(resolved["result"]["url"])
    # Whatever a log says, only what lies below the recordings is asked for.
    assert [path for path in asked(pbx) if ".." in path.split("/") or "\\" in path] == []
    assert {one.path.split("/")[2] for one in pbx.requests} <= {"monitor", "extensions", "queues", "blacklist"}
