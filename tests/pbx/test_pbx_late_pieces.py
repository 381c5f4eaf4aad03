"""Pieces that come late, twice or not at all are joined to the right call or to none."""

from pbx_harness import at, brief
import pytest

from custom_components.coocenter.pbx import (
    CallDetail,
    Channel,
    DialBegin,
    DialEnd,
    DialStatus,
    Event,
    Hangup,
    IvrSelection,
    Party,
    PbxState,
    Snapshot,
)
from custom_components.coocenter.pbx.model import HintStatus

CUSTOMER = "18782985586"
OTHER = "01632960123"


def begin(
    channel: str, uniqueid: str, called: str, called_uniqueid: str, caller: str = "", number: str = ""
) -> DialBegin:
    return DialBegin(
        channel=channel,
        uniqueid=uniqueid,
        caller=caller or channel[4:7],
        destination_channel=called,
        destination_uniqueid=called_uniqueid,
        destination=number or called[4:7],
    )


def answered(called: str) -> DialEnd:
    return DialEnd(destination_channel=called, status=DialStatus.ANSWER)


def row(name: str, caller: str, connected: str = "", state: str = "up", duration: int = 0) -> Channel:
    return Channel(name=name, caller=Party(caller), connected=Party(connected), state=state, duration=duration)


def polled(state: PbxState, second: float, *rows: Channel) -> None:
    state.reconcile(Snapshot(taken=at(second), channels=rows), at(second))


def told(*events: Event, state: PbxState | None = None) -> PbxState:
    state = state or PbxState()
    for event in events:
        state.apply(event, at(0))
    return state


TALKING = (begin("SIP/801-0", "1.0", "SIP/802-1", "1.1"), answered("SIP/802-1"))
HANDED_ON = begin("SIP/802-1", "1.1", "SIP/803-2", "1.2")
CALLER_GONE = (Hangup(uniqueid="1.0"), CallDetail(uniqueid="1.0"))


@pytest.mark.parametrize(
    "order",
    [
        (*CALLER_GONE, HANDED_ON),
        (*reversed(CALLER_GONE), HANDED_ON),
        (HANDED_ON, *CALLER_GONE),
        (CALLER_GONE[1], HANDED_ON, CALLER_GONE[0]),
    ],
    ids=["hangup, log, ring", "log, hangup, ring", "ring, hangup, log", "log, ring, hangup"],
)
def test_a_caller_hands_the_called_party_on_by_the_phone(order: tuple[Event, ...]) -> None:
    """Its log comes in the middle of the call, and the rest of it in any order."""
    state = told(*TALKING, *order)
    (call,) = state.calls
    assert brief(call) == ("internal", "transferred", "801", "803", None)
    assert call.other_party("803") == Party("802")
    told(answered("SIP/803-2"), state=state)
    (call,) = state.calls
    assert brief(call) == ("internal", "connected", "801", "803", None)
    told(Hangup(uniqueid="1.2"), Hangup(uniqueid="1.1"), state=state)
    assert list(state.calls) == []


def test_the_called_party_hands_the_caller_on_by_the_phone() -> None:
    state = told(*TALKING, begin("SIP/801-0", "1.0", "SIP/803-2", "1.2"), Hangup(uniqueid="1.1"))
    (call,) = state.calls
    assert brief(call) == ("internal", "transferred", "801", "803", None)


def test_a_call_that_is_handed_on_stays_one_call_in_a_poll_though_its_channels_are_young() -> None:
    state = told(*TALKING)
    state.apply(Hangup(uniqueid="1.0"), at(100))
    state.apply(HANDED_ON, at(100))
    before = [call.id for call in state.calls]
    polled(state, 102, row("SIP/802-1", "802", duration=102), row("SIP/803-2", "803", "802", "ringing", 2))
    assert [call.id for call in state.calls] == before


def test_a_phone_that_was_rung_in_vain_is_not_taken_out_of_its_other_call() -> None:
    """The hangup of a leg that lost names only its number, which also talks in a call taken over."""
    state = PbxState()
    polled(state, 0, row("SIP/trunk-0", CUSTOMER, "804"), row("SIP/804-1", "804", CUSTOMER))
    told(
        begin("SIP/trunk-8", "8.0", "SIP/804-9", "8.1", OTHER),
        DialEnd(destination_channel="SIP/804-9", status=DialStatus.CANCEL),
        Hangup(uniqueid="8.1", caller=Party("804"), connected=Party(OTHER)),
        state=state,
    )
    assert [brief(call)[:4] for call in state.calls.of_extension("804")] == [("inbound", "connected", CUSTOMER, "804")]


