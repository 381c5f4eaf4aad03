"""Contacts as a table (CSV), which spreadsheets and address books write and read."""

from collections.abc import Iterable, Iterator, Sequence
import csv
from io import StringIO
from itertools import count, islice
import re

from .columns import LABELS, Columns, Phone, columns_of
from .model import Contact, ContactNumber
from .names import fold
from .reading import Draft, Fault, Reading, full_name, lines, number_of, one_line, texts_of, uid_of

#: How spreadsheets write where UTF-8 is not asked for: west of it, and in China.
_ENCODINGS = ("cp1252", "gb18030")
_DELIMITERS = (",", ";", "\t")
#: Excel's own line before the first.
_SEPARATOR = re.compile(r"\"?sep=(.)\"?\r?\n", re.IGNORECASE)
#: What makes a spreadsheet take a text for something to work out; and the mark that makes it a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXT = "'"
#: What gets that mark; so a text that has one keeps it.
_MARKED = (*_FORMULA, _TEXT)
_FIRST = "* "
#: How Google puts several values into one cell.
_SEVERAL = " ::: "
_NUMBERS = re.compile(r"\s*(?::::|\n|[;,]\s+(?=[+(0-9]))")
_ALIASES = re.compile(r" ::: |[;,|/\n\u3001\uff0c\uff1b]")
_YES = frozenset({"1", "yes", "y", "true", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si", "s", "verdadero", "是"})
_NO = frozenset({"0", "no", "n", "false", "nein", "falsch", "non", "faux", "falso", "否"})
_STARRED = frozenset({"starred", "favorites"})
#: Blank ones may come before the first that says something.
_FIRST_ROWS = 10
#: Google's and Outlook's tables have about a hundred.
_MOST_COLUMNS = 1_000

type _Row = Sequence[str]


def read_csv(data: bytes) -> Reading:
    """Read a table of contacts, with headers or without; a bad row costs only itself. Raises TooLarge."""
    tables = [(text, sign) for text in texts_of(data, *_ENCODINGS) for sign in _delimiters(text)]
    reading = Reading()
    columns: Columns | None = None
    for position, row in _rows(*max(tables, key=lambda table: _fitness(*table))):
        if row is None:
            reading.complain(Fault.UNREADABLE, position)
        elif not any(map(str.strip, row)):
            continue
        elif columns:
            reading.add(position, _draft(columns, row))
        else:
            columns, has_headers = _understood(row)
            if not columns.complete:
                break
            if not has_headers:
                reading.add(position, _draft(columns, row))
    if not (columns and columns.complete):
        reading.complain(Fault.UNREADABLE, 1)
    return reading


def write_csv(contacts: Iterable[Contact]) -> str:
    """Return contacts as a table that a spreadsheet opens and `read_csv` reads; to be written with a mark of UTF-8."""
    rows = list(contacts)
    aliases = range(max((len(contact.aliases) for contact in rows), default=0))
    numbers = range(max((len(contact.numbers) for contact in rows), default=1))
    headers = ["Id", "Name", *(f"Alias {place + 1}" for place in aliases)]
    headers += [header for place in numbers for header in (f"Number {place + 1}", f"Label {place + 1}")]
    written = StringIO()
    table = csv.writer(written)
    table.writerow([*headers, "Note", "Favourite", "Blocked"])
    for contact in rows:
        pairs = [text for number in contact.numbers for text in (number.number, _marked(number.label))]
        cells = [contact.id, contact.name, *_filled(contact.aliases, len(aliases)), *_filled(pairs, 2 * len(numbers))]
        flags = ("yes" if flag else "no" for flag in (contact.favourite, contact.blocked))
        table.writerow([*map(_harmless, [*cells, contact.note]), *flags])
    return written.getvalue()


def _marked(label: str) -> str:
    """Return a label as it is read again: an asterisk before it is Google's mark of the first number."""
    return f"{_FIRST}{label}" if label.startswith(_FIRST) else label


def _filled(texts: Sequence[str], length: int) -> list[str]:
    return [*texts, *[""] * (length - len(texts))]


def _delimiters(text: str) -> Iterable[str]:
    return said[1] if (said := _SEPARATOR.match(text)) else _DELIMITERS


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, _Row | None]]:
    """Give the rows and which they are, from 1; None for one that cannot be read."""
    reader = csv.reader(StringIO(_SEPARATOR.sub("", text, count=1), newline=""), delimiter=delimiter)
    for position in count(1):
        try:
            yield position, next(reader)[:_MOST_COLUMNS]
        except StopIteration:
            return
        except csv.Error:
            yield position, None


def _fitness(text: str, delimiter: str) -> tuple[bool, int]:
    """Return how much is understood of a file that is read like this."""
    rows = (row for _, row in islice(_rows(text, delimiter), _FIRST_ROWS) if row and any(map(str.strip, row)))
    columns, _ = _understood(next(rows, ()))
    return columns.complete, columns.known


def _understood(row: _Row) -> tuple[Columns, bool]:
    """Return what the columns hold by the first row, and whether that is one of headers."""
    columns = columns_of(row)
    if columns.complete:
        return columns, True
    phones = [column for column in range(len(row)) if number_of(_cell(row, column))]
    names = [column for column in range(len(row)) if column not in phones and row[column].strip()]
    plain = Columns(phones=[Phone(number=column) for column in phones])
    plain.fields["name"] = names[:1]
    return (plain, False) if plain.complete else (columns, True)


def _draft(columns: Columns, row: _Row) -> Draft:
    def of(name: str) -> str:
        return next((text for column in columns.fields[name] if (text := _cell(row, column).strip())), "")

    aliases = [_cell(row, column) for column in columns.aliases] + _ALIASES.split(of("alias"))
    aliases = [alias for text in aliases if (alias := one_line(text))]
    parts = [one_line(of(part)) for part in ("given", "middle", "family")]
    name = one_line(of("name")) or full_name(*parts) or one_line(of("company")) or next(iter(aliases), "")
    starred = True if any(group.strip("* ").lower() in _STARRED for group in of("groups").split(_SEVERAL)) else None
    favourite = _flag(of("favourite"))
    return Draft(
        name=name,
        uid=uid_of(of("id")),
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)),
        numbers=tuple(number for phone in columns.phones for number in _numbers(phone, row)),
        note=lines(of("note")) or None,
        favourite=starred if favourite is None else favourite,
        blocked=_flag(of("blocked")),
    )


def _numbers(phone: Phone, row: _Row) -> Iterator[ContactNumber]:
    label = one_line(_cell(row, phone.label_column)).removeprefix(_FIRST) or phone.label
    if phone.standard and set(label.lower().split()) <= LABELS:
        label = label.lower()
    for text in _NUMBERS.split(_cell(row, phone.number)):
        if number := number_of(text, label):
            yield number


def _flag(text: str) -> bool | None:
    word = fold(text)
    return word in _YES if word in _YES | _NO else None


def _cell(row: _Row, column: int) -> str:
    """Return a cell without the mark that makes it a text; empty for none."""
    text = row[column] if 0 <= column < len(row) else ""
    return text[1:] if text.startswith(_TEXT) and text[1:].startswith(_MARKED) else text


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet works out."""
    return f"{_TEXT}{text}" if text.startswith(_MARKED) else text
