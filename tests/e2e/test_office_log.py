"""The call log in a real Home Assistant: what was called, who waits, what was said; after restarts and in a backup."""

from contextlib import closing
import io
import json
from pathlib import Path
import sqlite3
import tarfile
from typing import Any

from aiohttp import hdrs
import pytest

from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CALLER = "01632960161"


async def calls(site: Site, **fields: Any) -> list[dict[str, Any]]:
    answer = await site.hass.call_service("coocenter", "get_calls", fields, return_response=True)
    return list(answer["calls"])


async def logged(site: Site, wanted: int, **fields: Any) -> list[dict[str, Any]]:
    """Return the calls when so many are logged."""
    async with site.hass.events("state_changed") as changes:
        while len(found := await calls(site, **fields)) < wanted:
            await anext(changes)
    return found


async def items(site: Site) -> list[dict[str, Any]]:
    todo = site.entity("missed_calls")
    answer = await site.hass.call_service("todo", "get_items", {"entity_id": todo}, return_response=True)
    return list(answer[todo]["items"])


async def test_a_missed_call_is_to_be_called_back_until_somebody_did(site: Site) -> None:
    todo = site.entity("missed_calls")
    # Two seconds at the office's speed: whoever rings back does so in a later one.
    await site.play("inbound_missed", number=CALLER, callee="801", ring=8, wait=True)
    await site.hass.wait_for_state(todo, "1")
    (item,) = await items(site)
    assert CALLER in item["summary"]
    assert item["status"] == "needs_action"

    await site.play("outbound", extension="802", number=CALLER, ring=1, talk=2, wait=True)
    await site.hass.wait_for_state(todo, "0")
    (item,) = await items(site)
    assert item["status"] == "completed"
    assert [call["outcome"] for call in await calls(site, number=CALLER)] == ["answered", "missed"]


async def test_what_was_said_is_heard_in_the_media_browser(site: Site) -> None:
    await site.play("queue", number=CALLER, queue="630", ring=1, talk=4, wait=True)
    (call,) = await logged(site, 1, queue="630", recorded=True, number=CALLER)
    found = await site.hass.command("media_source/browse_media", media_content_id="media-source://coocenter")
    while found["children"][0]["can_expand"]:
        found = await site.hass.command(
            "media_source/browse_media", media_content_id=found["children"][0]["media_content_id"]
        )
    recording = next(child for child in found["children"] if call["id"] in child["media_content_id"])
    playing = await site.hass.command("media_source/resolve_media", media_content_id=recording["media_content_id"])
    # As a media player asks for it: without a login, by the signed address alone.
    headers = {hdrs.RANGE: "bytes=0-43"}
    async with site.hass.session.get(f"{site.hass.url}{playing['url']}", headers=headers) as response:
        assert (response.status, response.content_type) == (206, "audio/wav")
        assert (await response.read())[:4] == b"RIFF"
    async with site.hass.session.get(f"{site.hass.url}{playing['url'].partition('?')[0]}") as response:
        assert response.status == 401


async def test_the_log_outlives_restarts(site: Site) -> None:
    before = await calls(site)
    assert before
    await site.hass.restart()
    assert await calls(site) == before
    await site.hass.kill()
    await site.hass.start()
    assert await calls(site) == before


async def test_the_log_is_in_the_backup_whole(site: Site, tmp_path: Path) -> None:
    known = {call["id"] for call in await calls(site)}
    await site.hass.command(
        "backup/generate",
        agent_ids=["backup.local"],
        include_all_addons=False,
        include_database=False,
        include_folders=[],
        include_homeassistant=True,
        name="call log",
    )
    while not (found := (await site.hass.command("backup/info"))["backups"]):
        pass
    (archive,) = (site.hass.config_dir / "backups").glob("*.tar")
    assert found[0]["name"] == "call log"
    copies = _copies(archive)
    assert known <= _ids(copies, tmp_path)


def _copies(archive: Path) -> dict[str, bytes]:
    """Return the files of the call log in a backup by their names."""
    with tarfile.open(archive) as outer:
        inner = next(member for member in outer.getmembers() if member.name.endswith("homeassistant.tar.gz"))
        content = outer.extractfile(inner)
        assert content
        with tarfile.open(fileobj=io.BytesIO(content.read())) as files:
            return {
                Path(member.name).name: file.read()
                for member in files.getmembers()
                if ".storage/coocenter/" in member.name and (file := files.extractfile(member))
            }


def _ids(copies: dict[str, bytes], folder: Path) -> set[str]:
    """Return the calls in a copy: those of the database, and those that were pushed while it rested."""
    for name, content in copies.items():
        (folder / name).write_bytes(content)
    (database,) = folder.glob("*.db")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {row[0] for row in connection.execute("SELECT uid FROM coocenter_calls")}
    spooled = next((content for name, content in copies.items() if name.endswith(".spool")), b"")
    return found | {json.loads(line)["uid"] for line in spooled.splitlines() if line}
