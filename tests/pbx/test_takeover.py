"""What current-calls means for calls: it ends what is over, mends what was missed, and takes over what runs."""

import pytest

from custom_components.coocenter.pbx import (
    LAST_STEPS,
    CallFact,
    CallStep,
    Channel,
    DialStatus,
    ExtensionKey,
    IvrSelection,
    PbxKey,
)
from tests.pbx.story import CUSTOMER, calls, dial, ends, hangup, office, opened, row, second, tell

RING = dial("SIP/801-0", "1.0", "SIP/802-1", "1.1")


def listed(*channels: Channel, at: float = 10) -> list[str]:
    """Return the calls of an office that knows of none and is told these channels."""
    state = opened()
    state.reconcile(office(at=at, channels=channels), second(at))
    return calls(state)


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ((), []),
        ((row("SIP/801-0", "802"), row("SIP/802-1", "801")), ["internal connected 801 > 802 [801 802]"]),
        ((row("SIP/802-1", "801"), row("SIP/801-0", "802")), ["internal connected 801 > 802 [801 802]"]),
        (
            (row("SIP/802-1", "801", state="ringing"), row("SIP/801-0", "802", state="ring")),
            ["internal ringing 801 > 802 [801 802]"],
        ),
        ((row("SIP/801-0", state="ringing"),), ["internal ringing 801 > ? [801]"]),
        (
            (
                row("SIP/trunk-0"),
                row("SIP/803-1", CUSTOMER, state="ringing"),
                row("SIP/804-2", CUSTOMER, state="ringing"),
            ),
            [f"inbound ringing {CUSTOMER} > ? [803 804]"],
        ),
        ((row("SIP/trunk-0"),), [f"inbound queued {CUSTOMER} > ? []"]),
        (
            (row("SIP/801-0", "", caller=""), row("SIP/802-1", "", caller="")),
            ["internal queued 801 > ? [801]", "internal queued 802 > ? [802]"],
        ),
        (
            (
                row("SIP/trunk-0", "803"),
                row("Local/803@a-1;1", CUSTOMER),
                row("Local/803@a-1;2"),
                row("SIP/803-2", CUSTOMER),
            ),
            [f"inbound connected {CUSTOMER} > 803 [803]"],
        ),
    ],
    ids=["nothing", "bridged", "either order", "ringing", "click to dial", "ring all", "menu", "no numbers", "local"],
)
def test_running_calls_are_taken_over(channels: tuple[Channel, ...], expected: list[str]) -> None:
    assert listed(*channels) == expected


def test_a_call_taken_over_began_when_its_channel_did() -> None:
    state = opened()
    channels = (row("SIP/801-0", "802", duration=100), row("SIP/802-1", "801", duration=97))
    state.reconcile(office(at=10, channels=channels), second(11))
    (call,) = state.calls
    assert call.started == second(-90)


def test_a_call_taken_over_is_ended_by_hangups_that_know_only_its_numbers() -> None:
    state = opened()
    state.reconcile(office(at=10, channels=(row("SIP/801-0", "802"), row("SIP/802-1", "801"))), second(10))
    tell(state, hangup("5.1", "802", "801"), at=20)
    assert calls(state) == ["internal connected 801 > 802 [801]"]
    tell(state, hangup("5.0", "801", "802"), at=20)
    assert calls(state) == []


def test_a_call_taken_over_while_it_rings_is_connected_by_its_dialend() -> None:
    state = opened()
    channels = (row("SIP/801-0", "802", state="ring"), row("SIP/802-1", "801", state="ringing"))
    state.reconcile(office(at=10, channels=channels), second(10))
    tell(state, ends("SIP/802-1"), at=12)
    assert calls(state) == ["internal connected 801 > 802 [801 802]"]


def test_a_call_taken_over_learns_its_uniqueids() -> None:
    state = opened()
    channels = (row("SIP/801-0", "802", state="ring"), row("SIP/802-1", "801", state="ringing"))
    state.reconcile(office(at=10, channels=channels), second(10))
    tell(state, RING, hangup("1.1"), hangup("1.0"), at=12)
    assert calls(state) == []


def test_a_call_whose_end_was_lost_ends_when_it_is_listed_no_more() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"))
    state.reconcile(office(at=30), second(30))
    assert calls(state) == []


def test_a_leg_whose_end_was_lost_leaves_its_call() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), dial("SIP/trunk-0", "1.0", "SIP/804-2", "1.2"))
    state.reconcile(office(at=5, channels=(row("SIP/trunk-0", "804"), row("SIP/804-2", CUSTOMER))), second(5))
    assert calls(state) == [f"inbound connected {CUSTOMER} > 804 [804]"]


def test_a_leg_whose_ring_was_lost_joins_the_call_of_its_caller() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"))
    channels = (
        row("SIP/trunk-0"),
        row("SIP/803-1", CUSTOMER, state="ringing"),
        row("SIP/804-2", CUSTOMER, state="ringing"),
    )
    state.reconcile(office(at=5, channels=channels), second(5))
    assert calls(state) == [f"inbound ringing {CUSTOMER} > ? [803 804]"]


def test_a_caller_of_whom_only_the_menu_told_is_found_by_number() -> None:
    state = opened()
    tell(state, IvrSelection(uniqueid="1.0", caller=CUSTOMER, queue="630"))
    state.reconcile(office(at=5, channels=(row("SIP/trunk-0", duration=5),)), second(5))
    assert calls(state) == [f"inbound queued {CUSTOMER} > ? []"]
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/803-1", "1.1"), at=6)
    assert calls(state) == [f"inbound ringing {CUSTOMER} > 803 [803]"]


