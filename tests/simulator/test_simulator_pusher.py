"""Pushes arrive in order, again and again until they are acknowledged, encoded as the quirks say."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import md5
import json
from urllib.parse import parse_qsl

import pytest
from simulator_harness import Json, Receiver, Start, events, until

from simulator import Quirks


async def test_an_unacknowledged_push_is_repeated_before_the_next(start: Start, receiver: Receiver) -> None:
    simulator = await start(push_url=receiver.url)
    receiver.refusals = [500, 404, 204]
    await simulator.play("cancelled")
    await simulator.drain()
    first, *_ = expected = events(simulator)
    assert receiver.bodies == [first, first, first, *expected]
    assert [push.attempts for push in simulator.pushed] == [4] + [1] * (len(expected) - 1)


async def test_repeats_are_as_far_apart_as_told(start: Start, receiver: Receiver) -> None:
    simulator = await start(push_url=receiver.url, resend_after=0.2)
    receiver.refusals = [500]
    began = datetime.now(UTC)
    await simulator.play("unregister")
    await simulator.drain()
    assert 0.19 < (datetime.now(UTC) - began).total_seconds() < 1


async def test_an_absent_receiver_gets_everything_later(start: Start, receiver: Receiver) -> None:
    simulator = await start(push_url="http://127.0.0.1:9/push")
    await simulator.play("internal")
    await until(lambda: simulator.pushed[0].attempts > 1)
    assert simulator.pusher.pending == len(simulator.pushed)
    simulator.push_url = receiver.url
    await simulator.drain()
    assert receiver.bodies == events(simulator)
    assert simulator.pusher.pending == 0


async def test_without_an_address_pushes_go_nowhere(start: Start, receiver: Receiver) -> None:
    simulator = await start()
    await simulator.play("internal")
    await simulator.drain()
    assert simulator.pushed
    simulator.push_url = receiver.url
    await simulator.play("unregister")
    await simulator.drain()
    assert [body["event"] for body in receiver.bodies] == ["extensionstatus"]


async def test_an_address_that_is_taken_away_ends_the_repeats(start: Start, receiver: Receiver) -> None:
    simulator = await start(push_url=receiver.url)
    receiver.refusals = [500] * 1000
    await simulator.play("unregister")
    await until(lambda: receiver.bodies)
    simulator.push_url = None
    await simulator.drain()
    assert not simulator.pushed[0].acknowledged


async def test_an_address_that_is_none_is_tried_for_ever(start: Start) -> None:
    simulator = await start(push_url="http://")
    await simulator.play("unregister")
    await until(lambda: simulator.pushed[0].attempts > 1)


def read_form(data: bytes) -> Json:
    return dict(parse_qsl(data.decode(), keep_blank_values=True))


@pytest.mark.parametrize(
    ("encoding", "content_type", "read"),
    [
        ("json", "application/json", json.loads),
        ("json-untyped", "text/plain", json.loads),
        ("form", "application/x-www-form-urlencoded", read_form),
    ],
)
async def test_the_encoding_is_the_quirks(
    encoding: str, content_type: str, read: Callable[[bytes], Json], start: Start, receiver: Receiver
) -> None:
    simulator = await start(push_url=receiver.url, quirks=Quirks().changed({"push_encoding": encoding}))
    await simulator.play("inbound", number="5550123")
    await simulator.drain()
    for (headers, data), body in zip(receiver.requests, events(simulator), strict=True):
        assert headers["Content-Type"] == content_type
        assert "Authorization" not in headers
        assert read(data) == {key: str(value) for key, value in body.items()}


async def test_pushes_are_signed_if_told(start: Start, receiver: Receiver) -> None:
    simulator = await start(push_url=receiver.url, web_key="key", quirks=Quirks(sign_pushes=True))
    await simulator.play("unregister")
    await simulator.drain()
    digest = md5(f"key{simulator.now():%Y-%m-%d}".encode(), usedforsecurity=False).hexdigest()
    assert receiver.requests[0][0]["Authorization"] == digest


async def test_numbers_of_the_centre_log_come_bare(start: Start, receiver: Receiver) -> None:
    simulator = await start(push_url=receiver.url)
    await simulator.play("queue")
    await simulator.drain()
    log = receiver.bodies[-1]
    assert (log["holdTime"], log["pauseTime"], log["feedbackTime"]) == (0, 0, "0")
