"""What the records of a call amount to: calls as they happen in offices, in whatever order their records come."""

from typing import Any

from log_store import ALICE, NOW, at, centre, live, missed, row
import pytest

from custom_components.coocenter.call_log import LogRecord, extensions_in
from custom_components.coocenter.call_log.entry import entry_of
from custom_components.coocenter.pbx import (
    CallDetail,
    Direction,
    Disposition,
    EndCause,
    MissCause,
    Outcome,
    Party,
    parse,
)
from custom_components.coocenter.pbx.model import NOBODY
from simulator.office import Dice

ZONE = NOW.tzinfo
UID = "1795429800.7"
DID = "01632960101"
#: The log of the channel of somebody in a queue: its number and nobody else's, answered by the menu.
QUEUED = {"destination": "630", "extensions": frozenset()}
VAIN = {"answered": None, "outcome": Outcome.MISSED, "cause": EndCause.CALLER_GAVE_UP}
LOST = {"agent": "804", "talk_time": 0, "recording": "", "miss_cause": MissCause.MEMBER_CANCEL, "score": 0}
INTERNAL = {"direction": Direction.INTERNAL, "caller": Party("801", "Alice"), "source": "801", "destination": "802"}
OUT = {"direction": Direction.OUTBOUND, "destination": "901632960124"}


def gen2() -> LogRecord:
    """Return a log as later firmware spells it."""
    event = parse(
        b'{"event": "cdr", "srcname": "Alice", "src": "801", "dst": "901632960124", "dstname": "Bob",'
        b' "start": "2026-11-23 10:30:00", "answer": "2026-11-23 10:30:10", "end": "2026-11-23 10:31:10",'
        b' "status": "ANSWER", "duration": "70", "billsec": "60", "calltype": "outgoing",'
        b' "record_filename": "asterisk/monitor/recording/1.wav", "uniqueid": "1795429800.7"}'
    )
    assert isinstance(event, CallDetail)
    return LogRecord(uid=UID, body=event, received=at(71), extensions=frozenset({"801"}))


def says(**fields: Any) -> dict[str, Any]:
    return fields


