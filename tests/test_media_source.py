"""The media browser: recordings by day, extension and contact, and found by text."""

from http import HTTPStatus

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.coocenter import media_folders
from custom_components.coocenter.const import CONF_ALL_MAY_LISTEN
from simulator import Simulator
from tests.conftest import WEBHOOK_ID, Push, load, make_entry
from tests.log_harness import ALICE, BOB, cc_cdr
from tests.office_harness import ENTRY_ID
from tests.recordings_harness import (
    PBX,
    ROOT,
    Ask,
    asked,
    asking,
    encoded,
    listening_to,
    media_id,
    recorded,
    three_days,
    titles,
    url,
)


@pytest.fixture
async def ask(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_ws_client: WebSocketGenerator
) -> Ask:
    """An administrator's way to the media browser."""
    await three_days(hass, pbx, push)
    return asking(await hass_ws_client())


async def test_the_way_to_a_recording(ask: Ask, hass_client_no_auth: ClientSessionGenerator) -> None:
    top = (await ask("browse", ""))["result"]["children"]
    (source,) = (child for child in top if child["media_content_id"] == ROOT)
    assert source["title"] == "Call recordings"
    item, way = ROOT, ["By day", "2026-11-23", "09:00 Acme → Alice, 1 min 0 s"]
    for title in way:
        folder = (await ask("browse", item))["result"]
        assert (folder["can_expand"], folder["can_search"], folder["media_class"]) == (True, True, "directory")
        (child,) = (child for child in folder["children"] if child["title"] == title)
        item = child["media_content_id"]
    assert (child["can_play"], child["can_expand"], child["media_class"]) == (True, False, "music")
    assert child["media_content_type"].startswith("audio/")
    assert item == media_id()
    answer = (await ask("resolve", item))["result"]
    assert answer["mime_type"] == "audio/wav"
    assert answer["url"].split("?")[0] == url()
    # A player has no more than that.
    client = await hass_client_no_auth()
    status, headers, content = await listening_to(client)(address=answer["url"], wanted="bytes=44-")
    assert (status, headers["Content-Type"], len(content)) == (HTTPStatus.PARTIAL_CONTENT, "audio/wav", 32_000)
    # The signature is for this one alone.
    other = answer["url"].replace("1.1", "2.1")
    assert (await listening_to(client)(address=other))[0] == HTTPStatus.UNAUTHORIZED


async def test_the_folders(ask: Ask) -> None:
    assert await titles(ask) == await titles(ask, PBX) == ["By day", "By extension", "By contact"]
    assert await titles(ask, f"{PBX}/days") == ["2026-11-25", "2026-11-24", "2026-11-23"]
    assert await titles(ask, f"{PBX}/day/2026-11-25") == ["07:00 01632960123 → Alice, 3 s"]
    assert await titles(ask, f"{PBX}/day/2026-11-24") == ["00:00 Withheld number → Alice, 1 min 0 s"]
    assert await titles(ask, f"{PBX}/day/2026-11-23") == [
        "23:59 Bob → 01632960124, 1 min 0 s",
        "09:00 Acme → Alice, 1 min 0 s",
    ]
    assert await titles(ask, f"{PBX}/day/2026-11-22") == []
    extensions = await titles(ask, f"{PBX}/extensions")
    assert extensions[:2] == ["801 Alice", "802 Bob"]
    assert len(extensions) == 7
    assert await titles(ask, f"{PBX}/extension/802") == ["2026-11-23 23:59 Bob → 01632960124, 1 min 0 s"]
    assert await titles(ask, f"{PBX}/contacts") == [ALICE, BOB]
    assert await titles(ask, f"{PBX}/contact/{ALICE}") == [
        "2026-11-25 07:00 01632960123 → Alice, 3 s",
        "2026-11-23 09:00 Acme → Alice, 1 min 0 s",
    ]


