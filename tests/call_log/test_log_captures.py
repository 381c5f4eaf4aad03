"""What a real PBX pushed, kept as the integration keeps it: the calls that took place are in the log, once each."""

from dataclasses import replace

from log_play import NAMES, SHANGHAI, Journalist, captured
from log_store import calls_in, opened
import pytest

from custom_components.coocenter.call_log import LoggedCall, LogRecord
from custom_components.coocenter.call_log.record import Kind
from simulator.office import Dice

CUSTOMER, DID, DIRECT = "01632960186", "01632960100", "01632960101"
#: Of each call: its id, direction and outcome, who called whom, the seconds of wait and talk.
DIALLED = {
    "click_to_dial": [("1795406792.98", "internal answered", "804", "805", 4, 3)],
    "hold": [("1795406848.121", "internal answered", "801", "802", 1, 6)],
    "inbound_direct": [("1795406944.148", "inbound answered", CUSTOMER, "801", 2, 4)],
    "inbound_missed": [("1795406953.151", "inbound missed", CUSTOMER, "801", 5, 0)],
    "internal_answered": [("1795406545.0", "internal answered", "801", "802", 2, 3)],
    "internal_busy": [("1795406592.12", "internal busy", "801", "802", 1, 0)],
    "internal_cancel": [("1795406558.6", "internal cancelled", "801", "802", 4, 0)],
    "pbx_restart": [
        ("1795406972.162", "internal answered", "801", "802", 1, 2),
        ("1795406989.0", "internal answered", "801", "802", 1, 1),
    ],
    "push_retry": [("1795406897.136", "internal cancelled", "801", "802", 1, 0)],
    "queue_abandoned": [("1795406679.59", "inbound missed", CUSTOMER, "", 9, 0)],
    "recording": [("1795406889.133", "internal answered", "801", "802", 1, 4)],
    "register_unregister": [],
    "transfer": [("1795406816.106", "internal answered", "803", "801", 1, 7)],
    "trunk_ivr_queue_agent_hangs_up": [("1795406612.28", "inbound answered", CUSTOMER, "803", 6, 5)],
}
#: What else there is to say, where there is more.
MORE = {
    "inbound_direct": {"did": DIRECT, "queue": "", "extensions": frozenset({"801"})},
    "inbound_missed": {"did": DIRECT, "recordings": ()},
    "queue_abandoned": {
        "did": DID,
        "queue": "630",
        "agent": "",
        "menu": "working time",
        "digits": "0",
        "queue_wait": 5,
        "cause": "caller_gave_up",
        "extensions": frozenset({"803", "804"}),
        "recordings": (),
    },
    "transfer": {
        "extensions": frozenset({"801", "802", "803"}),
        "recordings": (
            "2026-11-23/20261123-120656-803-802-1795406816.106.wav",
            "2026-11-23/20261123-120659-803-801-1795406816.106.wav",
        ),
    },
    "trunk_ivr_queue_agent_hangs_up": {
        "did": DID,
        "queue": "630",
        "agent": "803",
        "queue_wait": 2,
        "hold": 0,
        "extensions": frozenset({"803", "804"}),
        "recordings": ("2026-11-23/20261123-120336-01632960186-630-1795406612.28.wav",),
    },
}
#: What is not known by the logs alone: how long it rang after a click, and which extension a DID leads to.
LOGS_ALONE = {
    "click_to_dial": [("1795406792.98", "internal answered", "804", "805", 2, 5)],
    "inbound_direct": [("1795406944.148", "inbound answered", CUSTOMER, DIRECT, 2, 4)],
    "inbound_missed": [("1795406953.151", "inbound missed", CUSTOMER, DIRECT, 5, 0)],
}


def brief(call: LoggedCall) -> tuple[object, ...]:
    how = f"{call.direction} {call.outcome}"
    return call.uid, how, call.caller.number, call.callee.number, call.wait, call.talk


def played(name: str, *, times: int = 1) -> list[LogRecord]:
    """Return what is kept of a capture whose every event comes so many times."""
    journalist = Journalist()
    for now, event in captured(name):
        for _ in range(times):
            journalist.hear(event, now)
    return journalist.records


def logged(records: list[LogRecord], at_once: int = 1) -> list[LoggedCall]:
    with opened("sqlite://", zone=SHANGHAI) as store:
        for start in range(0, len(records), at_once):
            store.write(records[start : start + at_once])
        return calls_in(store)


def test_every_capture_is_told_of() -> None:
    assert sorted(DIALLED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_log_has_the_calls_that_took_place(name: str) -> None:
    calls = logged(played(name))
    assert list(map(brief, calls)) == DIALLED[name]
    assert all(call.logged and call.wait + call.talk <= call.duration for call in calls)
    more = MORE.get(name, {})
    assert [{field: getattr(call, field) for field in more} for call in calls if more] == [more] * (name in MORE)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_pushed_twice_is_one_call(name: str) -> None:
    once = logged(played(name))
    twice = played(name, times=2)
    assert logged(twice) == once
    assert logged(twice + twice, 1000) == once


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_logs_makes_no_difference(name: str, seed: int) -> None:
    kept = played(name)
    once = logged(kept)
    # Of what was seen live the last is the newest.
    moving = [record for record in kept if record.kind is not Kind.LIVE] * 2
    Dice(seed).shuffle(moving)
    order = iter(moving)
    mixed = [record if record.kind is Kind.LIVE else next(order) for record in kept] + list(order)
    assert logged(mixed, seed) == once


@pytest.mark.parametrize("name", NAMES)
def test_the_logs_alone_tell_each_call_once(name: str) -> None:
    """As when Home Assistant is restarted before each of them."""
    kept: list[LogRecord] = []
    for now, event in captured(name):
        journalist = Journalist()
        journalist.hear(event, now)
        kept += journalist.records
    assert not any(record.call_uid for record in kept)
    assert list(map(brief, logged(kept))) == LOGS_ALONE.get(name, DIALLED[name])


@pytest.mark.parametrize("name", [name for name in NAMES if DIALLED[name]])
def test_a_restart_after_any_event_leaves_each_call_once(name: str) -> None:
    events = captured(name)
    for point in range(len(events)):
        kept: list[LogRecord] = []
        for part in (events[:point], events[point:]):
            journalist = Journalist()
            for now, event in part:
                journalist.hear(event, now)
            kept += journalist.records
        calls = logged(kept, 100)
        assert [call.uid for call in calls] == [call[0] for call in DIALLED[name]]
        assert [brief(call)[1] for call in calls] == [call[1] for call in DIALLED[name]]


def test_a_log_without_an_id_is_a_call_too() -> None:
    (record,) = [record for record in played("hold") if record.kind is Kind.CDR]
    nameless = replace(record, uid="?1.5", call_uid="", body=replace(record.body, uniqueid=""))
    calls = logged([nameless, replace(nameless, uid="?3.5")])
    assert [brief(call)[1:] for call in calls] == [DIALLED["hold"][0][1:]]
