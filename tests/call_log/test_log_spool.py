"""What waits beside the database comes back as it was, whatever becomes of the file, and never fills a disk."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from log_store import centre, live, missed, row
import pytest

from custom_components.coocenter.call_log import LogUnavailable, NotStored, Trouble
from custom_components.coocenter.call_log.spool import Spool
from custom_components.coocenter.pbx import Party

RECORDS = [
    row("1.1", call_uid="0.1"),
    missed("2.1", caller=Party("", "张伟 🐻\u2028\x85\ud800\0")),
    centre("3.1"),
    live("4.1", extensions=frozenset({"801", "802"})),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "spool"


def test_what_is_kept_comes_back(path: Path) -> None:
    spool = Spool(path)
    assert spool.read() == []
    spool.append(RECORDS[:1])
    spool.append(RECORDS[1:])
    assert Spool(path).read() == RECORDS
    spool.clear()
    spool.clear()
    assert spool.read() == []
    assert not path.exists()


def test_half_a_line_from_a_power_cut_costs_only_itself(path: Path) -> None:
    spool = Spool(path)
    spool.append(RECORDS)
    whole = path.read_bytes()
    for length in range(len(whole) - 2, len(whole) - 200, -1):
        path.write_bytes(whole[:length])
        assert spool.read() == RECORDS[:3]
        spool.append(RECORDS[3:])
        assert spool.read() == RECORDS


LINES = {
    "zeros": b"\0" * 4096,
    "no text": b"\xff\xfe",
    "nothing": b"{}",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "another kind": b'{"uid": "1", "kind": "x", "data": "{}"}',
    "no call": b'{"uid": "1", "kind": "cdr", "data": "{}"}',
    "empty lines": b"\n\n",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_is_no_record_is_passed_over(path: Path, line: bytes) -> None:
    spool = Spool(path)
    spool.append(RECORDS[:2])
    with path.open("ab") as file:
        file.write(line)
    spool.append(RECORDS[2:])
    assert spool.read() == RECORDS


def test_it_is_bounded(path: Path) -> None:
    spool = Spool(path, 2000)
    kept: list[str] = []
    for index in range(100):
        with suppress(NotStored):
            spool.append([replace(RECORDS[0], uid=f"{index}.1")])
            kept.append(f"{index}.1")
    assert 1 < len(kept) < 10
    assert path.stat().st_size <= 2000
    assert [record.uid for record in spool.read()] == kept


def test_a_disk_that_takes_nothing_is_said_to(path: Path) -> None:
    with pytest.raises(NotStored):
        Spool(Path("/dev/full")).append(RECORDS)
    path.mkdir(parents=True)
    spool = Spool(path)
    with pytest.raises(NotStored):
        spool.append(RECORDS)
    for act in (spool.read, spool.clear):
        with pytest.raises(LogUnavailable) as raised:
            act()
        assert raised.value.trouble is Trouble.UNAVAILABLE