#: What the records are, and what the call is by them.
CALLS = {
    "direct, answered": (
        [row(UID, destination=DID)],
        {"outcome": Outcome.ANSWERED, "wait": 10, "talk": 60, "callee": Party(DID), "did": DID},
    ),
    "direct, answered and seen": (
        [row(UID, destination=DID, caller=Party(ALICE, "Alice")), live(UID, did=DID)],
        {"wait": 10, "talk": 60, "callee": Party("801"), "did": DID, "caller": Party(ALICE, "Alice")},
    ),
    "direct, missed": (
        [missed(UID, destination=DID)],
        {"outcome": Outcome.MISSED, "cause": None, "wait": 70, "talk": 0, "recordings": (), "did": DID},
    ),
    "direct, missed and seen": (
        [missed(UID), live(UID, **VAIN)],
        {"outcome": Outcome.MISSED, "cause": EndCause.CALLER_GAVE_UP, "callee": Party("801"), "recordings": ()},
    ),
    "the second phone answers": (
        [missed(UID, ended=at(20).replace(tzinfo=None), duration=20), row(UID, 20, destination="802", duration=50)],
        {"outcome": Outcome.ANSWERED, "wait": 30, "talk": 60, "callee": Party("802")},
    ),
    "queue, answered, without the call centre's log": (
        [row(UID, **QUEUED), missed(UID, 5, **QUEUED)],
        {"outcome": Outcome.ANSWERED, "callee": Party("630"), "queue": ""},
    ),
    "queue, answered": (
        [row(UID, **QUEUED), missed(UID, 5, **QUEUED), centre(UID)],
        says(
            outcome=Outcome.ANSWERED,
            queue="630",
            agent="803",
            callee=Party("803"),
            score=4,
            wait=20,
            talk=55,
            queue_wait=8,
            hold=0,
            wrap_up=5,
            menu="working time",
            did="01632960200",
            digits="0",
            extensions=frozenset({"803"}),
            recordings=(f"{UID}.wav",),
        ),
    ),
    "queue, answered and seen": (
        [
            row(UID, **QUEUED),
            centre(UID),
            live(UID, queue="630", agent="803", callee=Party("803", "Carol"), extensions=frozenset({"803", "804"})),
        ],
        {"callee": Party("803", "Carol"), "extensions": frozenset({"803", "804"}), "talk": 55, "agent": "803"},
    ),
    "queue, answered, only seen": (
        [live(UID, queue="630", agent="803", callee=Party("803"), queued=at(4), menu="day", digits="1", did=DID)],
        says(
            outcome=Outcome.ANSWERED,
            agent="803",
            queue_wait=6,
            logged=False,
            hold=None,
            menu="day",
            digits="1",
            did=DID,
            wait=10,
            talk=60,
        ),
    ),
    "queue, abandoned, without the call centre's log": (
        [missed(UID, **QUEUED), missed(UID, 5, **QUEUED)],
        {"outcome": Outcome.MISSED, "wait": 75, "callee": Party("630")},
    ),
    "queue, abandoned": (
        [missed(UID, **QUEUED), centre(UID, **LOST)],
        says(
            outcome=Outcome.MISSED,
            cause=EndCause.CALLER_GAVE_UP,
            callee=NOBODY,
            agent="",
            talk=0,
            queue="630",
            score=None,
            recordings=(),
        ),
    ),
    "queue, abandoned, with a good-bye of no length": (
        [
            row(UID, **QUEUED, billable=0),
            centre(UID, **LOST),
            live(UID, queue="630", callee=NOBODY, queued=at(4), **VAIN),
        ],
        {"outcome": Outcome.MISSED, "callee": NOBODY, "recordings": (), "queue_wait": 8},
    ),
    "queue, abandoned, only seen": (
        [live(UID, queue="630", callee=NOBODY, queued=at(4), **VAIN)],
        {"outcome": Outcome.MISSED, "callee": NOBODY, "queue_wait": 66, "agent": "", "wait": 70},
    ),
    "queue without agents": (
        [row(UID, **QUEUED, billable=4), centre(UID, **(LOST | {"agent": "", "miss_cause": MissCause.NO_AGENT_LOGIN}))],
        {"outcome": Outcome.MISSED, "cause": EndCause.NO_AGENTS, "talk": 0},
    ),
    "queue, voicemail": (
        [row(UID, **QUEUED), centre(UID, **(LOST | {"voicemail": True, "recording": "message.wav"}))],
        {"outcome": Outcome.VOICEMAIL, "recordings": (f"{UID}.wav", "message.wav"), "talk": 0, "callee": NOBODY},
    ),
    "phone, voicemail": (
        [missed(UID), row(UID, 70, billable=60), live(UID, **(VAIN | {"outcome": Outcome.VOICEMAIL}))],
        {"outcome": Outcome.VOICEMAIL, "wait": 140, "talk": 0, "recordings": (f"{UID}.wav",)},
    ),
    "transfer": (
        [
            row(UID, **INTERNAL, recording="first.wav"),
            row(UID, 70, **(INTERNAL | {"destination": "803"}), recording="second.wav"),
            live(UID, direction=Direction.INTERNAL, caller=Party("801"), callee=Party("803"), ended=at(140)),
        ],
        says(
            recordings=("first.wav", "second.wav"),
            callee=Party("803"),
            wait=10,
            talk=130,
            caller=Party("801", "Alice"),
            direction=Direction.INTERNAL,
        ),
    ),
    "menu only": (
        [row(UID, destination="s", extensions=frozenset()), centre(UID, **(LOST | {"queue": "", "miss_cause": None}))],
        {"outcome": Outcome.MISSED, "queue": "", "callee": NOBODY, "menu": "working time", "cause": None},
    ),
    "menu only, without the call centre's log": (
        [row(UID, destination="t", extensions=frozenset())],
        {"outcome": Outcome.MISSED, "callee": NOBODY, "direction": Direction.INBOUND},
    ),
    "menu only, without any row": (
        [centre(UID, **(LOST | {"queue": "", "ended_in": "ivr", "miss_cause": None}))],
        {"outcome": Outcome.MISSED, "direction": Direction.INBOUND, "caller": Party(ALICE)},
    ),
    "click to dial": (
        [row(UID, **INTERNAL), live(UID, direction=Direction.INTERNAL, caller=Party("801"), callee=Party("802"))],
        {"outcome": Outcome.ANSWERED, "direction": Direction.INTERNAL, "callee": Party("802"), "talk": 60},
    ),
    "click to dial, busy": (
        [
            missed(UID, **INTERNAL, disposition=Disposition.BUSY),
            row(UID, 1, **INTERNAL, billable=2),
            live(UID, direction=Direction.INTERNAL, answered=None, outcome=Outcome.BUSY, cause=EndCause.BUSY),
        ],
        {"outcome": Outcome.BUSY, "cause": EndCause.BUSY, "talk": 0, "recordings": ()},
    ),
    "internal, busy": (
        [missed(UID, **INTERNAL, disposition=Disposition.BUSY)],
        {"outcome": Outcome.BUSY, "cause": EndCause.BUSY, "callee": Party("802")},
    ),
    "internal, failed": (
        [missed(UID, **INTERNAL, disposition=Disposition.FAILED)],
        {"outcome": Outcome.FAILED, "cause": EndCause.UNREACHABLE},
    ),
    "internal, cancelled": ([missed(UID, **INTERNAL)], {"outcome": Outcome.CANCELLED, "cause": None}),
    "outbound": (
        [row(UID, **OUT), live(UID, direction=Direction.OUTBOUND, caller=Party("801"), callee=Party("901632960124"))],
        {"outcome": Outcome.ANSWERED, "caller": Party("801"), "callee": Party("901632960124"), "did": ""},
    ),
    "outbound, what was seen says internal": (
        [row(UID, **OUT), live(UID, direction=Direction.INTERNAL)],
        {"direction": Direction.OUTBOUND},
    ),
    "later firmware": (
        [gen2()],
        says(
            direction=Direction.OUTBOUND,
            caller=Party("801", "Alice"),
            callee=Party("901632960124", "Bob"),
            wait=10,
            talk=60,
            recordings=("asterisk/monitor/recording/1.wav",),
        ),
    ),
    "withheld": ([row(UID, caller=NOBODY, source="")], {"caller": NOBODY, "outcome": Outcome.ANSWERED}),
    "a queue's caller was withheld, its log knows better": (
        [row(UID, caller=NOBODY, source=""), centre(UID)],
        {"caller": Party(ALICE)},
    ),
    "two logs of the call centre": (
        [centre(UID, **LOST), centre(UID)],
        {"outcome": Outcome.ANSWERED, "agent": "803", "callee": Party("803")},
    ),
    "what was seen ended late": ([row(UID), live(UID, ended=at(500))], {"talk": 60, "ended": at(70)}),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_call_is_what_happened(name: str) -> None:
    records, expected = CALLS[name]
    call = entry_of(UID, records, ZONE)
    assert {field: getattr(call, field) for field in expected} == expected
    assert call.wait + call.talk <= call.duration


@pytest.mark.parametrize("name", CALLS)
def test_the_order_of_records_and_their_copies_make_no_difference(name: str) -> None:
    records, _ = CALLS[name]
    call = entry_of(UID, records, ZONE)
    for seed in range(20):
        many = records * 3
        Dice(seed).shuffle(many)
        assert entry_of(UID, many, ZONE) == call


KNOWN = frozenset({"801", "802", "803"})


@pytest.mark.parametrize(
    ("record", "extensions"),
    [
        (row(UID, destination="802", source="803", caller=Party("801")), {"801", "802", "803"}),
        (row(UID, destination="804", source=ALICE), set()),
        (centre(UID, agent="807"), {"803", "807"}),
        (centre(UID, agent="807", talk_time=0, called="807"), set()),
        (centre(UID, agent=ALICE, called="s"), set()),
        (live(UID, extensions=frozenset({"809"})), {"809"}),
    ],
)
def test_the_extensions_of_a_record_are_those_it_names(record: LogRecord, extensions: set[str]) -> None:
    assert extensions_in(record, KNOWN) == extensions
