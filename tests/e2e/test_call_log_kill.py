"""Power cuts while the PBX pushes its logs: nothing is lost, and nothing is there twice."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from itertools import batched
from pathlib import Path
from random import Random
import sqlite3
from typing import Any

import pytest

from custom_components.coocenter.call_info import describe_logged
from custom_components.coocenter.call_log import CallFilter, Office as LogOffice, Store, sqlite_url
from custom_components.coocenter.pbx import PbxState
from scripts.demo.hass import HassProcess
from scripts.measure.traffic import EXTENSIONS, QUEUES, REGION, ZONE, Push, Traffic
from simulator import Office
from tests.e2e.conftest import free_port
from tests.e2e.kill_harness import Pusher, killable

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

CALLS = 1_250
#: How often the power is cut while logs are pushed in order, and while several are pushed at once.
CUTS = {1: 8, 8: 11}
#: How often it is cut again while Home Assistant starts, of all cuts.
AGAIN = 0.15


async def test_nothing_is_lost_or_doubled_by_twenty_power_cuts(tmp_path: Path) -> None:
    pushes = list(Traffic(CALLS, days=1).pushes())
    assert len(pushes) >= 2_000
    office = Office.build(extensions=len(EXTENSIONS), queues=len(QUEUES))
    random = Random(20)  # noqa: S311
    async with asyncio.timeout(600), killable(tmp_path, free_port(), office) as (hass, entry_id, url):
        pusher = Pusher(url)
        halves = batched(pushes, len(pushes) // 2 + 1, strict=False)
        for half, (at_once, cuts) in zip(halves, CUTS.items(), strict=True):
            first = pusher.acknowledged
            moments = sorted(random.sample(range(first + 1, first + len(half)), cuts))
            async with asyncio.TaskGroup() as group:
                group.create_task(pusher.push([push.raw for push in half], at_once))
                group.create_task(_cut(hass, pusher, moments, random))
        # Once more, when the last one was just acknowledged.
        await hass.kill()
        await hass.start()
        listed = await _listed(hass)
        await hass.stop()
        records = _records(hass, entry_id)
        assert [line for line in hass.log_lines("ERROR") if "coocenter" in line] == []
    assert pusher.acknowledged == len(pushes)
    # The cuts fell into the midst of it: of some logs nobody knew whether they had arrived. And what was pushed before
    # the integration was there was not acknowledged.
    assert pusher.broken > len(CUTS)
    assert pusher.statuses.keys() == {HTTPStatus.OK, HTTPStatus.NOT_FOUND}
    assert len({_id(call) for call in listed}) == len(listed) == CALLS
    # Several may have begun in the same second.
    assert sorted(listed, key=_id) == sorted(_expected(tmp_path / "expected.db", pushes), key=_id)
    assert records == len(pushes)


async def _cut(hass: HassProcess, pusher: Pusher, moments: Sequence[int], random: Random) -> None:
    """Cut the power each time when so many logs are acknowledged, or a little later."""
    for moment in moments:
        await pusher.reached(moment)
        await asyncio.sleep(random.random() * 0.02)
        await hass.kill()
        await hass.child.start()
        if random.random() < AGAIN:
            await asyncio.sleep(random.random() * 5)
            await hass.kill()
            await hass.child.start()


async def _listed(hass: HassProcess) -> list[dict[str, Any]]:
    """Return all calls as cards get them, but for the names of extensions, which are the PBX's."""
    calls, cursor = list[dict[str, Any]](), dict[str, str]()
    while True:
        page = await hass.command("coocenter/calls/list", limit=500, **cursor)
        calls += page["calls"]
        if not page["next"]:
            return [_plain(call) for call in calls]
        cursor = {"cursor": page["next"]}


def _expected(database: Path, pushes: Sequence[Push]) -> list[dict[str, Any]]:
    """Return what is listed where nothing ever happens to the power."""
    store = Store(sqlite_url(database), LogOffice(pbx="expected", zone=ZONE, region=REGION))
    store.open()
    store.write([push.record() for push in pushes])
    page = store.page(CallFilter(), len(pushes))
    store.close()
    return [_plain(describe_logged(PbxState(), call)) for call in page.calls]


def _plain(call: dict[str, Any]) -> dict[str, Any]:
    return call | {f"{party}_name": None for party in ("caller", "callee") if call[party] in EXTENSIONS}


def _id(call: dict[str, Any]) -> str:
    return str(call["id"])


def _records(hass: HassProcess, entry_id: str) -> int:
    """Return how many logs are kept of all the calls."""
    with closing(sqlite3.connect(hass.config_dir / ".storage" / "coocenter" / f"{entry_id}.db")) as database:
        return int(database.execute("SELECT COUNT(*) FROM coocenter_records").fetchone()[0])
