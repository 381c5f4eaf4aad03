"""What Home Assistant makes of our descriptions: it reads them anew with each release, and is strict with them."""

from typing import Any

import pytest
import yaml

from scripts.demo.config import COMPONENT
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

#: What triggers and conditions need that is not optional.
OPTIONS: dict[str, dict[str, Any]] = {"queue_waiting": {"for": "00:01:00"}, "caller_is": {"caller": "Alice"}}


def described(kind: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((COMPONENT / f"{kind}.yaml").read_text())
    return read


async def test_the_actions_with_their_fields(site: Site) -> None:
    actions = (await site.hass.command("get_services"))["coocenter"]
    assert {name: set(action["fields"]) for name, action in actions.items()} == {
        name: set(action["fields"]) for name, action in described("services").items()
    }


@pytest.mark.parametrize(("kind", "key"), [("triggers", "trigger"), ("conditions", "condition")])
async def test_each_trigger_and_condition_is_valid_and_found_by_its_target(site: Site, kind: str, key: str) -> None:
    parts = [site.entity(part) for part in ("call", "801_status", "801_registered", "630_unstaffed", "630_queue_call")]
    target = {"entity_id": [*parts, next(one for one in site.entities.values() if one.startswith("switch."))]}
    of_target = await site.hass.command(f"get_{kind}_for_target", target=target)
    assert {name for name in of_target if name.startswith("coocenter.")} == {
        f"coocenter.{name}" for name, one in described(kind).items() if "target" in one
    }
    for name, about in described(kind).items():
        asked = {"target": target} if "target" in about else {}
        one = {key: f"coocenter.{name}", **asked, "options": OPTIONS.get(name, {})}
        verdict = await site.hass.command("validate_config", **{kind: [one]})
        assert verdict[kind] == {"valid": True, "error": None}, name
