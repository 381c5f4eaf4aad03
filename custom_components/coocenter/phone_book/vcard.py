"""Contacts as vCards, which every phone and address book writes and reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import quopri
import re
from urllib.parse import unquote

import vobject

from .model import Contact, ContactNumber
from .reading import Draft, Fault, Reading, full_name, lines, number_of, one_line, texts_of, uid_of

_FAVOURITE, _BLOCKED = "X-COOCENTER-FAVOURITE", "X-COOCENTER-BLOCKED"
_READ = ("FN", "N", "ORG", "NICKNAME", "TEL", "NOTE", "UID", "CATEGORIES", "X-ABLABEL", _FAVOURITE, _BLOCKED)
#: Everything else, photographs above all, is not even taken apart.
_WANTED = re.compile(rf"(?:[\w-]+\.)?(?:{'|'.join(_READ)})[;:]", re.IGNORECASE)
_BEGIN = re.compile(r"^BEGIN:VCARD[ \t]*$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^END:VCARD[ \t]*$", re.IGNORECASE | re.MULTILINE)
_QUOTED_PRINTABLE = re.compile(r"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_CHARSET = re.compile(rb";CHARSET=\"?([\w-]+)", re.IGNORECASE)
_LINE = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;(?:\"[^\"]*\"|[^\":])*+)?):(.*)", re.DOTALL)
_PARAM = re.compile(r";((?:\"[^\"]*\"|[^\";])*+)")
_ESCAPED = re.compile(r"\\([nN,;:\\])")
_PARTS = {sign: re.compile(rf"(?:^|{sign})((?:\\.|[^\\{sign}]|\\$)*)", re.DOTALL) for sign in ",;"}
#: Apple's own labels: `_$!<HomeFAX>!$_`.
_APPLE = re.compile(r"_\$!<(.*)>!\$_")
_APPLE_WORD = re.compile(r"[A-Z]+[a-z]*|[a-z]+")
#: What TYPE says, in the order in which it is said.
_TYPES = {
    "main": "main",
    "work": "work",
    "home": "home",
    "other": "other",
    "car": "car",
    "cell": "mobile",
    "iphone": "mobile",
    "fax": "fax",
    "pager": "pager",
}
_WRITTEN = {"work": "WORK", "home": "HOME", "mobile": "CELL", "car": "CAR", "fax": "FAX", "pager": "PAGER"}
_FAVOURITES = frozenset({"starred", "favorites", "favourites"})


@dataclass(frozen=True, slots=True)
class _Line:
    """A property of a card."""

    value: str
    types: tuple[str, ...] = ()
    group: str = ""


type _Card = dict[str, list[_Line]]


def read_vcards(data: bytes) -> Reading:
    """Read cards of any version; one that is broken costs only itself. Raises TooLarge."""
    declared = _CHARSET.search(data)
    text = next(texts_of(data, declared[1].decode() if declared else "cp1252"))
    reading = Reading()
    cards = _BEGIN.split(text.replace("\r\n", "\n").replace("\r", "\n"))[1:]
    for position, card in enumerate(cards, 1):
        if end := _END.search(card):
            reading.add(position, _draft(_taken_apart(card[: end.start()])))
        else:
            # Of a number that is cut off nobody would know.
            reading.complain(Fault.UNREADABLE, position)
    if not cards:
        reading.complain(Fault.UNREADABLE, 1)
    return reading


def write_vcards(contacts: Iterable[Contact]) -> str:
    """Return contacts as vCards 3.0: phones and Outlook do not all read 4.0, and 2.1 has no Unicode."""
    return "".join(map(_written, contacts))


def _taken_apart(card: str) -> _Card:
    found: defaultdict[str, list[_Line]] = defaultdict(list)
    for text in _unfolded(card):
        if _WANTED.match(text) and (line := _line(text)):
            found[line[0]].append(line[1])
    return found


def _unfolded(card: str) -> Iterator[str]:
    """Give the lines of a card, each whole: quoted-printable goes on after a `=`, other text before a space."""
    pieces: list[str] = []
    quoted = False
    for line in card.split("\n"):
        if quoted and pieces[-1].endswith("="):
            pieces.append(f"\n{line}")
        elif pieces and line[:1] in {" ", "\t"}:
            pieces.append(line[1:])
        else:
            yield "".join(pieces)
            pieces, quoted = [line], bool(_QUOTED_PRINTABLE.match(line))
    yield "".join(pieces)


def _line(text: str) -> tuple[str, _Line] | None:
    """Return a property and its name.

    Taken apart here, because vobject's patterns take exponential time for a line that they do not match.
    """
    if not (found := _LINE.fullmatch(text)):
        return None
    group, name, params, value = found.groups("")
    types: list[str] = []
    charset, quoted = "", False
    for param in _PARAM.findall(params):
        kind, _, said = param.upper().replace('"', "").partition("=")
        # vCard 2.1 says WORK, or QUOTED-PRINTABLE, and not of what.
        words = (said or kind).split(",")
        quoted |= "QUOTED-PRINTABLE" in words
        charset = said if kind == "CHARSET" else charset
        types += words if kind == "TYPE" or not said else ()
    if quoted:
        value = _decoded(quopri.decodestring(value.encode()), charset)
    return name.upper(), _Line(value, tuple(map(str.lower, types)), group.lower())


def _decoded(value: bytes, charset: str) -> str:
    try:
        return value.decode(charset or "utf-8")
    except LookupError, ValueError:
        return next(texts_of(value, "cp1252"))


def _draft(card: _Card) -> Draft:
    aliases = [one_line(alias) for line in card.get("NICKNAME", ()) for alias in _parts(line.value, ",")]
    notes = (lines(_plain(line.value)) for line in card.get("NOTE", ()))
    name = _name(card) or next(filter(None, aliases), "")
    return Draft(
        name=name,
        uid=uid_of(_first(card, "UID")),
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias and alias != name)),
        numbers=tuple(_numbers(card)),
        note="\n".join(filter(None, notes)) or None,
        favourite=_starred(card) if (flag := _flag(card, _FAVOURITE)) is None else flag,
        blocked=_flag(card, _BLOCKED),
    )


def _name(card: _Card) -> str:
    if name := one_line(_first(card, "FN")):
        return name
    for line in card.get("N", ()):
        family, given, middle, *_ = [*map(one_line, _parts(line.value, ";")), "", "", ""]
        if name := full_name(given, middle, family):
            return name
    return next((name for line in card.get("ORG", ()) if (name := one_line(_parts(line.value, ";")[0]))), "")


def _numbers(card: _Card) -> Iterator[ContactNumber]:
    labels = {line.group: _plain(line.value) for line in card.get("X-ABLABEL", ()) if line.group}
    for line in card.get("TEL", ()):
        value = _plain(line.value).strip()
        if value[:4].lower() == "tel:":
            subscriber, *options = unquote(value[4:]).split(";")
            value = subscriber + "".join(f";{option}" for option in options if option.lower().startswith("ext="))
        if number := number_of(value, _label(line, labels.get(line.group, ""))):
            yield number


def _label(line: _Line, label: str) -> str:
    if apple := _APPLE.fullmatch(label):
        return " ".join(_APPLE_WORD.findall(apple[1])).lower()
    return label or " ".join(dict.fromkeys(word for kind, word in _TYPES.items() if kind in line.types))


def _starred(card: _Card) -> bool | None:
    categories = {one.strip().lower() for line in card.get("CATEGORIES", ()) for one in _parts(line.value, ",")}
    return True if categories & _FAVOURITES else None


def _flag(card: _Card, name: str) -> bool | None:
    return _first(card, name).strip() == "1" if name in card else None


def _first(card: _Card, name: str) -> str:
    return next((_plain(line.value) for line in card.get(name, ()) if line.value.strip()), "")


def _parts(value: str, separator: str) -> list[str]:
    """Return the parts of a value, at least one; what a backslash stands before separates nothing."""
    return [_plain(part) for part in _PARTS[separator].findall(value)]


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _written(contact: Contact) -> str:
    card = vobject.vCard()
    card.add("uid").value = contact.id
    card.add("fn").value = contact.name
    # Required, and what some phones show. Which of the words is the family's name is not known.
    card.add("n").value = vobject.vcard.Name(given=contact.name)
    for alias in contact.aliases:
        card.add("nickname").value = alias
    for place, number in enumerate(contact.numbers, 1):
        _add_number(card, number, f"item{place}")
    if contact.note:
        card.add("note").value = contact.note
    card.add(_FAVOURITE.lower()).value = str(int(contact.favourite))
    card.add(_BLOCKED.lower()).value = str(int(contact.blocked))
    written: str = card.serialize()
    return written


def _add_number(card: vobject.base.Component, number: ContactNumber, group: str) -> None:
    line = card.add("tel")
    line.value = number.number
    types = [_WRITTEN[word] for word in number.label.split(" ") if word in _WRITTEN]
    if number.label != _label(_Line("", tuple(map(str.lower, types))), ""):
        types, line.group = [], group
        label = card.add("x-ablabel")
        label.value, label.group = number.label, group
    line.type_paramlist = types if "FAX" in types else [*types, "VOICE"]
