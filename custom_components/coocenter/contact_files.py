"""Contacts from files and into files: what an import would change, and exports."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from .blocking import async_change_contacts
from .const import DOMAIN
from .contacts import Change, async_get_contacts, describe_contact
from .export import cannot_write, export_path
from .phone_book import (
    Contact,
    PhoneBook,
    Plan,
    Reading,
    make_plan,
    read_csv,
    read_vcards,
    write_csv,
    write_vcards,
)
from .phone_book.reading import MAX_BYTES

VCARD, CSV = "vcard", "csv"
_SUFFIXES = {VCARD: ".vcf", CSV: ".csv"}
#: Spreadsheets take a table without a mark for the encoding of their country.
_ENCODINGS = {VCARD: "utf-8", CSV: "utf-8-sig"}
_BEGIN = b"BEGIN:VCARD"


class Outdated(Exception):
    """An import would change something else than what was shown."""


def read(data: bytes) -> Reading:
    """Return what a file says, vCards or a table; blocking, raises TooLarge."""
    # What comes before may be a mark of the encoding and empty lines; in UTF-16 there is a zero beside each letter.
    return read_vcards(data) if _BEGIN in data[:100].replace(b"\0", b"").upper() else read_csv(data)


def read_file(hass: HomeAssistant, path: str) -> Reading:
    """Return what a file says that Home Assistant may read; blocking, raises HomeAssistantError and TooLarge."""
    file = Path(hass.config.path(path))
    ours = file.resolve().is_relative_to(Path(hass.config.path(DOMAIN)).resolve())
    if not ours and not hass.config.is_allowed_path(str(file)):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="path_not_allowed", translation_placeholders={"path": path}
        )
    try:
        with file.open("rb") as opened:
            # One more than is taken tells that there is too much.
            return read(opened.read(MAX_BYTES + 1))
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="cannot_read",
            translation_placeholders={"path": path, "error": err.strerror or type(err).__name__},
        ) from err


async def async_plan(hass: HomeAssistant, reading: Reading) -> Plan:
    """Return what an import of a file would change."""
    return await async_get_contacts(hass).async_read(lambda book: make_plan(book, reading))


async def async_import(hass: HomeAssistant, reading: Reading, shown: Plan | None = None) -> Plan:
    """Import a file, and return what changed.

    Raises Outdated where that would be something else than what was shown, and HomeAssistantError where a PBX does not
    block whom it should.
    """
    done = Plan()

    def change(book: PhoneBook) -> Change:
        nonlocal done
        done = make_plan(book, reading)
        if shown and not done.is_like(shown):
            raise Outdated
        return [*done.new, *(after for _, after in done.changed)], ()

    await async_change_contacts(hass, change)
    return done


async def async_export(hass: HomeAssistant, kind: str, folder: str, name: str | None) -> dict[str, Any]:
    """Write all contacts to a file, and return its path and how many there are; raises HomeAssistantError."""
    name = f"contacts {dt_util.now():%Y-%m-%d %H%M%S}" if name is None else name
    path = export_path(hass, folder, name, _SUFFIXES[kind])
    try:
        written = await async_get_contacts(hass).async_read(lambda book: _write(path, kind, book))
    except OSError as err:
        raise cannot_write(path, err) from err
    return {"path": str(path), "contacts": written}


def describe_plan(plan: Plan) -> dict[str, Any]:
    """Return what an import would change, as actions show it."""
    return {
        "new": [describe_contact(contact) for contact in plan.new],
        "changed": [
            {"id": after.id, "name": after.name, "changes": changes_of(before, after)} for before, after in plan.changed
        ],
        "unchanged": plan.unchanged,
        "problems": [asdict(problem) for problem in plan.problems],
    }


def changes_of(before: Contact, after: Contact) -> dict[str, Any]:
    """Return the fields of a contact that change, each as it is and as it would be."""
    old, new = describe_contact(before), describe_contact(after)
    return {field: {"before": old[field], "after": new[field]} for field in old if old[field] != new[field]}


def _write(path: Path, kind: str, book: PhoneBook) -> int:
    """Write all contacts, and return how many there are; blocking."""
    text = write_vcards(book) if kind == VCARD else write_csv(book)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_text(text, encoding=_ENCODINGS[kind], newline="")
        # Whoever waits for the file finds it whole.
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return len(book)
