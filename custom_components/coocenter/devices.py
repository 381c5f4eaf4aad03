"""The extensions, queues and agents that come and go, and the registries' follow-up."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from yarl import URL

from .const import CONF_EXTENSIONS, DOMAIN, POLLS_UNTIL_GONE
from .coordinator import CooCenterCoordinator
from .pbx import Changes, ExtensionKey, MemberKey, QueueKey, Snapshot

type Part = ExtensionKey | QueueKey | MemberKey
type Factories = Mapping[type[Part], Callable[[Any], Iterable[Entity]]]


def pbx_identifier(entry: ConfigEntry) -> tuple[str, str]:
    """Return the device identifier of the PBX."""
    return (DOMAIN, entry.entry_id)


def part_identifier(entry: ConfigEntry, part: ExtensionKey | QueueKey) -> tuple[str, str]:
    """Return the device identifier of an extension or a queue."""
    kind = "queue_" if isinstance(part, QueueKey) else ""
    return (DOMAIN, f"{entry.entry_id}_{kind}{part.number}")


def member_unique_id(entry: ConfigEntry, member: MemberKey) -> str:
    """Return the unique id of an agent's pause switch."""
    return f"{entry.entry_id}_{member.queue}_{member.extension}_paused"


class Roster:
    """Follow which parts the PBX has: announce the new ones, remove those that are gone for good."""

    def __init__(self, coordinator: CooCenterCoordinator) -> None:
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._hass = coordinator.hass
        self._included = frozenset(self._entry.options.get(CONF_EXTENSIONS, ()))
        self._missing: dict[Part, int] = {}
        self._followers: list[Callable[[Iterable[Part]], None]] = []
        self.parts = self._present()

    @callback
    def async_follow(self, async_add_entities: AddConfigEntryEntitiesCallback, factories: Factories) -> None:
        """Add the entities of the parts that are there now, and of each that comes, by the kind of part."""

        def add(parts: Iterable[Part]) -> None:
            async_add_entities(
                [entity for part in parts if (make := factories.get(type(part))) for entity in make(part)]
            )

        self._followers.append(add)
        add(self.parts)

    @callback
    def async_start(self) -> None:
        """Take up what an earlier run left in the registries, and follow the polls."""
        for part in self._registered():
            if part not in self.parts:
                # It may be back with the next poll, unless the user left it out.
                self._missing[part] = 1
                if self._is_left_out(part):
                    self._remove(part)
        self._entry.async_on_unload(self._coordinator.async_on_poll(self._async_polled))

    @callback
    def _async_polled(self, snapshot: Snapshot, changes: Changes) -> None:
        if snapshot.hints is None:
            # A PBX that knows of no extension is still starting: the queues that it lacks are not gone either.
            return
        # Not what this poll changed: who is logged in is also read between the polls.
        present = self._present()
        missing = [part for part in {**self.parts, **self._missing} if part not in present]
        self._missing = {part: self._missing.get(part, 0) + 1 for part in missing}
        for part in missing:
            if self._missing[part] >= POLLS_UNTIL_GONE:
                self._remove(part)
        new = [part for part in present if part not in self.parts]
        self.parts.update(dict.fromkeys(new))
        if new:
            for follower in self._followers:
                follower(new)
        self._rename(key.number for key in changes.keys if isinstance(key, ExtensionKey))

    def _present(self) -> dict[Part, None]:
        state = self._coordinator.state
        extensions = [ExtensionKey(number) for number in state.extensions if self._is_included(number)]
        queues = [QueueKey(number) for number in state.queues]
        members = [MemberKey(queue.number, number) for queue in state.queues.values() for number in queue.members]
        return dict.fromkeys((*extensions, *queues, *members))

    @callback
    def async_forget(self, part: Part) -> bool:
        """Forget a part whose device the user deletes, unless the PBX lists it; return whether it is forgotten."""
        if part in self._present():
            return False
        self.parts.pop(part, None)
        self._missing.pop(part, None)
        return True

    def _is_included(self, number: str) -> bool:
        return not self._included or number in self._included

    def _is_left_out(self, part: Part) -> bool:
        return isinstance(part, ExtensionKey) and not self._is_included(part.number)

    def _registered(self) -> list[Part]:
        """Return the parts that the registries know."""
        entry_id = self._entry.entry_id
        extensions = dr.async_entries_for_config_entry(dr.async_get(self._hass), entry_id)
        queues = dr.async_child_entries_for_config_entry(dr.async_get(self._hass), entry_id)
        switches = er.async_entries_for_config_entry(er.async_get(self._hass), entry_id)
        names = [name for device in (*extensions, *queues) for _, name in device.identifiers if name != entry_id]
        names += [switch.unique_id for switch in switches if switch.domain == "switch"]
        return [part for name in names if (part := _part(name.removeprefix(f"{entry_id}_")))]

    def _remove(self, part: Part) -> None:
        self._missing.pop(part, None)
        self.parts.pop(part, None)
        if isinstance(part, MemberKey):
            registry = er.async_get(self._hass)
            entity_id = registry.async_get_entity_id("switch", DOMAIN, member_unique_id(self._entry, part))
            if entity_id:
                registry.async_remove(entity_id)
        elif device := _device(self._hass, self._entry, part):
            dr.async_get(self._hass).async_remove_device(device.id)

    def _rename(self, numbers: Iterable[str]) -> None:
        """Let an extension's device have the name that its agent has now."""
        registry = dr.async_get(self._hass)
        for number in numbers:
            name = extension_name(self._coordinator, number)
            device = _device(self._hass, self._entry, ExtensionKey(number))
            if device and name and device.name != name:
                registry.async_update_device(device.id, name=name)


