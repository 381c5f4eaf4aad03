"""Find secrets where they must not be: in whatever a Home Assistant wrote but where it keeps them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from hashlib import md5
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url

#: Where secrets are kept, by Home Assistant itself. The repair of lost pushes tells the URL to enter on the PBX; of
#: a repair only that there is one is kept.
_KEPT_IN = frozenset({"auth", "auth_provider.homeassistant", "core.config_entries", "http.auth", "token"})
#: Days for which a Web Key's digest is looked for, from yesterday to tomorrow: the clocks of the two need not agree.
_DAYS = (-1, 0, 1)
_SHORTEST = 8


def secrets_of(config: Path) -> set[str]:
    """Return what nobody may read of a folder: keys and their digests, webhook ids, tokens, passwords of databases."""
    entries = json.loads((config / ".storage" / "core.config_entries").read_text())["data"]["entries"]
    own = [entry for entry in entries if entry["domain"] == "coocenter"]
    ours = [entry["data"] for entry in own]
    found = {data[name] for data in ours for name in ("web_key", "webhook_id") if data.get(name)}
    today = date.today()  # noqa: DTZ011 - the PBX's own, or nearly so
    digests = {
        md5(f"{data.get('web_key')}{today + timedelta(days=day)}".encode(), usedforsecurity=False).hexdigest()
        for data in ours
        for day in _DAYS
    }
    found |= digests | set(_tokens(config)) | set(_passwords(own))
    return {secret for secret in found if len(secret) >= _SHORTEST}


def leaks_in(config: Path) -> list[str]:
    """Return which files of a configuration folder have a secret in them: logs, states, traces, databases."""
    secrets = {secret.encode() for secret in secrets_of(config)}
    files = (path for path in sorted(config.rglob("*")) if path.is_file() and path.name not in _KEPT_IN)
    return [str(path.relative_to(config)) for path in files if _has(path.read_bytes(), secrets)]


def leaks_among(shown: Mapping[str, Any], secrets: Iterable[str]) -> list[str]:
    """Return which of some answers have a secret in them."""
    wanted = {secret.encode() for secret in secrets}
    return [name for name, answer in shown.items() if _has(json.dumps(answer).encode(), wanted)]


def _has(content: bytes, secrets: set[bytes]) -> bool:
    return any(secret in content for secret in secrets)


def _passwords(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in entries:
        if url := entry.get("options", {}).get("database_url"):
            # As it is, and as it is written in a URL.
            yield from filter(None, (make_url(url).password, urlsplit(url).password))


def _tokens(config: Path) -> Iterator[str]:
    if (token := config / "token").exists():
        yield token.read_text()
    if (auth := config / ".storage" / "auth").exists():
        for token in json.loads(auth.read_text())["data"]["refresh_tokens"]:
            yield from (token["token"], token["jwt_key"])
