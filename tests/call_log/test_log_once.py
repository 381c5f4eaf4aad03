"""What is written into a log is in it once, in every database, whatever it says."""

from dataclasses import replace
from itertools import permutations

from hypothesis import Phase, given, settings, strategies as st
from log_store import ALICE, BOB, CAROL, NOW, at, calls_in, centre, dump, live, missed, opened, row, uids
import pytest

from custom_components.coocenter.call_log import CallFilter, LogRecord, LogUnavailable
from custom_components.coocenter.pbx import CallDetail, Direction, Outcome, Party, QueueCallDetail
from simulator.office import Dice


def pieces(uid: str) -> list[LogRecord]:
    """Return all that may come of a queue's call."""
    return [
        row(uid, destination="630"),
        missed(uid, 5, destination="630"),
        centre(uid),
        live(uid, queue="630", agent="803", callee=Party("803")),
    ]


PIECES = pieces("1.1")


def test_pieces_of_one_call_are_one_call_in_any_order(database_url: str) -> None:
    with opened(database_url) as store:
        for number, order in enumerate(permutations(range(4))):
            of_call = pieces(f"{number}.1")
            for index in order:
                store.write([of_call[index]] * 2)
        calls = calls_in(store)
        assert len(calls) == store.count() == 24
        assert len({replace(call, uid="", recordings=()) for call in calls}) == 1
    rows = dump(database_url)
    assert len(rows["coocenter_records"]) == 24 * 4
    # The caller, the agent and the extension that the row names.
    assert len(rows["coocenter_call_parties"]) == 24 * 3


def test_what_is_sent_again_changes_nothing(database_url: str) -> None:
    with opened(database_url) as store:
        assert uids(store.write(PIECES + PIECES)) == ["1.1"]
        before = dump(database_url)
        for batch in (PIECES, PIECES[::-1], [replace(piece, received=at(9999)) for piece in PIECES], []):
            assert store.write(batch) == []
    with opened(database_url) as store:
        assert store.write(PIECES) == []
    assert dump(database_url) == before


def test_what_changes_is_told_and_what_does_not_is_not(database_url: str) -> None:
    with opened(database_url) as store:
        assert [call.talk for call in store.write([row("1.1"), row("2.1", 100)])] == [60, 60]
        assert store.write([live("1.1")]) == []
        (call,) = store.write([live("1.1", callee=Party("801", "Dave"))])
        assert call == store.one("1.1") == calls_in(store)[0]
        assert call.callee == Party("801", "Dave")
        assert store.one("3.1") is None


def test_many_at_once_are_as_one_by_one(database_url: str) -> None:
    records = [
        make(f"{index}.1", 10 * index)
        for index in range(700)
        for make in ((row, live) if index % 3 else (missed, centre))
    ]
    Dice(1).shuffle(records)
    with opened(database_url) as store, opened("sqlite://") as other:
        told = store.write(records)
        assert sorted(uids(told)) == sorted(uids(calls_in(store)))
        for start in range(0, len(records), 100):
            other.write(records[start : start + 100])
        assert calls_in(store) == calls_in(other)


@pytest.mark.parametrize("order", [1, -1], ids=["part-first", "part-last"])
def test_the_log_of_a_part_belongs_to_its_call(database_url: str, order: int) -> None:
    part = row("7.2", 5, call_uid="7.1", direction=Direction.INTERNAL, destination="804", extensions={"804"})
    with opened(database_url) as store:
        for record in [part, row("7.1", destination="630", extensions=()), part][::order]:
            store.write([record])
        (call,) = calls_in(store)
        assert (call.uid, call.direction, call.duration) == ("7.1", Direction.INBOUND, 75)
        assert call.extensions == {"804"}
        # Also where it comes with another call's, and again.
        store.write([replace(part, body=replace(part.body, duration=9)), row("8.1", 50)])
        assert uids(calls_in(store)) == ["7.1", "8.1"]


def test_a_part_that_was_a_call_before_it_was_known_as_one_stays_one(database_url: str) -> None:
    with opened(database_url) as store:
        store.write([live("7.2"), live("7.1", 9)])
        store.write([row("7.2", call_uid="7.1"), row("7.1", 9)])
        assert [(call.uid, call.logged) for call in calls_in(store)] == [("7.2", True), ("7.1", True)]


