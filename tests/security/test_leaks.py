"""The search for secrets after every real Home Assistant finds them: one that finds nothing proves nothing else."""

from datetime import date
from hashlib import md5
import json
from pathlib import Path

import pytest

from tests.security.leaks import leaks_among, leaks_in, secrets_of

KEY, HOOK, TOKEN, JWT = "sesame-open", "0123456789abcdef" * 4, "header.payload.signature", "f" * 128
PASSWORD, WRITTEN = "p@ss/word-of-it", "p%40ss%2Fword-of-it"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    storage = tmp_path / ".storage"
    storage.mkdir()
    options = {"database_url": f"postgresql://office:{WRITTEN}@127.0.0.1/calls"}
    entries = [
        {"domain": "coocenter", "data": {"web_key": KEY, "webhook_id": HOOK}, "options": options},
        {"domain": "coocenter", "data": {}, "options": {"database_url": "sqlite:///calls.db"}},
        {"domain": "sun", "data": {}},
    ]
    (storage / "core.config_entries").write_text(json.dumps({"data": {"entries": entries}}))
    tokens = [{"token": TOKEN, "jwt_key": JWT}]
    (storage / "auth").write_text(json.dumps({"data": {"refresh_tokens": tokens}}))
    (tmp_path / "token").write_text("the.token.of-the-tests")
    (tmp_path / "home-assistant.log").write_text("2026-11-25 WARNING All is well\n")
    return tmp_path


def test_where_secrets_are_kept_they_may_be(config: Path) -> None:
    assert {KEY, HOOK, TOKEN, JWT, "the.token.of-the-tests"} <= secrets_of(config)
    assert leaks_in(config) == []


@pytest.mark.parametrize(
    "name", ["home-assistant.log", "home-assistant_v2.db", ".storage/trace.saved_traces", "a/b.csv"]
)
@pytest.mark.parametrize("secret", [KEY, HOOK, TOKEN, JWT, PASSWORD, WRITTEN, "the.token.of-the-tests", "digest"])
def test_anywhere_else_they_are_found(config: Path, name: str, secret: str) -> None:
    if secret == "digest":
        today = date.today()  # noqa: DTZ011
        secret = md5(f"{KEY}{today}".encode(), usedforsecurity=False).hexdigest()
    path = config / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\x00\xff" + secret.encode() + b"\n")
    assert leaks_in(config) == [name]


def test_they_are_found_in_answers() -> None:
    shown = {"diagnostics": {"data": {"web_key": "**REDACTED**"}}, "states": [{"attributes": {"x": [f"{HOOK}/"]}}]}
    assert leaks_among(shown, {KEY, HOOK}) == ["states"]