def test_the_hangups_of_a_call_taken_over_are_joined_by_its_numbers() -> None:
    state = PbxState()
    polled(state, 0, row("SIP/802-1", "802", "801"), row("SIP/801-0", "801", "802"))
    assert [brief(call)[:4] for call in state.calls] == [("internal", "connected", "801", "802")]
    told(Hangup(uniqueid="1.1", caller=Party("802"), connected=Party("801")), state=state)
    assert [brief(call)[:4] for call in state.calls] == [("internal", "connected", "801", "802")]
    told(Hangup(uniqueid="9.9", caller=Party("806")), Hangup(uniqueid="9.8"), state=state)
    assert len(state.calls) == 1
    told(Hangup(uniqueid="1.0", caller=Party("801")), state=state)
    assert list(state.calls) == []


def test_a_ring_that_comes_after_its_callers_hangup_revives_nobody() -> None:
    state = told(
        begin("SIP/trunk-0", "1.0", "SIP/803-1", "1.1", CUSTOMER),
        Hangup(uniqueid="1.0"),
        begin("SIP/trunk-0", "1.0", "SIP/804-2", "1.2", CUSTOMER),
        Hangup(uniqueid="1.1"),
        Hangup(uniqueid="1.2"),
    )
    assert list(state.calls) == []


def test_an_extensions_calls_stay_in_the_order_of_their_beginning() -> None:
    state = told(*TALKING)
    state.apply(begin("SIP/trunk-5", "5.0", "SIP/802-6", "5.1", CUSTOMER), at(1))
    state.apply(begin("SIP/801-0", "1.0", "SIP/804-9", "1.9"), at(2))
    assert [call.id for call in state.calls.of_extension("802")] == ["1.0", "5.0"]


def test_a_phone_behind_both_halves_of_a_local_channel_is_one_callee() -> None:
    state = told(begin("SIP/trunk-0", "1.0", "Local/803@a-1;1", "1.1", CUSTOMER, "803"))
    polled(
        state,
        1,
        row("SIP/trunk-0", CUSTOMER, duration=1),
        row("Local/803@a-1;1", "803", CUSTOMER, "ringing", 1),
        row("Local/803@a-1;2", CUSTOMER, "803", "ring", 1),
    )
    assert [brief(call)[:4] for call in state.calls] == [("inbound", "ringing", CUSTOMER, "803")]


def _menu(uniqueid: str, caller: str) -> IvrSelection:
    return IvrSelection(uniqueid=uniqueid, caller=caller, queue="630")


@pytest.mark.parametrize("number", [CUSTOMER, ""], ids=["known", "withheld"])
def test_a_caller_of_whom_only_the_menu_told_is_found_among_the_channels(number: str) -> None:
    state = told(_menu("1.0", number))
    polled(state, 1, row("SIP/trunk-0", number, duration=1))
    (call,) = state.calls
    assert (call.id, call.queue, call.legs[0].channel) == ("1.0", "630", "SIP/trunk-0")


def test_two_callers_of_one_number_keep_their_own_channels() -> None:
    state = told(_menu("1.0", CUSTOMER), begin("SIP/trunk-5", "5.0", "SIP/802-6", "5.1", CUSTOMER))
    rows = (
        row("SIP/trunk-5", CUSTOMER, duration=1),
        row("SIP/802-6", "802", CUSTOMER, "ringing", 1),
        row("SIP/trunk-0", CUSTOMER, duration=1),
    )
    polled(state, 1, *rows)
    assert [(call.id, [leg.channel for leg in call.legs]) for call in state.calls] == [
        ("1.0", ["SIP/trunk-0"]),
        ("5.0", ["SIP/trunk-5", "SIP/802-6"]),
    ]


def test_the_poll_that_tells_trunks_from_extensions_also_tells_what_is_over() -> None:
    state = told(begin("SIP/7777-0", "1.0", "SIP/801-1", "1.1", CUSTOMER), *TALKING)
    hints = (HintStatus(number="801"), HintStatus(number="802"))
    state.reconcile(Snapshot(taken=at(5), hints=hints, channels=()), at(6))
    assert list(state.calls) == []
