"""Home Assistant's quality scale: each of its rules is kept, and what proves it is there."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
import json
from pathlib import Path
import re
from typing import Any

import homeassistant
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.coocenter import PLATFORMS
from custom_components.coocenter.const import DOMAIN

ROOT = Path(__file__).parents[1]
COMPONENT = ROOT / "custom_components" / DOMAIN
PAGE = ROOT / "docs/quality.md"
README = (ROOT / "README.md").read_text()
ENGLISH: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
CLAIMS: dict[str, Any] = yaml.safe_load((COMPONENT / "quality_scale.yaml").read_text())["rules"]


def rows() -> Iterator[tuple[str, list[str]]]:
    """Yield each rule of the page with its proofs."""
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"(?!rule$)[a-z][a-z-]+", cells[0]):
            yield cells[0], re.findall(r"`([^`]+)`", cells[2])


PROOFS = dict(rows())


@cache
def names_in(path: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, functions)}
    return {name for name in names if name.startswith("test_")}


@cache
def anchors_in(path: Path) -> set[str]:
    """Return what can be linked to in a document: its headings as GitHub spells them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def exists(proof: str) -> bool:
    """Tell whether there is a file, a test `path::name` or a part of a document `path#heading`."""
    name, separator, part = next((cut for mark in ("::", "#") if (cut := proof.partition(mark))[1]), (proof, "", ""))
    path = ROOT / name
    if not path.is_file():
        return False
    return not separator or part in (names_in(path) if separator == "::" else anchors_in(path))


def test_the_rules_are_those_of_the_installed_home_assistant() -> None:
    scales = Path(homeassistant.__file__).parent.glob("components/*/quality_scale.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rules = {rule for scale in scales for rule in yaml.load(scale.read_text(), loader)["rules"]}  # noqa: S506
    assert rules
    assert set(CLAIMS) == rules


def test_each_rule_is_kept_or_does_not_apply_for_a_reason() -> None:
    for rule, claim in CLAIMS.items():
        exempt = isinstance(claim, dict) and claim.keys() == {"status", "comment"} and claim["status"] == "exempt"
        assert claim == "done" or (exempt and claim["comment"].strip()), rule


def test_the_page_has_each_rule_once() -> None:
    assert sorted(rule for rule, _ in rows()) == sorted(CLAIMS)


@pytest.mark.parametrize("rule", CLAIMS)
def test_what_proves_a_rule_is_there(rule: str) -> None:
    assert PROOFS[rule]
    assert [proof for proof in PROOFS[rule] if not exists(proof)] == []


@pytest.mark.parametrize(
    "proof", ["tests/test_nothing.py", "tests/test_quality.py::exists", "tests/test_quality.py::test_x", "README.md#x"]
)
def test_what_is_not_there_proves_nothing(proof: str) -> None:
    assert not exists(proof)


@pytest.mark.parametrize("kind", ["services", "triggers", "conditions"])
def test_the_documents_name_what_automations_are_made_of(kind: str) -> None:
    documents = README + "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    named = set(re.findall(rf"{DOMAIN}\.(\w+)", documents))
    assert set(yaml.safe_load((COMPONENT / f"{kind}.yaml").read_text())) <= named


def test_the_readme_tells_of_every_field_of_the_dialogs() -> None:
    settings = ENGLISH["options"]["step"]["settings"]
    shown = [ENGLISH["config"]["step"]["user"], settings, *settings["sections"].values()]
    assert [label for fields in shown for label in fields["data"].values() if label not in README] == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_how_many_commands_it_gives_at_once(platform: str) -> None:
    # Whoever can be told to do something goes through the small PBX one by one; the lists are our own.
    module = import_module(f"custom_components.coocenter.{platform}")
    expected = 1 if platform == "switch" else 0
    assert expected == module.PARALLEL_UPDATES


async def test_every_entity_has_a_name_of_its_own_beside_its_devices(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), loaded.entry_id)
    assert {entity.domain for entity in entities} == set(PLATFORMS)
    assert [entity.entity_id for entity in entities if not entity.has_entity_name or not entity.device_id] == []
