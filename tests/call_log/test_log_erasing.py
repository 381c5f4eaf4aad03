"""What is purged or forgotten is gone, and nothing else is."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from log_store import ALICE, BOB, CAROL, NOW, at, calls_in, centre, dump, live, missed, opened, row, uids
import pytest
from sqlalchemy import create_engine, text

from custom_components.coocenter.call_log import CallFilter, LogRecord
from custom_components.coocenter.pbx import Direction, Outcome, Party

#: The tables whose rows belong to calls.
OF_CALLS = ("calls", "records", "call_parties", "parties", "party_parts", "marks")
OUT = {"direction": Direction.OUTBOUND, "source": "01632960100", "caller": Party("801", "Eve"), "recording": ""}


def sizes(url: str) -> Counter[str]:
    return Counter({name.removeprefix("coocenter_"): len(rows) for name, rows in dump(url).items()})


def orphans(url: str) -> dict[str, set[object]]:
    """Return what belongs to nothing."""
    rows = {name.removeprefix("coocenter_"): found for name, found in dump(url).items()}
    calls = {row[0] for row in rows["calls"]}
    parties = {row[0] for row in rows["parties"]}
    engine = create_engine(url)
    column = engine.dialect.identifier_preparer.quote("call")
    with engine.connect() as connection:
        of_records = set(connection.execute(text(f"SELECT {column} FROM coocenter_records")).scalars())  # noqa: S608
    engine.dispose()
    linked = {row[0] for row in rows["call_parties"]}
    return {
        "records": of_records ^ calls,
        "links": {row[2] for row in rows["call_parties"]} ^ calls,
        "parties": parties ^ linked,
        "parts": {row[1] for row in rows["party_parts"]} - parties,
        "marks": {row[1] for row in rows["marks"]} - {row[2] for row in rows["calls"]},
    }


def many(count: int) -> list[LogRecord]:
    """Return calls of many callers, some of whom are known by name only later."""
    records = []
    for index in range(count):
        number = f"016329603{index % 70:02}"
        records.append(row(f"m{index}.1", 60 * index, caller=Party(number), source=number))
        records.append(live(f"m{index}.1", 60 * index, caller=Party(number, f"Caller {index}" * (index % 3 == 0))))
    return records


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_purging_leaves_nothing_behind(database_url: str) -> None:
    with opened(database_url) as store:
        records = many(450)
        # What is known of a caller later comes later.
        for part in (records[::2], records[1::2]):
            store.write(part)
        for call in calls_in(store)[::50]:
            store.mark(call.uid, "completed", NOW + timedelta(days=1))
        store.freshen_hours(None)
        hours = sizes(database_url)["hours"]

        # In steps: who pushes meanwhile does not wait for all of them.
        gone = [store.purge(at(60 * 400)) for _ in range(4)]
        assert gone == [200, 200, 0, 0]
        assert uids(calls_in(store)) == [f"m{index}.1" for index in range(400, 450)]
        assert not any(orphans(database_url).values())
        assert list(store.marks()) == ["m400.1"]
        assert len(calls_in(store, CallFilter(text="016329603"))) == 50

        # The parties of purged calls are made again where they call again.
        store.write([row("new.1", 99_999, caller=Party("01632960340"))])
        assert uids(calls_in(store, CallFilter(number="01632960340"))) == ["new.1"]
        while store.purge(NOW + timedelta(days=9)):
            pass
        left = sizes(database_url)
        assert [left[name] for name in OF_CALLS] == [0] * len(OF_CALLS)
        assert left["hours"] == hours


def test_nothing_of_purged_calls_is_left_in_the_file(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'calls.db'}") as store:
        store.write(many(450))
        store.checkpoint()
        assert b"016329603" in raw(tmp_path)
        while store.purge(NOW + timedelta(days=9)):
            pass
        store.checkpoint()
        assert b"016329603" not in raw(tmp_path)


def test_purging_an_empty_log_is_nothing(database_url: str) -> None:
    with opened(database_url) as store:
        assert store.purge(NOW) == 0
        store.optimise()


def test_marks_are_taken_back(database_url: str) -> None:
    with opened(database_url) as store:
        store.write([row("1.1"), row("2.1", 5)])
        store.mark("1.1", "completed", NOW)
        store.mark("2.1", "completed", NOW)
        store.mark("2.1", "deleted", at(5.0))
        assert store.marks() == {"1.1": ("completed", NOW), "2.1": ("deleted", at(5))}
        store.mark("1.1", None, NOW)
        store.mark("9.1", None, NOW)
        assert list(store.marks()) == ["2.1"]


#: All the ways in which a log may name ALICE, and a name that is hers.
OF_ALICE = [
    row("1.1", caller=Party(ALICE, "Alice Liddell"), recording=f"2026/{ALICE}-801.wav"),
    row("1.1", 70, caller=Party("801"), source="801", destination="803", recording=f"2026/{ALICE}-803.wav"),
    live("1.1", caller=Party(ALICE, "Alice Liddell"), did="01632960200"),
    row("2.1", 100, **OUT, destination=f"9{ALICE}", destination_name="Alice Liddell"),
    live("2.1", 100, direction=Direction.OUTBOUND, caller=Party("801"), callee=Party(f"9{ALICE}", "Alice Liddell")),
    missed("3.1", 200, caller=Party(f"+44{ALICE[1:]}"), source=f"0044{ALICE[1:]}", destination="630"),
    centre("3.1", 200, forward_number=ALICE, called=ALICE, digits=ALICE, talk_time=0, recording=f"{ALICE}.wav"),
    centre("4.1", 300, caller=ALICE, recording=f"a-{ALICE}.wav"),
    # She took part in none of these, and yet they tell of her.
    centre("8.1", 800, caller=BOB, called="801", forward_number=f"9{ALICE}"),
    row("9.1", 900, caller=Party(BOB), source=BOB, recording=f"{BOB}-{ALICE}.wav"),
]
OF_OTHERS = [
    row("5.1", 400, caller=Party(BOB, "Bob"), source=BOB),
    live("6.1", 500, caller=Party(CAROL, "Carol Alison")),
    row("7.1", 600, **OUT, destination=CAROL),
]


@pytest.mark.parametrize("number", [ALICE, "+44 1632 960123", f"9{ALICE}"])
def test_a_forgotten_number_is_nowhere(database_url: str, number: str, tmp_path: Path) -> None:
    with opened(database_url) as store:
        store.write(OF_ALICE + OF_OTHERS)
        # So many that pages of the file are used, freed and used again.
        store.write(many(120))
        store.freshen_hours(None)
        store.optimise()
        before = calls_in(store)
        assert "Liddell" in repr(dump(database_url))

        changed = store.forget(number)
        assert sorted(uids(changed)) == ["1.1", "2.1", "3.1", "4.1", "8.1", "9.1"]
        assert [store.one(call.uid) for call in changed] == changed
        everything = repr(dump(database_url))
        for trace in ("960123", "Alice", "Liddell", "liddell"):
            assert trace not in everything
        if database_url.startswith("sqlite"):
            assert b"960123" not in raw(tmp_path)
            assert b"iddell" not in raw(tmp_path)

        # That they took place, and how, stays, and so do the others.
        after = calls_in(store)
        facts = [(c.uid, c.direction, c.outcome, c.started, c.wait, c.talk, c.queue, c.agent) for c in before]
        assert [(c.uid, c.direction, c.outcome, c.started, c.wait, c.talk, c.queue, c.agent) for c in after] == facts
        untouched = [call for call in before if call.uid not in uids(changed)]
        assert [call for call in after if call.uid not in uids(changed)] == untouched
        assert [call.recordings for call in changed] == [()] * 6
        assert calls_in(store, CallFilter(number=ALICE)) == calls_in(store, CallFilter(text="liddell")) == []

        # What is sent again does not bring it back.
        assert store.write(OF_ALICE[:1]) == []
        assert store.forget(number) == []


def test_an_extension_is_a_part_of_the_office(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(OF_OTHERS)
        before = dump(database_url)
        for number in ("801", "+", " ", "", "nobody"):
            assert store.forget(number) == []
        assert {**dump(database_url)} == before
        # A short number outside is none.
        store.write([row("10.1", 700, caller=Party("10086"), source="10086")])
        assert [call.caller for call in store.forget("10086")] == [Party()]


def test_a_forgotten_caller_was_missed_all_the_same(database_url: str) -> None:
    vain = {"outcome": Outcome.MISSED, "answered": None}
    with opened(database_url) as store:
        store.write([live("1.1", **vain), live("2.1", 10, **vain, caller=Party(BOB))])
        store.forget(ALICE)
        assert [(call.uid, call.outside, call.missed) for call in store.call_backs(NOW)] == [
            ("1.1", Party(), True),
            ("2.1", Party(BOB), True),
        ]
        assert [contact[0] for contact in store.contacts(9)] == [BOB]
