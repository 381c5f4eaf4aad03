"""Base entities: for the PBX, an extension, a queue, and an agent in a queue."""

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import CooCenterCoordinator
from .devices import extension_name, member_unique_id, part_identifier, pbx_identifier
from .pbx import Extension, ExtensionKey, Key, MemberKey, PbxKey, Queue, QueueKey, QueueMember


class CooCenterEntity(CoordinatorEntity[CooCenterCoordinator]):
    """An entity that is told when its key's part changes."""

    _attr_has_entity_name = True
    #: What was written last, as `_shows` tells it.
    _shown: object = None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write only what is new: more belongs to a part than one entity shows of it, and a write is dear."""
        if (shows := self._shows()) != self._shown or shows is None:
            self._shown = shows
            super()._handle_coordinator_update()

    def _shows(self) -> object:
        """Return all that the state is made of, None where that is for Home Assistant to find out."""
        return None


class PbxEntity(CooCenterEntity):
    """An entity of the PBX itself."""

    def __init__(
        self, coordinator: CooCenterCoordinator, description: EntityDescription, key: PbxKey | None = None
    ) -> None:
        super().__init__(coordinator, key)
        entry = coordinator.config_entry
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={pbx_identifier(entry)})


class ExtensionEntity(CooCenterEntity):
    """An entity of an extension, which is a device of its own: phones stand where people sit."""

    def __init__(self, coordinator: CooCenterCoordinator, description: EntityDescription, key: ExtensionKey) -> None:
        super().__init__(coordinator, key)
        entry = coordinator.config_entry
        self.entity_description = description
        self.number = key.number
        self._attr_unique_id = f"{entry.entry_id}_{key.number}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={part_identifier(entry, key)},
            manufacturer="ZYCOO",
            model=_model(self.extension),
            serial_number=key.number,
            via_device_id=coordinator.device_id,
        )
        if name := extension_name(coordinator, key.number):
            self._attr_device_info["name"] = name
        else:
            self._attr_device_info["translation_key"] = "extension"
            self._attr_device_info["translation_placeholders"] = {"number": key.number}

    @property
    def extension(self) -> Extension | None:
        """Return the extension as it is now, None while the PBX does not list it."""
        return self.coordinator.state.extensions.get(self.number)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.extension is not None


class QueueEntity(CooCenterEntity):
    """An entity of a queue, which is a part of the PBX; it follows the queue itself where nothing else is said."""

    def __init__(
        self,
        coordinator: CooCenterCoordinator,
        description: EntityDescription,
        key: QueueKey,
        follows: Key | None = None,
    ) -> None:
        super().__init__(coordinator, follows or key)
        self.entity_description = description
        self.number = key.number
        self._attr_unique_id = f"{coordinator.config_entry.entry_id}_{key.number}_{description.key}"
        self._attr_device_info = queue_device(coordinator, key)

    @property
    def queue(self) -> Queue | None:
        """Return the queue as it is now, None while the PBX does not list it."""
        return self.coordinator.state.queues.get(self.number)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.queue is not None


class MemberEntity(CooCenterEntity):
    """An entity of an agent in one queue."""

    def __init__(self, coordinator: CooCenterCoordinator, description: EntityDescription, key: MemberKey) -> None:
        super().__init__(coordinator, key)
        self.entity_description = description
        self.key = key
        self._attr_unique_id = member_unique_id(coordinator.config_entry, key)
        self._attr_device_info = queue_device(coordinator, QueueKey(key.queue))
        self._attr_translation_placeholders = {"agent": extension_name(coordinator, key.extension) or key.extension}

    @property
    def member(self) -> QueueMember | None:
        """Return the agent's membership as it is now, None while logged out."""
        queue = self.coordinator.state.queues.get(self.key.queue)
        return queue.members.get(self.key.extension) if queue else None

    @property
    @override
    def available(self) -> bool:
        return super().available and self.member is not None


def queue_device(coordinator: CooCenterCoordinator, key: QueueKey) -> ChildDeviceInfo:
    """Return the device of a queue."""
    return ChildDeviceInfo(
        identifiers={part_identifier(coordinator.config_entry, key)},
        translation_key="queue",
        translation_placeholders={"number": key.number},
        parent_device_id=coordinator.device_id,
    )


def _model(extension: Extension | None) -> str:
    return f"{extension.technology} extension" if extension and extension.technology else "Extension"