def test_an_answer_that_was_lost_is_seen() -> None:
    state = opened()
    tell(state, RING)
    state.reconcile(office(at=9, channels=(row("SIP/801-0", "802"), row("SIP/802-1", "801"))), second(9))
    (call,) = state.calls
    assert (call.state, call.answered) == ("connected", second(9))


def test_what_was_pushed_after_the_question_is_newer_than_the_answer() -> None:
    state = opened()
    tell(state, RING, at=10)
    state.reconcile(office(at=9), second(11))
    assert calls(state) == ["internal ringing 801 > 802 [801 802]"]


def test_a_call_that_ended_after_the_question_is_not_taken_over() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"), at=5)
    tell(state, ends("SIP/802-1", DialStatus.CANCEL), hangup("1.1"), hangup("1.0"), at=10)
    state.reconcile(office(at=9, channels=(row("SIP/801-0", "802"), row("SIP/802-1", "801"))), second(11))
    assert calls(state) == []


def test_a_channel_that_is_much_younger_than_the_call_is_another_one() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"))
    channels = (row("SIP/801-0", "803", duration=3), row("SIP/803-1", "801", duration=2))
    state.reconcile(office(at=600, channels=channels), second(600))
    assert calls(state) == ["internal connected 801 > 803 [801 803]"]


def test_a_call_that_is_listed_is_not_forgotten_however_long_it_takes() -> None:
    state = opened()
    tell(state, RING, ends("SIP/802-1"))
    day = 24 * 3600.0
    channels = (row("SIP/801-0", "802", duration=int(day)), row("SIP/802-1", "801", duration=int(day)))
    state.reconcile(office(at=day, channels=channels), second(day))
    assert not state.expire(second(day + 60))
    assert len(state.calls) == 1
    assert state.expire(second(2 * day))
    assert len(state.calls) == 0


def test_after_a_restart_the_same_channel_is_another_call() -> None:
    state = opened()
    for at, caller, uniqueid in ((10, CUSTOMER, "5.0"), (500, "01632960187", "9.0")):
        state.reconcile(office(at=at, channels=(row("SIP/trunk-0", caller=caller),)), second(at))
        tell(state, dial("SIP/trunk-0", uniqueid, "SIP/803-1", uniqueid.replace(".0", ".1"), caller=caller), at=at + 1)
        assert state.calls.log_id("SIP/trunk-0") == uniqueid
        # It restarts: all is gone, and nobody said so.
        state.reconcile(office(at=at + 60, channels=()), second(at + 60))
    assert [state.calls.whole(uniqueid) for uniqueid in ("5.0", "9.0")] == ["5.0", "9.0"]
    past = [state.calls.past(uniqueid) for uniqueid in ("5.0", "9.0")]
    assert [call and call.caller.number for call in past] == [CUSTOMER, "01632960187"]


def test_how_a_call_ended_that_only_polls_saw_is_not_guessed() -> None:
    state = opened()
    ringing = (row("SIP/trunk-0"), row("SIP/803-1", CUSTOMER, state="ringing"))
    state.reconcile(office(at=10, channels=ringing), second(10))
    told = [signal for signal in state.reconcile(office(at=40), second(40)).signals if isinstance(signal, CallFact)]
    assert {(fact.step, fact.call.outcome, fact.cause) for fact in told} == {(CallStep.ENDED, None, None)}
    assert {fact.about for fact in told} == {PbxKey.CALLS, ExtensionKey("803")}


def test_how_one_ended_that_was_pushed_is_known_also_where_its_end_was_lost() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "5.0", "SIP/803-1", "5.1", caller=CUSTOMER), at=10)
    told = [signal for signal in state.reconcile(office(at=40), second(40)).signals if isinstance(signal, CallFact)]
    assert {fact.step for fact in told} == {CallStep.MISSED}


def test_so_it_is_also_where_the_older_one_is_long_past() -> None:
    state = opened()
    trunk = (row("SIP/trunk-0"),)
    state.reconcile(office(at=10, channels=trunk), second(10))
    tell(state, dial("SIP/trunk-0", "5.0", "SIP/803-1", "5.1"), hangup("5.1"), hangup("5.0"), at=11)
    for number in range(501):
        tell(state, dial("SIP/801-9", f"6.{number}", "SIP/802-9", f"7.{number}", at=str(number)), at=12)
        tell(state, hangup(f"7.{number}"), hangup(f"6.{number}"), at=12)
    assert state.calls.past("5.0") is None
    state.reconcile(office(at=500, channels=trunk), second(500))
    assert state.calls.whole("5.0") == "5.0"
    assert state.calls.log_id("SIP/trunk-0") == ""


def test_one_that_the_restart_ended_is_kept_as_itself() -> None:
    state = opened()
    state.reconcile(office(at=10, channels=(row("SIP/trunk-0"),)), second(10))
    tell(state, dial("SIP/trunk-0", "5.0", "SIP/803-1", "5.1"), at=11)
    again = (row("SIP/trunk-0", caller="01632960187"),)
    told = state.reconcile(office(at=500, channels=again), second(500)).signals
    ends = [one.call.id for one in told if isinstance(one, CallFact) and one.step in LAST_STEPS]
    assert set(ends) == {"5.0"}
    past = state.calls.past("5.0")
    assert past
    assert (past.id, past.caller.number) == ("5.0", CUSTOMER)
