"""Pieces of one call that look like two, and of two that look like one."""

from dataclasses import replace

import pytest

from custom_components.coocenter.pbx import Activity, AgentReleased, DialStatus, IvrSelection, Party
from tests.pbx.story import CUSTOMER, calls, dial, ends, hangup, office, opened, row, second, status, tell

MENU = IvrSelection(uniqueid="1.0", caller=CUSTOMER, queue="630", did="01632960100", duration=4)


def test_a_caller_polled_in_the_menu_is_the_one_the_menu_tells_of() -> None:
    state = opened()
    state.reconcile(office(at=2, channels=(row("SIP/trunk-0", duration=2),)), second(2))
    tell(state, MENU, at=4)
    assert calls(state) == [f"inbound queued {CUSTOMER} > ? []"]
    (call,) = state.calls
    assert (call.queue, call.did, call.started) == ("630", "01632960100", second(0))
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), ends("SIP/803-1"), at=6)
    assert calls(state) == [f"inbound connected {CUSTOMER} > 803 [803]"]
    tell(state, hangup("1.1"), hangup("1.0"), at=9)
    assert calls(state) == []


def test_a_withheld_caller_polled_in_the_menu_is_known_at_the_latest_when_a_phone_rings() -> None:
    state = opened()
    state.reconcile(office(at=2, channels=(row("SIP/trunk-0", duration=2),)), second(2))
    # What the menu tells of this caller does not even have the number.
    tell(state, replace(MENU, caller="withheld"), at=4)
    assert len(state.calls) == 2
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), at=6)
    (call,) = state.calls
    assert (call.id, call.queue, call.started, call.extensions) == ("1.0", "630", second(0), {"803"})


def test_an_attended_transfer_leaves_one_call_of_those_who_talk() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/801-1", "1.1"), ends("SIP/801-1"), at=0)
    tell(state, dial("SIP/801-2", "2.0", "SIP/802-3", "2.1"), ends("SIP/802-3"), at=10)
    tell(state, hangup("1.1"), hangup("2.0"), at=20)
    channels = (row("SIP/trunk-0", "802", duration=25), row("SIP/802-3", CUSTOMER, duration=15))
    state.reconcile(office(at=25, channels=channels), second(25))
    assert calls(state) == [f"inbound connected {CUSTOMER} > 802 [802]"]
    (call,) = state.calls
    assert call.other_party("802").number == CUSTOMER
    tell(state, hangup("2.1"), hangup("1.0"), at=30)
    assert calls(state) == []


def test_two_calls_of_two_stay_two_though_a_number_is_in_both() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), ends("SIP/803-1"))
    tell(state, dial("SIP/trunk-2", "2.0", "SIP/804-3", "2.1"), ends("SIP/804-3"))
    channels = (
        row("SIP/trunk-0", "803"),
        row("SIP/803-1", CUSTOMER),
        row("SIP/trunk-2", "804"),
        row("SIP/804-3", CUSTOMER),
    )
    state.reconcile(office(at=5, channels=channels), second(5))
    assert sorted(calls(state)) == [f"inbound connected {CUSTOMER} > {number} [{number}]" for number in ("803", "804")]


def test_a_withheld_caller_and_the_phone_that_answered_are_one_call() -> None:
    state = opened()
    trunk = replace(row("SIP/trunk-0", "801"), caller=Party())
    state.reconcile(office(at=5, channels=(trunk, row("SIP/801-1"))), second(5))
    assert calls(state) == ["inbound connected ? > 801 [801]"]


def test_the_half_of_a_local_channel_answers_for_nobody() -> None:
    state = opened()
    tell(state, MENU, dial("SIP/trunk-0", "1.0", "Local/803@agents-9;1", "1.1"))
    tell(state, dial("Local/803@agents-9;2", "1.2", "SIP/803-3", "1.3"))
    signals = state.apply(ends("SIP/803-3", DialStatus.NO_ANSWER), second(20)).signals
    (call,) = state.calls
    assert (call.state, call.answered) == ("ringing", None)
    assert AgentReleased("803") not in signals


@pytest.mark.parametrize(
    ("piece", "left"),
    [
        (hangup("9.0", "801"), 2),
        (hangup("9.0", "801", "803"), 2),
        (hangup("9.0", "801", "802"), 1),
        (hangup("9.0", CUSTOMER, "801"), 2),
    ],
    ids=["of nobody", "of another call", "its own", "of a stranger"],
)
def test_a_hangup_takes_a_leg_that_was_taken_over_by_both_its_numbers(piece: object, left: int) -> None:
    state = opened()
    state.reconcile(office(at=5, channels=(row("SIP/801-0", "802"), row("SIP/802-1", "801"))), second(5))
    state.apply(piece, second(9))
    (call,) = state.calls
    assert len(call.legs) == left


def test_a_clock_that_is_set_back_freezes_nothing() -> None:
    state = opened()
    state.reconcile(office(at=3600), second(3600))
    tell(state, status("801", Activity.RINGING), at=3600)
    tell(state, dial("SIP/801-0", "1.0", "SIP/802-1", "1.1"), at=3600)
    state.reconcile(office(at=0, paused=("803",), blacklist=("01632960666",)), second(0))
    assert state.queues["630"].members["803"].paused
    assert state.blacklist == ("01632960666",)
    assert state.extensions["801"].activity is Activity.IDLE
    assert calls(state) == []
