"""Extensions, queues and the blacklist, as pushes and polls tell of them."""

import pytest

from custom_components.coocenter.pbx import (
    Activity,
    CallDetail,
    Changes,
    ExtensionFound,
    ExtensionKey,
    Hangup,
    MemberKey,
    Party,
    PbxKey,
    PbxState,
    Pushed,
    Queue,
    QueueAgentsKey,
    QueueCallsKey,
    QueueKey,
    QueueMember,
    Unknown,
)
from custom_components.coocenter.pbx.model import HintStatus, PeerStatus
from tests.pbx.story import CUSTOMER, OFFICE, calls, cdr, dial, office, opened, row, second, status, tell


def test_a_push_changes_its_extension_alone() -> None:
    state = opened()
    changes = state.apply(status("801", Activity.RINGING), second(1))
    assert changes.keys == {ExtensionKey("801")}
    assert changes.signals == [Pushed(status("801", Activity.RINGING))]
    assert state.extensions["801"].activity is Activity.RINGING


def test_an_agents_push_also_changes_its_queues() -> None:
    assert opened().apply(status("803", Activity.IN_USE), second(1)).keys == {
        ExtensionKey("803"),
        QueueAgentsKey("630"),
    }


def test_a_push_of_what_a_poll_knew_is_told_once_and_changes_nothing() -> None:
    state = opened()
    changes = state.apply(status("801", Activity.IDLE), second(1))
    assert (changes.keys, changes.signals) == (set(), [Pushed(status("801", Activity.IDLE))])
    assert not state.apply(status("801", Activity.IDLE), second(2))


def test_an_extension_first_seen_by_a_push_is_registered_as_the_poll_says() -> None:
    state = PbxState()
    tell(state, status("801", Activity.RINGING), status("802", Activity.UNAVAILABLE), at=5)
    state.reconcile(office(at=4), second(6))
    assert (state.extensions["801"].activity, state.extensions["801"].registered) == (Activity.RINGING, True)
    assert (state.extensions["802"].activity, state.extensions["802"].registered) == (Activity.UNAVAILABLE, False)


def test_an_extension_found_by_a_poll_joins_the_call_it_is_in() -> None:
    state = opened()
    tell(state, dial("SIP/trunk-0", "1.0", "SIP/805-1", "1.1"), at=1)
    assert not state.calls.of_extension("805")
    channels = (row("SIP/trunk-0"), row("SIP/805-1", CUSTOMER, state="ringing"))
    state.reconcile(office(at=2, extensions=(*OFFICE, "805"), channels=channels), second(2))
    assert calls(state) == [f"inbound ringing {CUSTOMER} > 805 [805]"]


def test_a_phone_that_goes_offline_is_registered_no_more_and_comes_back() -> None:
    state = opened()
    tell(state, status("801", Activity.UNAVAILABLE))
    assert (state.extensions["801"].registered, state.extensions["801"].reachable) == (False, False)
    tell(state, status("801", None))
    assert state.extensions["801"].registered is False
    tell(state, status("801", Activity.IDLE))
    assert state.extensions["801"].registered is True


def test_where_an_analog_phone_is_nobody_knows() -> None:
    state = opened()
    hint = HintStatus(number="801", activity=Activity.IDLE, agent_name="Alice", agent_type="analogCallCenter")
    state = PbxState()
    state.reconcile(office(hints=(hint,), peers=()), second(0))
    tell(state, status("801", Activity.IN_USE))
    extension = state.extensions["801"]
    assert (extension.registered, extension.reachable, extension.agent_name) == (None, True, "Alice")


def test_before_the_first_answer_every_number_that_looks_like_an_extension_is_one() -> None:
    state = PbxState()
    tell(state, status("801", Activity.RINGING), status("park_1", Activity.IDLE), status("", Activity.IDLE))
    assert list(state.extensions) == ["801"]


def test_after_it_an_unlisted_number_is_told_once_and_kept_out() -> None:
    state = opened()
    changes = state.apply(status("899", Activity.RINGING), second(1))
    assert changes.signals == [ExtensionFound("899"), Pushed(status("899", Activity.RINGING))]
    assert not state.apply(status("899", Activity.RINGING), second(2))
    assert state.apply(status("899", Activity.IDLE), second(3))
    assert "899" not in state.extensions


def test_a_poll_that_tells_nothing_new_changes_nothing() -> None:
    state = opened()
    assert not state.reconcile(office(at=0), second(0))


def test_a_poll_tells_what_came_went_and_changed() -> None:
    state = opened()
    hints = [HintStatus(number=number, activity=Activity.IDLE) for number in ("801", "802", "803", "805")]
    hints[1] = HintStatus(number="802", activity=Activity.BUSY)
    queues = (Queue(number="631", members={}),)
    changes = state.reconcile(
        office(at=0, hints=tuple(hints), peers=(), queues=queues, blacklist=("01632960666",)), second(0)
    )
    assert changes.keys == {
        *map(ExtensionKey, ("802", "804", "805")),
        *(key(number) for key in (QueueKey, QueueAgentsKey, QueueCallsKey) for number in ("630", "631")),
        *(MemberKey("630", agent) for agent in ("803", "804")),
        PbxKey.BLACKLIST,
    }
    assert list(state.extensions) == ["801", "802", "803", "805"]


def test_what_was_pushed_after_the_question_is_newer_than_the_answer() -> None:
    state = opened()
    tell(state, status("801", Activity.RINGING), at=10)
    state.reconcile(office(at=9), second(11))
    assert state.extensions["801"].activity is Activity.RINGING
    state.reconcile(office(at=12), second(13))
    assert state.extensions["801"].activity is Activity.IDLE


