"""The durable log of calls: every call that the PBX logged, once, searchable; knowing nothing of Home Assistant."""

from .database import sqlite_url, try_database
from .entry import extensions_in
from .gaps import SHORTEST, Gap, GapReason, merged, overlapping, time_in
from .log import CallLog
from .model import (
    BadCursor,
    CallFilter,
    Figures,
    HourFigures,
    LoggedCall,
    LogUnavailable,
    NotStored,
    Page,
    Trouble,
)
from .parties import words
from .record import LogRecord, seen
from .store import Office, Store

__all__ = [
    "SHORTEST",
    "BadCursor",
    "CallFilter",
    "CallLog",
    "Figures",
    "Gap",
    "GapReason",
    "HourFigures",
    "LogRecord",
    "LogUnavailable",
    "LoggedCall",
    "NotStored",
    "Office",
    "Page",
    "Store",
    "Trouble",
    "extensions_in",
    "merged",
    "overlapping",
    "seen",
    "sqlite_url",
    "time_in",
    "try_database",
    "words",
]