async def test_a_contact_is_one_however_it_is_written(
    hass: HomeAssistant, ask: Ask, pbx: Simulator, push: Push
) -> None:
    hass.config.country = "GB"
    await hass.config_entries.async_reload(ENTRY_ID)
    await recorded(pbx, push, "6.1", source="+44 1632 960123", callerid='"Acme Ltd" <+441632960123>')
    contacts = await titles(ask, f"{PBX}/contacts")
    assert len(contacts) == 2
    assert len(await titles(ask, f"{PBX}/contact/{encoded('+441632960123')}")) == 3


async def test_several_recordings_of_a_call(ask: Ask, pbx: Simulator, push: Push) -> None:
    for part in ("a", "b"):
        answered = {"answertime": "2026-11-20 09:00:10" if part == "a" else "2026-11-20 09:02:10"}
        times = {"starttime": "2026-11-20 09:00:00", "endtime": "2026-11-20 09:03:00"}
        await recorded(pbx, push, "7.1", recordfile=f"2026-11-20/{part}.wav", **times, **answered)
    shown = (await ask("browse", f"{PBX}/day/2026-11-20"))["result"]["children"]
    assert [child["title"].rpartition(", ")[2] for child in shown] == [
        "2 min 0 s (part 1 of 2)",
        "2 min 0 s (part 2 of 2)",
    ]
    for child, part in zip(shown, ("a", "b"), strict=True):
        assert (await ask("resolve", child["media_content_id"]))["success"]
        assert asked(pbx)[-1] == f"2026-11-20/{part}.wav"
    assert (await ask("resolve", media_id("7.1", 2)))["error"]["code"] == "resolve_media_failed"


async def test_an_odd_id_of_a_call(
    ask: Ask, pbx: Simulator, push: Push, hass_client_no_auth: ClientSessionGenerator
) -> None:
    times = {"starttime": "2026-11-20 09:00:00", "answertime": "2026-11-20 09:00:10", "endtime": "2026-11-20 09:03:00"}
    await recorded(pbx, push, "a/../b ~?", recordfile="2026-11-20/odd.wav", **times)
    (child,) = (await ask("browse", f"{PBX}/day/2026-11-20"))["result"]["children"]
    assert child["media_content_id"] == media_id(encoded("a/../b ~?"))
    answer = (await ask("resolve", child["media_content_id"]))["result"]
    status, _, _ = await listening_to(await hass_client_no_auth())(address=answer["url"])
    assert (status, asked(pbx)[-1]) == (HTTPStatus.OK, "2026-11-20/odd.wav")


async def test_long_lists_go_on(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_folders, "_PAGE", 1)
    monkeypatch.setattr(media_folders, "_DAYS", 2)
    for path, expected in {
        "days": ["2026-11-25", "2026-11-24", "2026-11-23"],
        "day/2026-11-23": ["23:59 Bob → 01632960124, 1 min 0 s", "09:00 Acme → Alice, 1 min 0 s"],
        "contacts": [ALICE, BOB, f"Acme ({ALICE})"],
    }.items():
        found, item = list[str](), f"{PBX}/{path}"
        while item:
            folder = (await ask("browse", item))["result"]
            more = [child for child in folder["children"] if child["title"] == "Earlier"]
            found += [child["title"] for child in folder["children"] if child not in more]
            item = more[0]["media_content_id"] if more else ""
        assert found == expected


@pytest.mark.parametrize(
    ("where", "text", "expected"),
    [
        ("", "acme", ["1.1"]),
        ("", "960124", ["2.1"]),
        ("", "01632 960", ["5.1", "2.1", "1.1"]),
        ("", " ", ["5.1", "3.1", "2.1", "1.1"]),
        ("", "nobody", []),
        (f"/{ENTRY_ID}", "960123", ["5.1", "1.1"]),
        (f"/{ENTRY_ID}/days", "960123", ["5.1", "1.1"]),
        (f"/{ENTRY_ID}/day/2026-11-23", "960123", ["1.1"]),
        (f"/{ENTRY_ID}/extension/802", "0124", ["2.1"]),
        (f"/{ENTRY_ID}/extension/802", "0123", []),
        (f"/{ENTRY_ID}/contact/{ALICE}", "acme", ["1.1"]),
    ],
)
async def test_the_search(ask: Ask, where: str, text: str, expected: list[str]) -> None:
    answer = await ask("search", f"{ROOT}{where}", search_query=text)
    assert [item["media_content_id"] for item in answer["result"]["result"]] == [media_id(uid) for uid in expected]


