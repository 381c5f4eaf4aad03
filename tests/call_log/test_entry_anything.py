"""Whatever records there are of a call, it is one, the same in whatever order they came and however often."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings, strategies as st
from log_store import ALICE, NOW, at, live

from custom_components.coocenter.call_log import LoggedCall, LogRecord
from custom_components.coocenter.call_log.entry import entry_of
from custom_components.coocenter.pbx import (
    CallDetail,
    Direction,
    Disposition,
    MissCause,
    Outcome,
    Party,
    QueueCallDetail,
)

ZONE = NOW.tzinfo
UID = "1795429800.7"
SECONDS = st.integers(-400, 400)
MOMENTS = st.none() | SECONDS.map(lambda seconds: at(seconds).replace(tzinfo=None))
NUMBERS = st.sampled_from(["", ALICE, "801", "802", "630", "s", "901632960124"])
PARTIES = st.builds(Party, NUMBERS, st.sampled_from(["", "Alice"]))
LENGTHS = st.none() | st.integers(-5, 200) | st.just(2**53)
ROWS = st.builds(
    CallDetail,
    uniqueid=st.just(UID),
    caller=PARTIES,
    source=NUMBERS,
    destination=NUMBERS,
    **dict.fromkeys(("started", "answered", "ended"), MOMENTS),
    **dict.fromkeys(("duration", "billable"), LENGTHS),
    disposition=st.none() | st.sampled_from(Disposition),
    direction=st.sampled_from(Direction),
    recording=st.sampled_from(["", "1.wav", "2.wav"]),
)
LOGS = st.builds(
    QueueCallDetail,
    uniqueid=st.just(UID),
    caller=NUMBERS,
    queue=st.sampled_from(["", "630"]),
    agent=st.sampled_from(["", "803"]),
    **dict.fromkeys(("started", "ended"), MOMENTS),
    **dict.fromkeys(("duration", "talk_time", "queue_time", "score"), LENGTHS),
    voicemail=st.booleans(),
    miss_cause=st.none() | st.sampled_from(MissCause),
)
SEEN = st.builds(
    lambda begun, parts, outcome: live(UID, begun, outcome=outcome, **parts).body,
    SECONDS,
    st.fixed_dictionaries({"answered": st.none() | SECONDS.map(at), "callee": PARTIES, "caller": PARTIES}),
    st.sampled_from(Outcome),
)
RECORDS = st.builds(
    lambda body, received: LogRecord(uid=UID, body=body, received=at(received)), ROWS | LOGS | SEEN, SECONDS
)


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(RECORDS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_whatever_a_pbx_logs_is_one_call_in_any_order(records: list[LogRecord], dice: Random) -> None:
    call: LoggedCall = entry_of(UID, records, ZONE)
    many = [*records, *dice.choices(records, k=4)]
    dice.shuffle(many)
    assert entry_of(UID, many, ZONE) == call
    assert timedelta(0) <= call.ended - call.started
    assert call.wait >= 0 <= call.talk <= call.duration
    assert (call.talk == 0 and call.agent == "") or call.outcome is Outcome.ANSWERED
    assert call.outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL) or call.recordings == ()