def test_two_pbxs_in_a_database_do_not_see_each_other(database_url: str) -> None:
    with opened(database_url) as one, opened(database_url, pbx="other") as other:
        one.write([row("1.1"), missed("2.1", 10)])
        other.write([missed("1.1", recording="other.wav"), row("3.1", 5, caller=Party(BOB, "Bob"))])
        one.mark("2.1", "completed", NOW)
        assert uids(calls_in(one)) == ["1.1", "2.1"]
        assert [call.outcome for call in calls_in(other)] == [Outcome.MISSED, Outcome.ANSWERED]
        for wanted in (CallFilter(text="Bob"), CallFilter(number=BOB), CallFilter(text="960124")):
            assert (uids(calls_in(one, wanted)), uids(calls_in(other, wanted))) == ([], ["3.1"])
        assert (list(one.marks()), list(other.marks())) == (["2.1"], [])
        assert one.figures(NOW, at(3600))[""].calls == other.figures(NOW, at(3600))[""].calls == 2
        assert one.freshen_hours(None) == other.freshen_hours(None)
        assert len(one.forget(ALICE)) == 2
        assert [contact[0] for contact in other.contacts(9)] == [BOB, ALICE]
        assert one.purge(at(9999)) == 2
        assert (one.purge(at(9999)), one.count(), other.count()) == (0, 0, 2)
        assert [call.caller.number for call in calls_in(other)] == [ALICE, BOB]
        assert len(one.hours(at(-1800))[1]) == len(other.hours(at(-1800))[1]) == 1


def test_a_store_that_is_not_open_says_so() -> None:
    with opened("sqlite://") as store:
        store.close()
        for act in (store.count, store.optimise, lambda: store.write([row("1.1")])):
            with pytest.raises(LogUnavailable):
                act()
        store.checkpoint()


#: Signs that databases, drivers and encodings stumble over, and lengths that columns do.
TEXTS = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\0 \n\r\x1a\x7f\ud800\udfff🐻é%_/\\'\"0"), max_size=40
)
LONG = st.builds(lambda text, times: text * times, TEXTS, st.sampled_from([1, 1, 1, 20, 300]))
NUMBERS = LONG | st.sampled_from(["", ALICE, "a" * 23 + " " + "a" * 23, "ß" * 300, "ﷺ" * 90, "1 ", "1"])
INTEGERS = st.none() | st.sampled_from([0, -1, 2**31, 2**53, -(2**63), 2**80])
MOMENTS = st.none() | st.datetimes()
ROWS = st.builds(
    CallDetail,
    **dict.fromkeys(("uniqueid", "source", "destination", "destination_name", "recording"), NUMBERS),
    **dict.fromkeys(("duration", "billable"), INTEGERS),
    **dict.fromkeys(("started", "answered", "ended"), MOMENTS),
    caller=st.builds(Party, NUMBERS, NUMBERS),
    direction=st.sampled_from(Direction),
)
LOGS = st.builds(
    QueueCallDetail,
    **dict.fromkeys(("caller", "called", "queue", "agent", "ivr_name", "digits", "did", "recording", "mac"), NUMBERS),
    **dict.fromkeys(("duration", "talk_time", "queue_time", "hold_time", "wrap_up_time", "score"), INTEGERS),
    **dict.fromkeys(("started", "ended"), MOMENTS),
)
SEEN = st.builds(
    lambda **fields: live("1.1", **fields).body,
    **dict.fromkeys(("did", "queue", "agent", "menu", "digits"), NUMBERS),
    **dict.fromkeys(("caller", "callee"), st.builds(Party, NUMBERS, NUMBERS)),
)
RECORDS = st.builds(
    LogRecord,
    uid=NUMBERS,
    body=ROWS | LOGS | SEEN,
    received=st.just(NOW),
    extensions=st.frozensets(NUMBERS, max_size=3),
    call_uid=st.just("") | NUMBERS,
)


def test_no_text_or_number_is_too_much(database_url: str) -> None:
    with opened(database_url) as store, opened("sqlite://") as other:

        @settings(max_examples=25, phases=[Phase.generate], deadline=None, database=None)
        @given(st.lists(RECORDS, max_size=5), NUMBERS)
        def write(records: list[LogRecord], text: str) -> None:
            told = store.write(records)
            assert told == other.write(records)
            assert [store.one(call.uid) for call in told] == told
            assert store.write(records) == []
            store.freshen_hours(None)
            for wanted in (CallFilter(text=text), CallFilter(number=text, queue=text, agent=text, extension=text)):
                assert store.page(wanted, 5).calls == other.page(wanted, 5).calls
            store.mark(text, "completed", NOW)
            assert store.one(text) == other.one(text)
            store.forget(text)
            other.forget(text)

        write()
        assert calls_in(store) == calls_in(other)
        assert store.hours(NOW.replace(year=1971))[1] == [] or store.count()


def test_calls_of_the_same_second_are_all_there(database_url: str) -> None:
    with opened(database_url) as store:
        store.write([row(f"{index}.1", caller=Party(CAROL), source=CAROL) for index in range(120)])
        assert len(set(uids(calls_in(store)))) == 120