@pytest.mark.parametrize("part", ["hints", "queues", "blacklist", "channels"])
def test_an_answer_that_was_overtaken_is_dropped(part: str) -> None:
    state = opened()
    state.reconcile(office(at=20), second(21))
    before = (dict(state.extensions), dict(state.queues), state.blacklist, len(state.calls))
    old = {"hints": (), "peers": ()} if part == "hints" else {part: ()}
    assert not state.reconcile(office(at=19, **old), second(22))
    assert (state.extensions, state.queues, state.blacklist, len(state.calls)) == before


def test_a_part_that_was_not_told_stays() -> None:
    state = opened()
    parts = dict.fromkeys(("hints", "peers", "queues", "channels", "blacklist"))
    assert not state.reconcile(office(at=1, **parts), second(1))
    state.reconcile(office(at=2, hints=None, peers=(PeerStatus(number="801", registered=False),)), second(2))
    assert list(state.extensions) == list(OFFICE)
    assert state.extensions["801"].registered is False


@pytest.mark.parametrize(
    ("extension", "paused", "available", "unstaffed"),
    [
        (status("803", Activity.IDLE), (), 2, False),
        (status("803", Activity.RINGING), (), 1, False),
        (status("803", Activity.UNAVAILABLE), (), 1, False),
        (status("803", Activity.UNAVAILABLE), ("804",), 0, True),
        (status("803", Activity.IN_USE), ("804",), 0, False),
        (status("803", None), ("804",), 1, False),
        (status("801", Activity.BUSY), ("803", "804"), 0, True),
    ],
)
def test_the_figures_of_a_queue(extension: object, paused: tuple[str, ...], available: int, unstaffed: bool) -> None:
    state = opened()
    state.reconcile(office(at=0, paused=paused), second(0))
    state.apply(extension, second(1))
    queue = state.queues["630"]
    assert (state.agents_available(queue), state.is_unstaffed(queue)) == (available, unstaffed)


def test_an_empty_queue_is_unstaffed_and_an_agent_without_an_extension_is_reachable() -> None:
    state = opened()
    assert state.is_unstaffed(Queue(number="1"))
    stranger = Queue(number="1", members={"899": QueueMember(extension="899")})
    assert (state.agents_available(stranger), state.is_unstaffed(stranger)) == (1, False)


def test_a_party_gets_the_name_of_its_extension() -> None:
    state = opened()
    hint = HintStatus(number="801", agent_name="Alice")
    state.reconcile(office(at=1, hints=(hint,), peers=()), second(1))
    assert state.named(Party("801")) == Party("801", "Alice")
    assert state.named(Party("801", "Al")) == Party("801", "Al")
    assert state.named(Party("802")) == Party("802")
    # The phone book knows better.
    book = {"801": "Alice Liddell", "01632960123": "Bob"}
    state.name_of = lambda number: book.get(number, "")
    assert state.named(Party("801", "Al")) == Party("801", "Alice Liddell")
    assert state.named(Party("01632960123")) == Party("01632960123", "Bob")
    assert state.named(Party("802", "Carol")) == Party("802", "Carol")


def test_an_extension_that_the_pbx_has_no_name_of_gets_the_one_it_showed() -> None:
    state = opened()
    hints = (HintStatus(number="801", agent_name="Alice"), HintStatus(number="802"), HintStatus(number="803"))
    state.reconcile(office(at=1, hints=hints, peers=()), second(1))
    state.apply(Hangup(caller=Party("801", "Al"), connected=Party("802", "Bob"), uniqueid="1.1"), second(2))
    state.apply(CallDetail(uniqueid="2.1", caller=Party("803", "Carol")), second(3))
    state.apply(CallDetail(uniqueid="3.1", caller=Party("01632960123", "Dan")), second(4))
    assert [state.known_as(number) for number in ("801", "802", "803", "804")] == ["Alice", "Bob", "Carol", ""]
    assert state.named(Party("802")) == Party("802", "Bob")
    assert state.named(Party("01632960123")) == Party("01632960123")


def test_an_unknown_event_is_told_and_changes_nothing() -> None:
    event = Unknown(name="pdr", fields=(("dst", "801"),))
    assert opened().apply(event, second(0)).signals == [Pushed(event)]


def test_changes_tell_whether_there_are_any() -> None:
    assert not Changes()
    assert Changes(keys={PbxKey.CALLS})


def test_memory_is_bounded_whatever_arrives() -> None:
    state = opened()
    for number in range(30_000):
        tell(state, dial(f"SIP/801-{number:x}", f"{number}.0", f"SIP/802-{number:x}", f"{number}.1"))
        tell(state, cdr(f"{number}.5"), status(f"9{number}", Activity.RINGING))
    assert len(state.calls) <= 2_000
    assert len(state.extensions) == len(OFFICE)
    sizes = [len(part) for part in vars(state).values() if hasattr(part, "__len__")]
    sizes += [len(part) for part in vars(state.calls).values() if hasattr(part, "__len__")]
    assert max(sizes) <= 10_000


def test_a_call_of_very_many_legs_is_bounded_too() -> None:
    state = opened()
    for number in range(1_000):
        tell(state, dial("SIP/trunk-0", "1.0", f"SIP/801-{number + 1:x}", f"2.{number}"))
    (call,) = state.calls
    assert len(call.legs) <= 200
