"""What pushed events mean for calls, one kind of call after the other."""

import pytest

from custom_components.coocenter.pbx import AgentReleased, DialBegin, DialStatus, IvrSelection, QueueCallDetail
from tests.pbx.story import CUSTOMER, calls, cdr, dial, ends, hangup, opened, second, tell

RING = dial("SIP/801-0", "1.0", "SIP/802-1", "1.1")
INBOUND = dial("SIP/trunk-0", "1.0", "SIP/801-1", "1.1")


def test_an_internal_call_rings_talks_and_ends() -> None:
    state = opened()
    tell(state, RING)
    assert calls(state) == ["internal ringing 801 > 802 [801 802]"]
    tell(state, ends("SIP/802-1"), at=5)
    assert calls(state) == ["internal connected 801 > 802 [801 802]"]
    (call,) = state.calls
    assert (call.started, call.answered) == (second(0), second(5))
    tell(state, hangup("1.1"), hangup("1.0"))
    assert calls(state) == []


@pytest.mark.parametrize("order", [("1.0", "1.1"), ("1.1", "1.0")])
def test_the_hangups_come_in_any_order(order: tuple[str, str]) -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"), hangup(order[0]))
    assert len(state.calls) == 1
    tell(state, hangup(order[1]))
    assert len(state.calls) == 0


@pytest.mark.parametrize(
    "outcome", [DialStatus.BUSY, DialStatus.NO_ANSWER, DialStatus.CANCEL, DialStatus.HANGUP, DialStatus.OTHER]
)
def test_a_phone_that_does_not_answer_leaves_the_call(outcome: DialStatus) -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1", outcome))
    assert state.calls.of_extension("802") == []
    tell(state, hangup("1.1"), cdr("1.0"))
    assert calls(state) == []


def test_an_inbound_call_is_seen_from_both_sides() -> None:
    state = opened()
    tell(state, INBOUND)
    (call,) = state.calls
    assert calls(state) == [f"inbound ringing {CUSTOMER} > 801 [801]"]
    assert call.other_party("801").number == CUSTOMER


def test_an_outbound_call_goes_through_a_trunk() -> None:
    state = opened()
    tell(state, dial("SIP/801-0", "1.0", "SIP/trunk-1", "1.1"))
    (call,) = state.calls
    assert calls(state) == [f"outbound ringing 801 > {CUSTOMER} [801]"]
    assert call.other_party("801").number == CUSTOMER


def test_a_trunk_with_a_short_number_is_no_extension() -> None:
    state = opened()
    tell(state, dial("SIP/7777-0", "1.0", "SIP/801-1", "1.1", caller=CUSTOMER))
    assert calls(state) == [f"inbound ringing {CUSTOMER} > 801 [801]"]


def test_ring_all_is_one_call_and_the_losers_leave_it_though_told_twice() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), dial("SIP/trunk-0", "1.0", "SIP/804-2", "1.2"))
    assert calls(state) == [f"inbound ringing {CUSTOMER} > ? [803 804]"]
    tell(state, ends("SIP/803-1"))
    for at in ("a", "b"):
        tell(state, ends("SIP/804-2", DialStatus.CANCEL, at=at))
    tell(state, hangup("1.2"))
    assert calls(state) == [f"inbound connected {CUSTOMER} > 803 [803]"]


def test_the_menu_tells_did_and_queue_before_anybody_rings() -> None:
    state = opened()
    menu = IvrSelection(uniqueid="1.0", caller=CUSTOMER, queue="630", did="01632960100", duration=4)
    tell(state, menu, at=4)
    (call,) = state.calls
    assert calls(state) == [f"inbound queued {CUSTOMER} > ? []"]
    assert (call.queue, call.did, call.started) == ("630", "01632960100", second(0))
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), ends("SIP/803-1"), at=6)
    (call,) = state.calls
    assert calls(state) == [f"inbound connected {CUSTOMER} > 803 [803]"]
    assert call.queue == "630"


@pytest.mark.parametrize(("told", "start"), [(None, 100), (-5, 100), (10**9, 100 - 3600)])
def test_a_menu_with_an_odd_duration_does_not_move_the_start_far(told: int | None, start: float) -> None:
    state = opened()
    tell(state, IvrSelection(uniqueid="1.0", caller=CUSTOMER, duration=told), at=100)
    (call,) = state.calls
    assert call.started == second(start)


def test_a_second_menu_adds_to_the_call() -> None:
    state = opened()
    tell(state, IvrSelection(uniqueid="1.0", caller=CUSTOMER, did="1"), IvrSelection(uniqueid="1.0", queue="631"))
    (call,) = state.calls
    assert (call.did, call.queue) == ("1", "631")


