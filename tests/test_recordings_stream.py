"""Recordings as streams: nothing is kept that nobody takes, and an end that is none is not one for the listener."""

from http import HTTPStatus
import tracemalloc
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter import views
from simulator import Simulator
from simulator.recording import Recording
from tests.conftest import Push
from tests.flow_harness import until
from tests.recordings_harness import change, complaints, listening_to, recorded, until_it_breaks, url


@pytest.fixture
async def client(
    loaded: MockConfigEntry, pbx: Simulator, push: Push, hass_client: ClientSessionGenerator
) -> TestClient:
    """An administrator, for whom there is a recording."""
    await recorded(pbx, push)
    return await hass_client()


async def test_a_pbx_that_goes_in_midstream(
    pbx: Simulator, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    change(pbx, recording_seconds=100, recording_cut=500_000)
    for headers in ({}, {"Range": "bytes=1000-"}):
        async with client.get(url(), headers=headers) as response:
            assert response.content_length > 1_000_000
            # What came until then was passed on, and nothing else.
            assert 0 < len(await until_it_breaks(response)) <= 500_000
    assert [complaint.split(":")[0] for complaint in complaints(caplog)] == ["A recording broke off"] * 2
    assert not any(record.exc_info for record in caplog.records)


async def test_a_listener_may_leave(pbx: Simulator, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    change(pbx, recording_seconds=3600)
    for wanted in (0, 1, 100_000, 1_000_000):
        async with client.get(url()) as response:
            assert response.status == HTTPStatus.OK
            await response.content.readexactly(wanted)
    assert (await listening_to(client)(wanted="bytes=0-3"))[2] == b"RIFF"
    assert complaints(caplog) == []


async def test_a_listener_who_takes_nothing_is_let_go(
    client: TestClient, pbx: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    change(pbx, recording_seconds=3600)
    monkeypatch.setattr(views, "_PATIENCE", 0.5)
    caplog.set_level("DEBUG", "custom_components.coocenter")
    async with client.get(url()) as response:
        await response.content.readexactly(1)
        await until(lambda: "A listener left" in caplog.text)
        assert len(await until_it_breaks(response)) < response.content_length / 2
    assert complaints(caplog) == []


async def test_an_hour_is_never_in_memory(pbx: Simulator, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    change(pbx, recording_seconds=3600)
    size, sent, chunks = 44 + 3600 * 16_000, 0, Recording.chunks

    def counted(recording: Recording, start: int, stop: int) -> Any:
        nonlocal sent
        for chunk in chunks(recording, start, stop):
            sent += len(chunk)
            yield chunk

    monkeypatch.setattr(Recording, "chunks", counted)
    tracemalloc.start()
    try:
        async with client.get(url()) as response:
            assert response.content_length == size
            await response.content.readexactly(1_000_000)
            # Meanwhile others listen, and what nobody takes is not fetched.
            for _ in range(20):
                _, _, part = await listening_to(client)(wanted="bytes=0-99999")
                assert len(part) == 100_000
            assert sent < size / 2
            rest = 0
            async for chunk in response.content.iter_any():
                rest += len(chunk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rest + 1_000_000 == size
    assert peak < 20_000_000
