"""The tables of the call log.

What arrived is kept as it was (`records`); all else follows from it and can be made anew. Ids are made by us, the
PBX's in the upper bits, so that rows are inserted by the thousand and nobody is asked for their ids. Moments are
seconds since 1970 (UTC).
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, SmallInteger, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

VERSION = 1

#: The bits of an id that count; what is above is the PBX's. A browser's numbers hold both.
ID_BITS = 40
#: How much of a text can be searched for at once.
PART_LENGTH = 24


def _exact(length: int) -> TypeEngine[str]:
    """Return a text that is compared byte by byte, so that a range of an index is all that begins alike."""
    return (
        String(length)
        .with_variant(String(length, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")
    )


#: In SQLite the number of a row itself, so that no index stands between the two.
_ID = BigInteger().with_variant(Integer(), "sqlite")
_LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(charset="utf8mb4"), "mysql", "mariadb")

metadata = MetaData()

#: What the database itself is: its version.
facts = Table(
    "coocenter_facts",
    metadata,
    Column("name", _exact(32), primary_key=True),
    Column("value", _exact(255), nullable=False),
)

pbxs = Table(
    "coocenter_pbxs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", _exact(64), nullable=False),
    # What moments and keys were made with: when one changes, they are made anew.
    Column("zone", _exact(64), nullable=False),
    Column("region", _exact(2), nullable=False),
    UniqueConstraint("name", name="coocenter_pbx"),
)

parties = Table(
    "coocenter_parties",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("pbx", Integer, nullable=False),
    Column("number", _exact(64), nullable=False),
    Column("name", _exact(255), nullable=False),
    Column("number_key", _exact(64), nullable=False),
    # What is searched while calls are looked through one by one, because most of them will fit.
    Column("search", _exact(320), nullable=False),
    UniqueConstraint("pbx", "number", "name", name="coocenter_party"),
    Index("coocenter_party_key", "pbx", "number_key"),
)

#: Every end of every party's number and name: any part of them is the beginning of one.
party_parts = Table(
    "coocenter_party_parts",
    metadata,
    Column("part", _exact(PART_LENGTH), primary_key=True),
    Column("party", BigInteger, primary_key=True, autoincrement=False),
    Index("coocenter_parts_of_party", "party"),
    sqlite_with_rowid=False,
)

calls = Table(
    "coocenter_calls",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("pbx", Integer, nullable=False),
    Column("uid", _exact(255), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("direction", _exact(8), nullable=False),
    Column("outcome", _exact(9), nullable=False),
    Column("cause", _exact(20)),
    Column("caller", BigInteger, nullable=False),
    Column("callee", BigInteger, nullable=False),
    # The party outside the office.
    Column("contact", BigInteger),
    Column("did", _exact(64), nullable=False),
    Column("queue", _exact(64), nullable=False),
    Column("agent", _exact(64), nullable=False),
    Column("menu", _exact(255), nullable=False),
    Column("digits", _exact(64), nullable=False),
    Column("wait", Integer, nullable=False),
    Column("talk", Integer, nullable=False),
    Column("queue_wait", Integer),
    Column("hold", Integer),
    Column("wrap_up", Integer),
    Column("score", Integer),
    Column("extensions", _LONG_TEXT, nullable=False),
    Column("recordings", _LONG_TEXT, nullable=False),
    Column("recorded", SmallInteger, nullable=False),
    Column("logged", SmallInteger, nullable=False),
    UniqueConstraint("pbx", "uid", name="coocenter_call"),
    # Each way to choose calls, the newest first; what else is asked for at the same time is seen without the call.
    Index("coocenter_calls_by_time", "pbx", "started", "id"),
    Index("coocenter_calls_by_outcome", "pbx", "outcome", "started", "id", "direction", "recorded"),
    Index("coocenter_calls_by_direction", "pbx", "direction", "started", "id", "outcome", "recorded"),
    Index("coocenter_calls_by_queue", "pbx", "queue", "started", "id", "direction", "outcome", "recorded", "agent"),
    Index("coocenter_calls_by_agent", "pbx", "agent", "started", "id", "direction", "outcome", "recorded"),
    Index("coocenter_calls_by_recording", "pbx", "recorded", "started", "id", "direction", "outcome"),
)

#: Who took part in which call: its parties and its extensions.
call_parties = Table(
    "coocenter_call_parties",
    metadata,
    Column("party", BigInteger, primary_key=True, autoincrement=False),
    Column("started", BigInteger, primary_key=True, autoincrement=False),
    Column("call", BigInteger, primary_key=True, autoincrement=False),
    Index("coocenter_parties_of_call", "call"),
    sqlite_with_rowid=False,
)

records = Table(
    "coocenter_records",
    metadata,
    Column("pbx", Integer, primary_key=True, autoincrement=False),
    # The same for a record and its resent copies.
    Column("digest", _exact(280), primary_key=True),
    Column("call", BigInteger, nullable=False),
    Column("kind", _exact(6), nullable=False),
    Column("data", _LONG_TEXT, nullable=False),
    Index("coocenter_records_of_call", "call"),
    sqlite_with_rowid=False,
)

#: The figures of each hour; they outlive the calls, which the retention takes away.
hours = Table(
    "coocenter_hours",
    metadata,
    Column("pbx", Integer, primary_key=True, autoincrement=False),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("queue", _exact(64), primary_key=True),
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("calls", "inbound", "answered", "missed", "wait", "talk", "talked", "in_time", "scores", "score")
    ),
)

#: The hours whose figures are not those of their calls any more.
stale_hours = Table(
    "coocenter_stale_hours",
    metadata,
    Column("pbx", Integer, primary_key=True, autoincrement=False),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
)

#: What a person did with an item of the list of missed calls, by the call that it began with.
marks = Table(
    "coocenter_marks",
    metadata,
    Column("pbx", Integer, primary_key=True, autoincrement=False),
    Column("uid", _exact(255), primary_key=True),
    Column("state", _exact(9), nullable=False),
    Column("at", BigInteger, nullable=False),
)
