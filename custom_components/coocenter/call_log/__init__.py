"""The durable log of calls: every call that the PBX logged, once, searchable; knowing nothing of Home Assistant."""

from .database import sqlite_url, try_database
from .entry import extensions_in
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
    "BadCursor",
    "CallFilter",
    "CallLog",
    "Figures",
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
    "seen",
    "sqlite_url",
    "try_database",
    "words",
]
