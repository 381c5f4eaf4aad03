"""What a user without the integration would write into configuration.yaml for the states of extensions."""

from collections.abc import Sequence
from typing import Any

#: The event of the best way; not recorded, as ours is not where our documents are followed.
PUSHED = "pbx_status"
_MINE = "{{ trigger.json.statustext if trigger.json.exten == 'NUMBER' else this.state }}"

type Config = dict[str, Any]


def sensors(name: str, numbers: Sequence[str]) -> Config:
    """Return the obvious way: one webhook, and a sensor for each extension that looks whether it is meant."""
    return {
        "template": [
            {
                "triggers": [_webhook(name)],
                "sensor": [
                    {
                        "default_entity_id": entity(name, number),
                        "name": f"{name} {number}",
                        "unique_id": f"{name}_{number}",
                        "state": _MINE.replace("NUMBER", number),
                    }
                    for number in numbers
                ],
            }
        ]
    }


def events(name: str, numbers: Sequence[str]) -> Config:
    """Return the best way: an automation fires an event, and only the sensor whose extension is in it renders.

    An event of an extension's own would be better still; but an action's event has no template in its name.
    """
    event = f"{PUSHED}_{name}"
    data = {"exten": "{{ trigger.json.exten }}", "text": "{{ trigger.json.statustext }}"}
    automation = {
        "id": name,
        "alias": name,
        "mode": "parallel",
        "max": 100,
        "triggers": [_webhook(name)],
        "actions": [{"event": event, "event_data": data}],
    }
    return {
        "automation": [automation],
        "template": [
            {
                "triggers": [{"trigger": "event", "event_type": event, "event_data": {"exten": int(number)}}],
                "sensor": [
                    {
                        "default_entity_id": entity(name, number),
                        "name": f"{name} {number}",
                        "unique_id": f"{name}_{number}",
                        "state": "{{ trigger.event.data.text }}",
                    }
                ],
            }
            for number in numbers
        ],
    }


def together(*configs: Config) -> Config:
    """Return configurations as one."""
    whole: Config = {}
    for config in configs:
        for domain, parts in config.items():
            whole.setdefault(domain, []).extend(parts)
    return whole


def entity(name: str, number: str) -> str:
    """Return the entity of an extension."""
    return f"sensor.{name}_{number}"


def _webhook(name: str) -> Config:
    return {"trigger": "webhook", "webhook_id": name, "allowed_methods": ["POST"], "local_only": True}
