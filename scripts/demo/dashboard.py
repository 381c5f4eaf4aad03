"""Make a dashboard out of what the integration has added, so that a newcomer sees the office at once."""

from typing import Any

from scripts.demo.api import HassApi

URL_PATH = "call-centre"
TITLE = "Call centre"

CALLS = """\
{{% if is_state('{entity}', 'unavailable') %}}
The PBX does not answer.
{{% else %}}
{{% for call in state_attr('{entity}', 'calls') or [] %}}
{{%- if loop.first %}}
| From | To | |
| :-- | :-- | :-- |
{{%- endif %}}
| {{{{ call.caller_name or call.caller or '?' }}}} | {{{{ call.callee_name or call.callee or call.queue or '?' }}}} \
| {{{{ call.state }}}} |
{{%- else %}}
Nobody is on the telephone.
{{% endfor %}}
{{% endif %}}
"""

type Card = dict[str, Any]
type Entities = dict[tuple[str, ...], str]


async def call_centre(hass: HassApi, entry_id: str) -> None:
    """Write the dashboard and make it the first page after the login."""
    if URL_PATH not in {dashboard["url_path"] for dashboard in await hass.command("lovelace/dashboards/list")}:
        dashboard = {"url_path": URL_PATH, "title": TITLE, "icon": "mdi:headset"}
        await hass.command("lovelace/dashboards/create", **dashboard)
    entities = await hass.entities_of(entry_id)
    # `<entry>_<number>_status` becomes ("<number>", "status").
    parts = {
        tuple(unique_id.removeprefix(f"{entry_id}_").split("_", 1)): entity_id
        for unique_id, entity_id in entities.items()
    }
    view = _view(parts, await _names(hass))
    await hass.command("lovelace/config/save", url_path=URL_PATH, config={"views": [view]})
    await hass.command("frontend/set_system_data", key="core", value={"default_panel": URL_PATH})


def _view(parts: Entities, names: dict[str, str]) -> Card:
    statuses = {names[entity_id]: entity_id for part, entity_id in parts.items() if part[-1] == "status"}
    queues = sorted({part[0] for part in parts if part[-1] == "agents_available"})
    sections = [
        _calls(parts["active", "calls"], parts["last", "push"]),
        _section("Extensions", "mdi:phone-voip", [_person(name, statuses[name]) for name in sorted(statuses)]),
        _today(parts),
        _activity([parts[("call",)]]),
        *(_queue(queue, parts) for queue in queues),
    ]
    return {"title": TITLE, "type": "sections", "max_columns": 4, "sections": sections}


def _calls(active_calls: str, last_push: str) -> Card:
    graph = {"type": "history-graph", "hours_to_show": 1, "entities": [active_calls], "grid_options": {"columns": 12}}
    table = {"type": "markdown", "content": CALLS.format(entity=active_calls), "grid_options": {"columns": 12}}
    return _section("Calls", "mdi:phone-in-talk", [_tile(active_calls), _tile(last_push), table, graph])


def _today(parts: Entities) -> Card:
    figures = [parts["calls", "today"], parts["missed", "today"], parts["answer", "rate_today"]]
    missed = {"type": "todo-list", "entity": parts["missed", "calls"], "hide_create": True}
    full = {"columns": 12, "rows": 6}
    return _section("Today", "mdi:phone-log", [*map(_tile, figures), missed | {"grid_options": full}])


def _person(name: str, status: str) -> Card:
    return _tile(status) | {"name": name, "state_content": ["state", "other_party_name", "other_party"]}


def _queue(number: str, parts: Entities) -> Card:
    figures = [
        parts[number, figure] for figure in ("callers_waiting", "agents_available", "agents_paused", "unstaffed")
    ]
    agents = [entity for part, entity in parts.items() if part[0] == number and part[-1].endswith("_paused")]
    pauses = [entity for entity in sorted(agents) if entity.startswith("switch.")]
    return _section(f"Queue {number}", "mdi:account-group", [_tile(entity) for entity in (*figures, *pauses)])


def _activity(entities: list[str]) -> Card:
    logbook = {"type": "logbook", "target": {"entity_id": entities}, "hours_to_show": 1}
    return _section(
        "Activity", "mdi:format-list-bulleted-type", [logbook | {"grid_options": {"columns": 12, "rows": 10}}]
    )


def _section(heading: str, icon: str, cards: list[Card]) -> Card:
    return {"type": "grid", "cards": [{"type": "heading", "heading": heading, "icon": icon}, *cards]}


def _tile(entity_id: str) -> Card:
    # The heading says whose it is: the entity's own name is enough.
    return {"type": "tile", "entity": entity_id, "name": {"type": "entity"}}


async def _names(hass: HassApi) -> dict[str, str]:
    """Return the names of the devices that entities belong to."""
    devices = {device["id"]: device for device in await hass.command("config/device_registry/list")}
    names = {}
    for entity in await hass.command("config/entity_registry/list"):
        device = devices.get(entity["device_id"], {})
        names[entity["entity_id"]] = device.get("name_by_user") or device.get("name") or entity["entity_id"]
    return names