def test_a_click_to_dial_is_one_call_of_whoever_asked() -> None:
    state = opened()
    tell(state, DialBegin(destination_channel="SIP/801-0", destination_uniqueid="1.0", destination="801"))
    assert calls(state) == ["internal ringing 801 > ? [801]"]
    tell(state, ends("SIP/801-0"))
    (call,) = state.calls
    assert call.answered is None
    tell(state, dial("SIP/801-0", "1.0", "SIP/trunk-1", "1.1"), ends("SIP/trunk-1"), at=3)
    (call,) = state.calls
    assert calls(state) == [f"outbound connected 801 > {CUSTOMER} [801]"]
    assert call.answered == second(3)


def test_a_transfer_by_the_pbx_goes_on_as_the_same_call() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"), hangup("1.1"))
    assert calls(state) == ["internal connected 801 > 802 [801]"]
    tell(state, dial("SIP/801-0", "1.0", "SIP/803-2", "1.2", at="b"))
    assert calls(state) == ["internal transferred 801 > 803 [801 803]"]
    tell(state, ends("SIP/803-2"))
    assert calls(state) == ["internal connected 801 > 803 [801 803]"]


def test_a_caller_who_transfers_leaves_the_call_to_the_called_party() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"), hangup("1.0"), cdr("1.0"))
    tell(state, dial("SIP/802-1", "1.1", "SIP/803-2", "1.2"), ends("SIP/803-2"))
    assert calls(state) == ["internal connected 801 > 803 [802 803]"], "801 has called, whoever talks now"


def test_local_channels_lead_to_the_agent_behind_them() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "Local/803@agents-9;1", "1.1"))
    assert calls(state) == [f"inbound ringing {CUSTOMER} > 803 [803]"]
    tell(state, dial("Local/803@agents-9;2", "1.2", "SIP/803-3", "1.3"))
    assert calls(state) == [f"inbound ringing {CUSTOMER} > 803 [803]"]
    tell(state, ends("SIP/803-3"), ends("Local/803@agents-9;1"))
    assert calls(state) == [f"inbound connected {CUSTOMER} > 803 [803]"]
    tell(state, hangup("1.3"), hangup("1.2"), hangup("1.1"), hangup("1.0"))
    assert calls(state) == []


def test_two_calls_at_one_extension_are_two_calls() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"), dial("SIP/803-5", "2.0", "SIP/802-6", "2.1"))
    assert len(state.calls.of_extension("802")) == 2
    tell(state, hangup("1.0"), hangup("1.1"))
    assert calls(state) == ["internal ringing 803 > 802 [802 803]"]


def test_the_log_ends_a_call_whose_hangup_was_lost() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"), hangup("1.1"), cdr("1.0"))
    assert calls(state) == []


@pytest.mark.parametrize("late", [RING, ends("SIP/802-1"), hangup("1.1"), IvrSelection(uniqueid="1.0")])
def test_a_late_piece_revives_nothing(late: DialBegin) -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1", at="x"), hangup("1.0"), hangup("1.1"), cdr("1.0"))
    state.apply(late, second(9))
    assert calls(state) == []


def test_a_hangup_that_overtakes_its_dial_leaves_nothing_behind() -> None:
    state = opened()
    tell(state, hangup("1.1"), RING)
    assert calls(state) == []


def test_a_reused_channel_name_ends_the_call_from_before_the_restart() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"))
    tell(state, dial("SIP/801-0", "9.0", "SIP/803-1", "9.1"))
    assert calls(state) == ["internal ringing 801 > 803 [801 803]"]


@pytest.mark.parametrize(
    "empty",
    [DialBegin(), DialBegin(channel="SIP/801-0", uniqueid="1.0"), ends(""), hangup(""), cdr(""), IvrSelection()],
)
def test_an_event_that_names_nothing_changes_no_call(empty: DialBegin) -> None:
    state = opened()
    tell(state, RING)
    state.apply(empty, second(1))
    assert calls(state) == ["internal ringing 801 > 802 [801 802]"]


def test_an_agent_is_released_when_its_call_ends_and_nobody_else() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), ends("SIP/803-1"))
    assert AgentReleased("803") in state.apply(hangup("1.1"), second(9)).signals
    tell(state, RING, ends("SIP/802-1"))
    changes = state.apply(hangup("1.1"), second(9))
    assert not [signal for signal in changes.signals if isinstance(signal, AgentReleased)]


def test_the_log_of_a_queue_call_releases_its_agent() -> None:
    state = opened()
    assert AgentReleased("804") in state.apply(QueueCallDetail(uniqueid="7.0", agent="804"), second(0)).signals
    assert AgentReleased("801") not in state.apply(QueueCallDetail(uniqueid="7.1", agent="801"), second(0)).signals
