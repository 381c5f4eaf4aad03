"""Records of calls, logs that are opened for a test, and what is in them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, inspect, text

from custom_components.coocenter.call_log import CallFilter, LoggedCall, LogRecord, Office, Store
from custom_components.coocenter.call_log.record import Seen
from custom_components.coocenter.pbx import CallDetail, Direction, Disposition, Outcome, Party, QueueCallDetail

#: Half past ten on a Monday in London.
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
ALICE, BOB, CAROL = "01632960123", "01632960124", "01632960125"
EVERYTHING = CallFilter()


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def row(uid: str, begun: float = 0, **fields: Any) -> LogRecord:
    """Return the log of a call from ALICE to 801 of 70 s, answered after 10; times are seconds from NOW, in UTC."""
    call_uid, received = fields.pop("call_uid", ""), fields.pop("received", at(begun + 70))
    extensions = fields.pop("extensions", frozenset({"801"}))
    start = at(begun).replace(tzinfo=None)
    said = {
        "caller": Party(ALICE),
        "source": ALICE,
        "destination": "801",
        "started": start,
        "answered": start + timedelta(seconds=10),
        "ended": start + timedelta(seconds=70),
        "disposition": Disposition.ANSWERED,
        "duration": 70,
        "billable": 60,
        "direction": Direction.INBOUND,
        "recording": f"{uid}.wav",
    }
    body = CallDetail(uniqueid=uid, **(said | fields))
    return LogRecord(uid=uid, body=body, received=received, extensions=extensions, call_uid=call_uid)


def missed(uid: str, begun: float = 0, **fields: Any) -> LogRecord:
    vain = {"answered": None, "disposition": Disposition.NO_ANSWER, "billable": 0}
    return row(uid, begun, **(vain | fields))


def centre(uid: str, begun: float = 0, **fields: Any) -> LogRecord:
    """Return the call centre's log of a call of ALICE to queue 630 that agent 803 took."""
    start = at(begun).replace(tzinfo=None)
    said = {
        "caller": ALICE,
        "called": "803",
        "queue": "630",
        "agent": "803",
        "ended_in": "bridged",
        "started": start,
        "ended": start + timedelta(seconds=70),
        "duration": 70,
        "queue_time": 8,
        "talk_time": 55,
        "hold_time": 0,
        "wrap_up_time": 5,
        "score": 4,
        "ivr_name": "working time",
        "digits": "0",
        "did": "01632960200",
        "recording": f"{uid}.wav",
    }
    body = QueueCallDetail(uniqueid=uid, **(said | fields))
    return LogRecord(uid=uid, body=body, received=at(begun + 75), extensions=frozenset({"803"}))


def live(uid: str, begun: float = 0, **fields: Any) -> LogRecord:
    """Return what was seen of a call from ALICE to 801 that was answered after 10 s and lasted 70."""
    said = {
        "direction": Direction.INBOUND,
        "started": at(begun),
        "answered": at(begun + 10),
        "ended": at(begun + 70),
        "outcome": Outcome.ANSWERED,
        "caller": Party(ALICE),
        "callee": Party("801"),
    }
    extensions = fields.pop("extensions", frozenset({"801"}))
    return LogRecord(uid=uid, body=Seen(**(said | fields)), received=at(begun + 70), extensions=extensions)


@contextmanager
def opened(url: str, **office: Any) -> Iterator[Store]:
    """Open the log of a PBX in London, but for what is said."""
    store = Store(url, Office(**({"pbx": "pbx", "zone": UTC, "region": "GB"} | office)))
    store.open()
    try:
        yield store
    finally:
        store.close()


def caught_up(store: Store) -> None:
    """Make all calls anew that are to be."""
    after: int | None = 0
    while after is not None:
        after = store.catch_up(after)


def calls_in(store: Store, wanted: CallFilter = EVERYTHING) -> list[LoggedCall]:
    """Return the calls that are wanted, the oldest first, read page by page."""
    found: list[LoggedCall] = []
    cursor = None
    while True:
        page = store.page(wanted, 50, cursor)
        found[:0] = reversed(page.calls)
        if (cursor := page.next) is None:
            return found


def uids(calls: Iterable[LoggedCall]) -> list[str]:
    return [call.uid for call in calls]


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is in a database, table by table."""
    engine = create_engine(url)
    quote = engine.dialect.identifier_preparer.quote
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        found = {name: connection.execute(text(f"SELECT * FROM {quote(name)}")).all() for name in names}  # noqa: S608
    engine.dispose()
    return {name: sorted(map(tuple, rows), key=repr) for name, rows in found.items()}
