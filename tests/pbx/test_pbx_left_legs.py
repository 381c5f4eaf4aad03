"""Which call a log belongs to, when it is that of a leg which is gone, or of a caller whom a poll saw first."""

from pbx_harness import read
from story import CUSTOMER, dial, ends, hangup, second

from custom_components.coocenter.pbx import CallDetail, Channel, Party, PbxState, Snapshot


def test_a_leg_that_left_belongs_to_its_call() -> None:
    state = PbxState()
    state.apply(dial("SIP/trunk-1", "1.1", "Local/804@agents-1;1", "1.2", caller=CUSTOMER), second(0))
    state.apply(dial("Local/804@agents-1;2", "1.3", "SIP/804-2", "1.4"), second(0))
    for uniqueid in ("1.3", "1.4", "1.2"):
        state.apply(hangup(uniqueid), second(9))
    for uniqueid in ("1.1", "1.2", "1.3", "1.4"):
        assert state.calls.whole(uniqueid) == "1.1"
    state.apply(hangup("1.1"), second(10))
    assert state.calls.whole("1.3") == "1.1"
    assert state.calls.whole("9.9") == ""


def test_a_caller_who_goes_on_after_a_transfer_belongs_to_the_call() -> None:
    state = PbxState()
    state.apply(dial("SIP/801-1", "1.1", "SIP/802-2", "1.2"), second(0))
    state.apply(ends("SIP/802-2"), second(1))
    state.apply(CallDetail(uniqueid="1.1"), second(5))
    state.apply(dial("SIP/802-2", "1.2", "SIP/803-3", "1.3"), second(5))
    state.apply(CallDetail(uniqueid="1.2"), second(9))
    assert {state.calls.whole(uniqueid) for uniqueid in ("1.1", "1.2", "1.3")} == {"1.1"}


def test_a_call_that_a_poll_saw_first_has_the_id_of_its_caller_in_the_log() -> None:
    state = PbxState()
    caller = Channel(name="SIP/trunk-1", caller=Party(CUSTOMER), connected=Party(), state="up", duration=3)
    state.reconcile(Snapshot(taken=second(0), channels=(caller,)), second(0))
    (call,) = state.calls
    assert (call.id, state.calls.log_id(call.id)) == ("SIP/trunk-1", "")
    menu = {"event": "ivr", "uuid": "1.1", "caller": CUSTOMER, "queueCode": "630", "duration": "4"}
    state.apply(read(menu), second(1))
    (call,) = state.calls
    assert (call.id, state.calls.log_id(call.id), state.calls.whole("1.1")) == ("SIP/trunk-1", "1.1", "1.1")
    assert state.calls.log_id("2.1") == "2.1"
