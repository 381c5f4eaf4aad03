"""What the columns of a table of contacts are, by their headers: ours, Google's, Outlook's, or somebody's own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import re

from .names import fold

#: Headers, as `fold` leaves them, in English, German, French, Spanish and Chinese.
_HEADERS: Mapping[str, str] = {
    "name": "name|full name|display name|contact|contact name|kontakt|vollstandiger name|anzeigename|nom|nom complet"
    "|nom affiche|contacto|nombre|nombre completo|nombre para mostrar|姓名|名称|全名|联系人|显示名称",
    "given": "first name|given name|forename|vorname|prenom|nombre de pila|primer nombre|名|名字",
    "middle": "middle name|additional name|zweiter vorname|weitere vornamen|deuxieme prenom|segundo nombre|中间名",
    "family": "last name|family name|surname|nachname|familienname|zuname|nom de famille|apellido|apellidos|姓|姓氏",
    "company": "company|company name|organization|organisation|organization name|organisation name|organization 1 name"
    "|firma|unternehmen|firmenname|societe|entreprise|empresa|compania|organizacion|公司|单位|公司名称",
    "alias": "alias|aliases|nickname|nicknames|short name|spitzname|rufname|kurzname|surnom|pseudonyme|apodo"
    "|sobrenombre|昵称|别名",
    "note": "note|notes|comment|comments|remark|remarks|notiz|notizen|bemerkung|bemerkungen|kommentar|remarque"
    "|remarques|commentaire|nota|notas|observaciones|comentario|备注|附注|注释|说明",
    "favourite": "favourite|favorite|favourites|favorites|starred|favorit|favori|favorito|收藏|常用",
    "blocked": "blocked|block|gesperrt|blockiert|bloque|bloqueado|屏蔽|黑名单|已屏蔽",
    "label": "label|phone label|type|phone type|art|typ|bezeichnung|libelle|etiqueta|tipo|标签|类型",
    "groups": "group membership|labels",
    "id": "id|uid|contact id",
    "number": "number|phone number|nummer|telefonnummer|rufnummer|numero|numero de telephone|numero de telefono"
    "|号码|电话号码|电话|extension|durchwahl|nebenstelle|poste|分机|分机号",
}
_FIELDS = {header: name for name, headers in _HEADERS.items() for header in headers.split("|")}
_NUMBERED = re.compile(r"(number|label|alias) (\d+)")
_GOOGLE = re.compile(r"phone (\d+) (value|label|type)")
#: What a header of telephone numbers has, and what one has that only looks like it.
_PHONE = re.compile(
    r"\b(?:tel|\w*telefon\w*|telephone|phone|rufnummer|mobil\w*|movil|handy\w*|cell\w*|portable|celular|\w*fax\w*"
    r"|telecopie|pager|iphone|natel|gsm)\b|电话|手机|传真|座机"
)
_NO_PHONE = re.compile(r"\b(?:assistant\w*|assistent\w*|asistente|type|typ|label|provider|e ?mail|country|code)\b|助理")
#: What its numbers are called.
_LABELS = {
    "main": r"\b(?:main|primary|haupt\w*|zentrale|standard|principal)\b|总机|主要",
    "work": r"\b(?:business|work|office|company|geschaft\w*|dienst\w*|buro|arbeit|firma|bureau|travail|pro"
    r"|professionnel|trabajo|oficina|empresa)\b|商务|工作|办公|单位|公司",
    "home": r"\b(?:home|private?|privat\w*|domicile|maison|prive|personnel|casa|particular)\b|住宅|家庭|家里",
    "other": r"\b(?:other|weitere\w*|andere\w*|autre|otro)\b|其他",
    "car": r"\b(?:car|auto|voiture|coche)\b|车",
    "mobile": r"\b(?:mobil\w*|movil|handy\w*|cell\w*|portable|celular|iphone|natel|gsm)\b|手机|移动",
    "fax": r"\b(?:\w*fax\w*|telecopie)\b|传真",
    "pager": r"\bpager\b|寻呼",
}
LABELS = frozenset(_LABELS)
_LABEL_WORDS = {label: re.compile(words) for label, words in _LABELS.items()}


@dataclass(slots=True)
class Phone:
    """A column of numbers: what they are called, or the column that says so."""

    number: int = -1
    label: str = ""
    label_column: int = -1
    standard: bool = True
    """Whether its labels are an address book's own words, whose case means nothing."""


@dataclass(slots=True)
class Columns:
    """Which columns hold what."""

    fields: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    aliases: list[int] = field(default_factory=list)
    """Those with one alias each."""
    phones: list[Phone] = field(default_factory=list)

    @property
    def known(self) -> int:
        """Return how many columns are known."""
        return sum(map(len, self.fields.values())) + len(self.aliases) + len(self.phones)

    @property
    def complete(self) -> bool:
        """Tell whether there is a name and a number to read."""
        named = any(self.fields[name] for name in ("name", "given", "family", "company"))
        return named and any(phone.number >= 0 for phone in self.phones)


def columns_of(headers: Sequence[str]) -> Columns:
    """Return what columns hold by their headers."""
    found = Columns()
    pairs: defaultdict[str, Phone] = defaultdict(Phone)
    for column, header in enumerate(map(fold, headers)):
        if (numbered := _NUMBERED.fullmatch(header)) or (numbered := _GOOGLE.fullmatch(header)):
            _pair(found, pairs, column, numbered)
        elif (name := _FIELDS.get(header)) == "number" or (not name and _is_phone(header)):
            found.phones.append(Phone(number=column, label=_label_of(header)))
        elif name:
            found.fields[name].append(column)
    for phone in found.phones:
        # One column may tell of all numbers that their own header does not.
        if not phone.label:
            phone.label_column = next(iter(found.fields["label"]), -1)
    found.phones += [phone for phone in pairs.values() if phone.number >= 0]
    _settle_names(found.fields)
    return found


def _is_phone(header: str) -> bool:
    """Tell whether a header is one of telephone numbers."""
    return bool(_PHONE.search(header)) and not _NO_PHONE.search(header)


def _label_of(text: str) -> str:
    """Return what is said of a number, in the words that all files have in common."""
    return " ".join(label for label, words in _LABEL_WORDS.items() if words.search(text))


def _pair(found: Columns, pairs: defaultdict[str, Phone], column: int, header: re.Match[str]) -> None:
    """Take a column of several: `Number 2` and `Label 2` are ours, `Phone 2 - Value` and `- Type` Google's."""
    if header[1] == "alias":
        found.aliases.append(column)
        return
    google = header.re is _GOOGLE
    phone = pairs[f"{google} {header[1] if google else header[2]}"]
    phone.standard = google
    if header[2] == "value" or header[1] == "number":
        phone.number = column
    else:
        phone.label_column = column


def _settle_names(fields: defaultdict[str, list[int]]) -> None:
    """Let a name beside a first name be the last name, and the other way round: Nom and Prénom, Nombre, Apellidos."""
    if fields["name"] and bool(fields["given"]) != bool(fields["family"]):
        missing = "family" if fields["given"] else "given"
        fields[missing], fields["name"] = fields["name"], []
