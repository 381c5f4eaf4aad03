"""Automations as a user writes them, and what they were triggered by."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component

from custom_components.coocenter.const import DOMAIN

#: What the automations of the tests do: tell what they were triggered by.
TELL = {
    "action": "test.tell",
    "data": {
        # One dictionary: a number that is a template's only result would become a whole number.
        "told": "{{ dict(what=trigger.id, call=trigger.call | default(none), queue=trigger.queue | default(none),"
        " extension=trigger.extension | default(none), entity_id=trigger.entity_id | default(none),"
        " device_id=trigger.device_id | default(none), description=trigger.description) }}"
    },
}

type Told = dict[str, Any]


async def automate(hass: HomeAssistant, *triggers: dict[str, Any], conditions: Any = ()) -> list[Told]:
    """Set an automation up, and return the list of what triggered it."""
    told: list[Told] = []

    @callback
    def tell(call: ServiceCall) -> None:
        told.append(call.data["told"])

    hass.services.async_register("test", "tell", tell)
    config = {
        "alias": "test",
        "mode": "parallel",
        "triggers": [{"id": str(number), **trigger} for number, trigger in enumerate(triggers)],
        "conditions": list(conditions),
        "actions": [TELL],
    }
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await hass.async_block_till_done()
    assert hass.states.get("automation.test").state == "on"
    return told


def trigger(name: str, target: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return a trigger of the integration."""
    return {
        "trigger": f"{DOMAIN}.{name}",
        "options": options,
        **({"target": target} if target else {}),
    }


def condition(name: str, target: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Return a condition of the integration."""
    return {"condition": f"{DOMAIN}.{name}", "options": options, **({"target": target} if target else {})}
