"""Long-term statistics: the figures of every hour in the recorder, and those of the past anew when the log's change.

Only for where the recorder is: what it requires is installed with it.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    get_last_statistics,
    get_metadata,
    statistic_during_period,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.helpers.recorder import get_instance
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.unit_conversion import DurationConverter

from .call_log import Figures, HourFigures, LogUnavailable
from .const import DOMAIN, LOGGER
from .journal import Journal

_STORE_VERSION = 1
_HOUR = timedelta(hours=1)
_BEGINNING = dt_util.utc_from_timestamp(0)
#: So many hours are handed over at once: the event loop looks at each, and the recorder is busy meanwhile.
_CHUNK = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statistic:
    """A figure that each hour has."""

    key: str
    value: Callable[[Figures], float | None]
    unit: str | None = None
    is_average: bool = False
    """Of which some hours have none; the others are counted on and on."""


STATISTICS = (
    _Statistic(key="calls", value=lambda figures: figures.calls),
    _Statistic(key="answered", value=lambda figures: figures.answered),
    _Statistic(key="missed", value=lambda figures: figures.missed),
    _Statistic(key="talk_time", value=lambda figures: figures.talk, unit=UnitOfTime.SECONDS),
    _Statistic(
        key="average_wait", value=lambda figures: figures.average_wait, unit=UnitOfTime.SECONDS, is_average=True
    ),
    _Statistic(
        key="average_talk_time", value=lambda figures: figures.average_talk, unit=UnitOfTime.SECONDS, is_average=True
    ),
)
_CALLS = STATISTICS[0]
_COUNTS = tuple(statistic for statistic in STATISTICS if not statistic.is_average)


@dataclass(frozen=True, slots=True)
class _Hours:
    """What the recorder is to be told."""

    first: datetime
    figures: Mapping[str, Mapping[datetime, Figures]]
    """By queue, the PBX's as "", then by hour."""
    sums: Mapping[str, float | None]
    """What the recorder counted until the first hour, by statistic."""


class HourlyStatistics:
    """Keep the recorder's statistics of a PBX as its log has them."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, journal: Journal) -> None:
        self._hass = hass
        self._entry = entry
        self._journal = journal
        self._store = _store(hass, entry)
        self._work: asyncio.Task[None] | None = None

    @callback
    def async_start(self) -> None:
        """Tell the recorder now and after each full hour, until the entry is unloaded."""
        self._entry.async_on_unload(async_at_started(self._hass, self._begin))
        self._entry.async_on_unload(async_track_utc_time_change(self._hass, self._begin, minute=1, second=0))

    @callback
    def _begin(self, _why: object) -> None:
        if self._work is None or self._work.done():
            self._work = self._entry.async_create_background_task(
                self._hass, self._async_tell(), f"{self._entry.title} - statistics"
            )

    async def _async_tell(self) -> None:
        # What was handed over before a reload is to be seen.
        await self._async_recorded()
        last = await get_instance(self._hass).async_add_executor_job(self._last_hour)
        try:
            # A reload is to wait until it is known, and remembered, what changed.
            late = await asyncio.shield(
                self._entry.async_create_task(self._hass, self._async_late_hours(last), f"{self._entry.title} - hours")
            )
            hours = await self._async_hours(min([*late, last + _HOUR])) if last else None
            # Where the recorder is new, or a statistic was deleted, all are told.
            hours = hours or await self._async_all_hours(late)
        except LogUnavailable as err:
            # The repair issue says so; the next hour tells these, too.
            LOGGER.debug("The statistics of %s are not up to date: %s", self._entry.title, err)
            return
        await self._async_hand_over(hours, late)
        if late:
            await self._store.async_remove()

    async def _async_late_hours(self, last: datetime | None) -> Collection[datetime]:
        """Return the hours that the recorder has but with other figures, remembered until it was told."""
        stored = await self._store.async_load() or []
        changed = await self._journal.log.freshen_hours(self._journal.keeps_since)
        late = {dt_util.utc_from_timestamp(hour) for hour in stored}
        late.update(hour for hour in changed if last and hour <= last)
        if late:
            await self._store.async_save([hour.timestamp() for hour in late])
        return late

    async def _async_hours(self, first: datetime) -> _Hours | None:
        """Return the hours from the first on; None where the recorder has not all statistics of those before."""
        before, hours = await self._journal.log.hours(first)
        figures = await self._hass.async_add_executor_job(_by_queue, before, hours)
        sums = await self._async_sums(figures, first)
        if any(sums[self._id(queue, one)] is None for queue in before if before[queue].calls for one in _COUNTS):
            return None
        return _Hours(first, figures, sums)

    async def _async_all_hours(self, late: Collection[datetime]) -> _Hours:
        """Return the hours from the log's first on, or from the first that has no calls any more."""
        before, hours = await self._journal.log.hours(_BEGINNING)
        figures = await self._hass.async_add_executor_job(_by_queue, before, hours)
        first = min([*late, *figures[""]], default=_this_hour())
        return _Hours(first, figures, await self._async_sums(figures, first))

    async def _async_sums(self, queues: Collection[str], end: datetime) -> Mapping[str, float | None]:
        """Return what the recorder counted until a full hour, by statistic."""
        ids = [self._id(queue, statistic) for queue in queues for statistic in _COUNTS]
        return await get_instance(self._hass).async_add_executor_job(_sums, self._hass, ids, end)

    async def _async_hand_over(self, hours: _Hours, late: Collection[datetime]) -> None:
        count = (_this_hour() - hours.first) // _HOUR
        span = [hours.first + number * _HOUR for number in range(count)]
        for queue, figures in hours.figures.items():
            for statistic in STATISTICS:
                metadata = self._metadata(queue, statistic)
                if statistic.is_average:
                    rows = await self._hass.async_add_executor_job(_averages, statistic, figures, span, late)
                else:
                    before = hours.sums[metadata["statistic_id"]] or 0
                    rows = await self._hass.async_add_executor_job(_counts, statistic, figures, span, before)
                for chunk in batched(rows, _CHUNK, strict=False):
                    async_add_external_statistics(self._hass, metadata, chunk)
                    # Nobody's state is to wait until a year of hours is written.
                    await self._async_recorded()

    async def _async_recorded(self) -> None:
        """Return when the recorder has written what it was told so far; its own method overlooks what it is at."""
        done = self._hass.loop.create_future()
        get_instance(self._hass).queue_task(SynchronizeTask(done))
        await done

    def _last_hour(self) -> datetime | None:
        """Return the last hour that the recorder was told of; blocks."""
        statistic_id = self._id("", _CALLS)
        rows = get_last_statistics(self._hass, 1, statistic_id, convert_units=False, types={"sum"})
        return dt_util.utc_from_timestamp(rows[statistic_id][0]["start"]) if rows else None

    def _id(self, queue: str, statistic: _Statistic) -> str:
        return f"{_prefix(self._entry)}{f'queue_{slugify(queue)}_' if queue else ''}{statistic.key}"

    def _metadata(self, queue: str, statistic: _Statistic) -> StatisticMetaData:
        words = async_get_cached_translations(self._hass, self._hass.config.language, "common", DOMAIN)
        name = self._entry.title
        if queue:
            name = words[f"component.{DOMAIN}.common.statistics_queue"].format(pbx=name, queue=queue)
        return StatisticMetaData(
            mean_type=StatisticMeanType.ARITHMETIC if statistic.is_average else StatisticMeanType.NONE,
            has_sum=not statistic.is_average,
            name=words[f"component.{DOMAIN}.common.statistics_{statistic.key}"].format(of=name),
            source=DOMAIN,
            statistic_id=self._id(queue, statistic),
            unit_class=DurationConverter.UNIT_CLASS if statistic.unit else None,
            unit_of_measurement=statistic.unit,
        )