def extension_name(coordinator: CooCenterCoordinator, number: str) -> str | None:
    """Return the name of an extension's agent, None where the PBX has only the number."""
    extension = coordinator.state.extensions.get(number)
    name = extension.agent_name if extension else None
    return None if name == number else name


@callback
def async_register_pbx(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the id of the PBX's device, which its parts hang from."""
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={pbx_identifier(entry)},
        connections={(dr.CONNECTION_NETWORK_MAC, entry.unique_id)} if entry.unique_id else set(),
        name=entry.title,
        manufacturer="ZYCOO",
        model="CooCenter",
        configuration_url=URL.build(scheme="http", host=entry.data[CONF_HOST]),
    )
    return device.id


@callback
def async_part_of_device(entry: ConfigEntry, device: dr.AnyDeviceEntry) -> Part | None:
    """Return the extension or queue a device of the entry stands for, None for the PBX itself."""
    prefix = f"{entry.entry_id}_"
    names = [name.removeprefix(prefix) for domain, name in device.identifiers if domain == DOMAIN and prefix in name]
    return _part(names[0]) if names else None


@callback
def async_pause_switches(hass: HomeAssistant, agents: Iterable[tuple[str, str]]) -> set[str]:
    """Return the pause switches of agents, each given by its PBX's entry id and its extension."""
    found = set[str]()
    for entry_id, extension in agents:
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
            part = _part(entity.unique_id.removeprefix(f"{entry_id}_")) if entity.domain == "switch" else None
            if isinstance(part, MemberKey) and part.extension == extension:
                found.add(entity.entity_id)
    return found


def _part(name: str) -> Part | None:
    """Return the part that a registry's name without the entry's id means, None for the PBX itself."""
    match name.split("_"):
        case ["queue", queue]:
            return QueueKey(queue)
        case [queue, extension, "paused"]:
            return MemberKey(queue, extension)
        case [number]:
            return ExtensionKey(number)
        case _:
            return None


def _device(hass: HomeAssistant, entry: ConfigEntry, part: ExtensionKey | QueueKey) -> dr.AnyDeviceEntry | None:
    registry = dr.async_get(hass)
    identifier = part_identifier(entry, part)
    if isinstance(part, QueueKey):
        return registry.async_get_child_device_by_identifier(identifier, entry.entry_id)
    return registry.async_get_device_by_identifier(identifier, entry.entry_id)