async def test_who_searches_for_films_finds_none(ask: Ask) -> None:
    for classes, found in ((["movie"], 0), (["movie", "music"], 1)):
        answer = await ask("search", search_query="acme", media_filter_classes=classes)
        assert len(answer["result"]["result"]) == found


WRONG = [
    "/unknown",
    f"/{ENTRY_ID}/",
    f"/{ENTRY_ID}/years",
    f"/{ENTRY_ID}/day",
    f"/{ENTRY_ID}/day/yesterday",
    f"/{ENTRY_ID}/day/9999-12-31",
    f"/{ENTRY_ID}/days/0",
    f"/{ENTRY_ID}/day/2026-11-23/cursor",
    f"/{ENTRY_ID}/day/2026-11-23/1.1/more",
    f"/{ENTRY_ID}/extension/",
    f"/{ENTRY_ID}/extension/==",
    f"/{ENTRY_ID}/contact/%2e%2e",
    f"/{ENTRY_ID}/contacts/cursor",
    f"/{ENTRY_ID}/call/1.1",
    f"/{ENTRY_ID}/call/1.1/1",
    f"/{ENTRY_ID}/call/1.1/-1",
    f"/{ENTRY_ID}/call/1.1/0/0",
    f"/{ENTRY_ID}/call/9.9/0",
    f"/{ENTRY_ID}/call/1..1/0",
    f"/{ENTRY_ID}/call/~/0",
    f"/{ENTRY_ID}/call/{encoded('../../etc/passwd')}/0",
    f"/{ENTRY_ID}/../../etc/passwd",
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_there_is_not(ask: Ask, pbx: Simulator, wrong: str) -> None:
    for command in ("browse", "resolve"):
        error = (await ask(command, f"{ROOT}{wrong}"))["error"]
        assert error["code"] == f"{command}_media_failed"
        assert " " in error["message"], error
    assert asked(pbx) == []


async def test_two_pbxs_are_two_folders(
    hass: HomeAssistant,
    ask: Ask,
    pbx: Simulator,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    data = {"webhook_id": f"{WEBHOOK_ID}-2"}
    other = make_entry(pbx, data=data, entry_id="FEDCBA9876543210", title="Branch", options={CONF_ALL_MAY_LISTEN: True})
    await load(hass, other)
    assert await titles(ask) == ["CooCenter", "Branch"]
    assert await titles(ask, f"{ROOT}/{other.entry_id}") == ["By day", "By extension", "By contact"]
    assert await titles(ask, f"{ROOT}/{other.entry_id}/days") == []
    assert len((await ask("search", search_query="acme"))["result"]["result"]) == 1
    # Who may listen to one of them sees only that.
    user = asking(await hass_ws_client(hass, hass_read_only_access_token))
    assert (await user("browse"))["result"]["title"] == "Branch"
    assert (await user("search", search_query="acme"))["result"]["result"] == []
    await hass.config_entries.async_unload(other.entry_id)
    assert await titles(ask) == ["By day", "By extension", "By contact"]
    await hass.config_entries.async_unload(entry.entry_id)
    assert await titles(ask) == []


async def test_a_message_is_called_one(ask: Ask, push: Push) -> None:
    # Neither a talk nor anybody who had one.
    left = {"agentCode": "", "called": "", "talkingTime": "0", "voicemailState": "1", "missCause": "NO_AGENT_ANSWER"}
    await push(cc_cdr("9.1", startTime="2026-11-20 08:00:00", endTime="2026-11-20 08:01:00", **left))
    assert await titles(ask, f"{PBX}/day/2026-11-20") == ["08:00 01632960123 → queue 630, message"]