async def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the statistics of a removed PBX."""
    recorder = get_instance(hass)
    known = await recorder.async_add_executor_job(lambda: get_metadata(hass, statistic_source=DOMAIN))
    recorder.async_clear_statistics([one for one in known if one.startswith(_prefix(entry))])
    await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> Store[list[float]]:
    return Store(hass, _STORE_VERSION, f"{DOMAIN}.{entry.entry_id}.statistics")


def _prefix(entry: ConfigEntry) -> str:
    return f"{DOMAIN}:{slugify(entry.entry_id)}_"


def _this_hour() -> datetime:
    """Return the hour that is not over."""
    return dt_util.utcnow().replace(minute=0, second=0, microsecond=0)


def _by_queue(before: Mapping[str, Figures], hours: Sequence[HourFigures]) -> Mapping[str, Mapping[datetime, Figures]]:
    found: dict[str, dict[datetime, Figures]] = {queue: {} for queue in ("", *before)}
    for one in hours:
        found.setdefault(one.queue, {})[one.hour] = one.figures
    return found


def _sums(hass: HomeAssistant, ids: Collection[str], end: datetime) -> Mapping[str, float | None]:
    return {one: statistic_during_period(hass, None, end, one, {"change"}, None).get("change") for one in ids}


def _counts(
    statistic: _Statistic, figures: Mapping[datetime, Figures], span: Sequence[datetime], before: float
) -> list[StatisticData]:
    """Return a row of each hour: where one is missing, Home Assistant takes the next one's for its beginning."""
    rows, counted, nothing = [], before, Figures()
    for hour in span:
        value = statistic.value(figures.get(hour, nothing)) or 0
        counted += value
        rows.append(StatisticData(start=hour, state=value, sum=counted))
    return rows


def _averages(
    statistic: _Statistic, figures: Mapping[datetime, Figures], span: Sequence[datetime], late: Collection[datetime]
) -> list[StatisticData]:
    """Return a row of each hour that has an average, and an empty one of those that may have had."""
    rows, nothing = [], Figures()
    for hour in span:
        value = statistic.value(figures.get(hour, nothing))
        if value is not None:
            rows.append(StatisticData(start=hour, mean=value))
        elif hour in late:
            rows.append(StatisticData(start=hour))
    return rows
