"""The call log of a configured PBX: open whether or not the PBX can be reached, purged, its troubles told.

A log record is pushed once and acknowledged when it is durable; nothing in the PBX's API would tell it again.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from .call_log import (
    CallLog,
    LoggedCall,
    LogRecord,
    LogUnavailable,
    NotStored,
    Office,
    Trouble,
    extensions_in,
    seen,
    sqlite_url,
)
from .const import (
    CONF_DATABASE_URL,
    CONF_RETENTION,
    CONF_SERVICE_LEVEL,
    DEFAULT_RETENTION,
    DEFAULT_SERVICE_LEVEL,
    DOMAIN,
    ISSUE_CALL_LOG,
    LOGGER,
)
from .gaps import Gaps
from .pbx import LAST_STEPS, Bounded, Call, CallDetail, CallFact, PbxKey, PbxState, QueueCallDetail

#: Nobody telephones then; an hour that no clock change takes away.
_PURGE_AT = (4, 17)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a log is, and what it must know to be read: when any of it changes, it is opened anew."""

    url: str
    office: Office


class Journal:
    """The call log of one PBX."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, state: PbxState) -> None:
        self._hass = hass
        self._entry = entry
        self._state = state
        #: When pushes may not have been received.
        self.gaps = Gaps(hass, entry, _gaps_path(hass, entry))
        self._log: CallLog | None = None
        #: What was kept last of the calls that ended lately, by their ids: their logs follow within minutes.
        self._kept: Bounded[str, Call] = Bounded(1_000)
        self._place: _Place | None = None
        self._forget_close: CALLBACK_TYPE | None = None

    @property
    def log(self) -> CallLog:
        """Return the log; raises LogUnavailable while it is being moved."""
        if self._log is None:
            raise LogUnavailable(Trouble.UNAVAILABLE)
        return self._log

    @property
    def keeps_since(self) -> datetime | None:
        """Return since when calls are kept (UTC), None for ever."""
        days = self._entry.options.get(CONF_RETENTION, DEFAULT_RETENTION)
        return dt_util.utcnow() - timedelta(days=days) if days else None

    async def async_open(self, zone: tzinfo) -> None:
        """Open the log where and as the options say; what is open so already stays."""
        options = self._entry.options
        place = _Place(
            options.get(CONF_DATABASE_URL) or sqlite_url(database_path(self._hass, self._entry)),
            Office(
                pbx=self._entry.entry_id,
                zone=zone,
                region=self._hass.config.country or "",
                in_time=options.get(CONF_SERVICE_LEVEL, DEFAULT_SERVICE_LEVEL),
            ),
        )
        if place != self._place:
            await self._async_open(place)
        await self.gaps.async_begin()

    async def _async_open(self, place: _Place) -> None:
        await self._async_close_log()
        # It was about the log that was open before; this one says itself what it lacks.
        ir.async_delete_issue(self._hass, DOMAIN, _issue_id(self._entry))
        self._place = place
        await self._hass.async_add_executor_job(_make_folder, self._hass)
        self._log = CallLog(
            place.url,
            place.office,
            _spool_path(self._hass, self._entry),
            on_calls=self._tell,
            on_trouble=self._tell_trouble,
        )
        await self._log.open()
        self._forget_close = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, self._async_close_at_end)

    async def async_close(self) -> None:
        """Close the log; what waits is written."""
        self.gaps.async_end()
        await self._async_close_log()

    async def _async_close_log(self) -> None:
        if self._forget_close:
            self._forget_close()
        log, self._log, self._place, self._forget_close = self._log, None, None, None
        if log:
            await log.close()

    @callback
    def async_start(self, entry: ConfigEntry) -> None:
        """Purge every night until the entry is unloaded."""
        hour, minute = _PURGE_AT
        entry.async_on_unload(
            async_track_time_change(self._hass, self._async_purge, hour=hour, minute=minute, second=0)
        )

    async def async_add(self, event: CallDetail | QueueCallDetail, now: datetime) -> None:
        """Return when a pushed log is durable; raises NotStored where it has to be sent again."""
        calls = self._state.calls
        call = calls.find(event.uniqueid) or calls.past(event.uniqueid)
        record = LogRecord(
            uid=event.uniqueid or f"?{now.timestamp()}",
            body=event,
            received=now,
            call_uid=calls.whole(event.uniqueid),
        )
        record = replace(record, extensions=extensions_in(record, self._extensions()))
        if self._log is None:
            raise NotStored
        await self._log.add(record)
        # What the log taught about a call that was over before.
        if call:
            self._keep(call, now)

    def _extensions(self) -> Collection[str]:
        """Return the extensions; until the PBX has told them, those that have a device."""
        if self._state.extensions:
            return self._state.extensions
        prefix = f"{self._entry.entry_id}_"
        devices = dr.async_entries_for_config_entry(dr.async_get(self._hass), self._entry.entry_id)
        return {name.removeprefix(prefix) for device in devices for _, name in device.identifiers}

    @callback
    def note(self, fact: CallFact) -> None:
        """Keep what was seen of a call that ended: of some the PBX logs nothing, and of others less."""
        if fact.about is PbxKey.CALLS and fact.step in LAST_STEPS:
            self._keep(fact.call, fact.at)

    def _keep(self, call: Call, now: datetime) -> None:
        """Keep what was seen of a call, unless that was kept already."""
        if (
            self._log
            and self._kept.get(call.id) != call
            and (told := seen(call, self._state.calls.log_id(call.id), now))
        ):
            self._kept[call.id] = call
            self._log.note(told)

    @callback
    def _tell(self, calls: Sequence[LoggedCall]) -> None:
        async_dispatcher_send(self._hass, logged_signal(self._entry), calls)

    @callback
    def _tell_trouble(self, trouble: Trouble | None) -> None:
        """Say once that the log cannot be written, and why, and once that it can."""
        if trouble is None:
            LOGGER.info("The call log of %s works again", self._entry.title)
            ir.async_delete_issue(self._hass, DOMAIN, _issue_id(self._entry))
            return
        LOGGER.warning("The call log of %s cannot be written: %s", self._entry.title, trouble)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(self._entry),
            # A damaged file can be put aside; the rest somebody mends outside Home Assistant.
            is_fixable=trouble is Trouble.CORRUPT and not self._entry.options.get(CONF_DATABASE_URL),
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"{ISSUE_CALL_LOG}_{trouble}",
            translation_placeholders={"title": self._entry.title},
            data={"entry_id": self._entry.entry_id},
        )

    async def _async_purge(self, _now: datetime) -> None:
        if not (since := self.keeps_since):
            return
        self.gaps.purge(since)
        try:
            await self.log.purge(since)
        except LogUnavailable as err:
            # The repair issue says so; tomorrow is another night.
            LOGGER.debug("The call log of %s was not purged: %s", self._entry.title, err)

    async def _async_close_at_end(self, _event: Event) -> None:
        self._forget_close = None
        await self.async_close()

    async def async_hold(self) -> None:
        """Let the files rest until `async_release`."""
        if self._log:
            await self._log.hold()

    async def async_release(self) -> None:
        """Write again."""
        if self._log:
            await self._log.release()

    async def async_put_aside(self) -> bool:
        """Begin a new log beside a damaged one, which stays in the folder; tell whether it was damaged.

        Raises OSError where it cannot be moved; then it is what it was.
        """
        log, place = self._log, self._place
        if log is None or place is None or log.trouble is not Trouble.CORRUPT:
            return False
        await self._async_close_log()
        try:
            await self._hass.async_add_executor_job(_rename, database_path(self._hass, self._entry))
        finally:
            await self.async_open(place.office.zone)
        return True


def logged_signal(entry: ConfigEntry) -> SignalType[Sequence[LoggedCall]]:
    """Return the signal of the calls that are new or changed in the log of a PBX."""
    return SignalType(f"{DOMAIN}_logged_{entry.entry_id}")


def _issue_id(entry: ConfigEntry) -> str:
    return f"{ISSUE_CALL_LOG}_{entry.entry_id}"


def database_path(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    """Return the file of a PBX's log, where no other database is chosen."""
    return _folder(hass) / f"{entry.entry_id}.db"


async def async_delete_journal(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the files of a removed PBX's log, and its issue; another database is its owner's."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))
    path = database_path(hass, entry)
    files = [path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))]
    files += [_spool_path(hass, entry), _gaps_path(hass, entry)]

    def delete() -> None:
        for file in files:
            file.unlink(missing_ok=True)

    await hass.async_add_executor_job(delete)


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(STORAGE_DIR, DOMAIN))


def _spool_path(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    return _folder(hass) / f"{entry.entry_id}.spool"


def _gaps_path(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    return _folder(hass) / f"{entry.entry_id}.gaps"


def _make_folder(hass: HomeAssistant) -> None:
    # Where it cannot be made the log cannot be opened, and says so.
    with suppress(OSError):
        _folder(hass).mkdir(parents=True, exist_ok=True)


def _rename(path: Path) -> None:
    """Move a database and what belongs to it out of the way."""
    moment = dt_util.utcnow().strftime("%Y%m%d-%H%M%S")
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    # Last the database: what belongs to it must not be found beside a new one.
    for end in ("-wal", ""):
        file = path.with_name(f"{path.name}{end}")
        if file.exists():
            file.rename(path.with_name(f"{path.stem}-damaged-{moment}.db{end}"))
