"""Calls as a file that a spreadsheet opens."""

from collections.abc import Sequence
from contextlib import suppress
import csv
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .call_info import describe_logged
from .call_log import CallFilter
from .const import DOMAIN
from .log_filter import FILTER, MAX_PAGE, async_calls
from .runtime import CooCenterConfigEntry

ATTR_FILE_NAME = "file_name"
ATTR_FOLDER = "folder"
_MEDIA = "media"

#: Where a file is to be written.
PLACE: dict[Any, Any] = {
    vol.Optional(ATTR_FOLDER, default=_MEDIA): vol.In((_MEDIA, "config")),
    vol.Optional(ATTR_FILE_NAME): cv.string,
}
EXPORT: dict[Any, Any] = {**FILTER, **PLACE}
_FILE_NAME = re.compile(r"[\w][\w .-]{0,100}", re.ASCII)
#: What makes a spreadsheet take a text for something to work out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "started",
    "answered",
    "ended",
    "direction",
    "outcome",
    "cause",
    "caller",
    "caller_name",
    "callee",
    "callee_name",
    "did",
    "queue",
    "agent",
    "menu",
    "digits",
    "extensions",
    "wait_time",
    "queue_time",
    "talk_time",
    "hold_time",
    "wrap_up_time",
    "duration",
    "score",
    "recordings",
    "id",
)
_MOMENTS = frozenset({"started", "answered", "ended"})


async def async_export(
    hass: HomeAssistant, entry: CooCenterConfigEntry, wanted: CallFilter, folder: str, name: str | None
) -> dict[str, Any]:
    """Write the calls that are wanted, the newest first, and return the path and how many there are."""
    path = export_path(hass, folder, f"calls {dt_util.now():%Y-%m-%d %H%M%S}" if name is None else name, ".csv")
    partial = path.with_name(f".{path.name}.part")
    # Whatever is reloaded meanwhile.
    link = entry.runtime_data.coordinator.link
    count, cursor = 0, None
    try:
        await hass.async_add_executor_job(_begin, partial)
        while True:
            page = await async_calls(link, wanted, MAX_PAGE, cursor)
            rows = [describe_logged(link.state, call) for call in page.calls]
            await hass.async_add_executor_job(_append, partial, rows)
            count, cursor = count + len(rows), page.next
            if cursor is None:
                break
        # Whoever waits for the file finds it whole.
        await hass.async_add_executor_job(partial.replace, path)
    except OSError as err:
        raise cannot_write(path, err) from err
    finally:
        await hass.async_add_executor_job(_discard, partial)
    return {"path": str(path), "calls": count}


def cannot_write(path: Path, err: OSError) -> HomeAssistantError:
    """Return the error that a file cannot be written."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="cannot_write",
        translation_placeholders={"path": str(path), "error": err.strerror or type(err).__name__},
    )


def export_path(hass: HomeAssistant, folder: str, name: str, suffix: str) -> Path:
    """Return where to write; a name is a name and no way to another folder."""
    if not _FILE_NAME.fullmatch(name):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="bad_file_name", translation_placeholders={"name": name}
        )
    media = next(iter(hass.config.media_dirs.values()), None) if folder == _MEDIA else None
    return Path(media or hass.config.config_dir) / DOMAIN / (name if name.endswith(suffix) else f"{name}{suffix}")


def _begin(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # With a mark, because spreadsheets take a file without one for the encoding of their country.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow(_COLUMNS)


def _append(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_cell(name, row[name]) for name in _COLUMNS] for row in rows)


def _discard(path: Path) -> None:
    # There is nothing to delete where no folder could be made.
    with suppress(OSError):
        path.unlink()


def _cell(name: str, value: Any) -> Any:
    """Return a value for a spreadsheet: local times, and no text that it would work out."""
    if value is None:
        return ""
    if name in _MOMENTS:
        moment = dt_util.parse_datetime(value)
        return dt_util.as_local(moment).isoformat(" ") if moment else ""
    if isinstance(value, list):
        value = " ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
