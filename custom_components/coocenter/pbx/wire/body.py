"""From the bytes of a request or reply to plain data, whatever their encoding claims to be."""

from collections.abc import Mapping
import json
import re
from urllib.parse import parse_qsl

from ..errors import BadReply

type Fields = Mapping[str, object]

#: Those that may be meant. Python has other codecs that are no charsets, punycode needs minutes for a long text.
_CHARSET = re.compile(r"charset=[\"']?((?:utf|gb|big5|iso|latin|windows|cp)[\w:-]*)", re.IGNORECASE)
_MAX_FIELDS = 200
#: An event is flat. To find out how deeply a body of nothing but brackets is nested takes longer than to refuse it.
_MAX_BRACKETS = 1000
#: A uniqueid may come bare: as a number, …419.1 and …419.10 would be the same call.
_EVENTS = json.JSONDecoder(parse_float=str)


def decode(raw: bytes, content_type: str = "") -> str:
    """Return the text of a body: the charset it names, else UTF-8, else GB 18030; never an error."""
    named = _CHARSET.search(content_type)
    for charset in (*named.groups(), "utf-8", "gb18030") if named else ("utf-8", "gb18030"):
        try:
            return raw.decode(charset).lstrip("\ufeff")
        # ValueError: a codec may refuse in its own words. LookupError: the charset does not exist.
        except ValueError, LookupError:
            continue
    return raw.decode("latin-1")


def read_json(raw: bytes, content_type: str = "") -> object:
    """Return the JSON value of a reply; raises BadReply where there is none."""
    try:
        return json.loads(decode(raw, content_type))
    # RecursionError: brackets nested without end.
    except (ValueError, RecursionError) as err:
        message = "The answer is not JSON"
        raise BadReply(message) from err


def read_event(raw: bytes, content_type: str = "") -> Fields | None:
    """Return the fields of a pushed event by lower-case name, None for what cannot be read.

    JSON counts under any content type, since the vendor does not say which one is sent.
    """
    text = decode(raw, content_type).strip("\0 \t\r\n")
    return _json_fields(text) or _form_fields(text)


def _json_fields(text: str) -> Fields | None:
    if not text.startswith(("{", "[")) or text.count("[") + text.count("{") > _MAX_BRACKETS:
        return None
    try:
        value = _EVENTS.decode(text)
    except ValueError, RecursionError:
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _flat(value) if isinstance(value, dict) else None


def _form_fields(text: str) -> Fields | None:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError:
        pairs = parse_qsl(text, keep_blank_values=True, encoding="gb18030", errors="replace")
    except ValueError:
        return None
    if len(pairs) == 1:
        # The whole event as one form field, or as a form field's name.
        return _json_fields(pairs[0][1].strip()) or _json_fields(pairs[0][0].strip())
    return _flat(dict(pairs)) or None


def _flat(value: dict[str, object]) -> Fields:
    fields: dict[str, object] = {}
    for name, content in value.items():
        if isinstance(content, dict):
            fields |= {str(inner).strip().lower(): deep for inner, deep in content.items()}
        else:
            fields[name.strip().lower()] = content
    return fields
