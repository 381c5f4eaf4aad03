"""To-do lists: the missed calls of the PBX and of each queue, until somebody has called back."""

from dataclasses import replace
import re
from typing import override

from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.todo.entity import TodoItem, TodoListEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .call_info import describe_logged
from .call_log import LoggedCall, LogUnavailable
from .call_log.missed import Mark, MissedItem
from .const import DOMAIN
from .contacts import SIGNAL_CONTACTS_CHANGED
from .entity import CooCenterEntity, PbxEntity, QueueEntity
from .log_filter import unavailable
from .missed_calls import MissedCallsOfPbx
from .pbx import Direction, Outcome, Party, PbxState, QueueKey
from .runtime import CooCenterConfigEntry
from .sentences import Words

PARALLEL_UPDATES = 0

MISSED_CALLS = EntityDescription(key="missed_calls", translation_key="missed_calls")
MISSED_IN_QUEUE = replace(MISSED_CALLS, entity_registry_enabled_default=False)
#: So many of an item's calls are told of one by one.
_CALLS_TOLD = 5
#: What can begin a link, a picture, a tag or the like where Home Assistant's cards show a description as Markdown.
_MARKUP = re.compile(r"([\\`*_\[\]<>!#|~:@])")


async def async_setup_entry(
    hass: HomeAssistant, entry: CooCenterConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the list of the PBX, and those of the queues that are there or come."""
    missed = entry.runtime_data.missed
    await missed.async_start()

    async_add_entities([PbxMissedCalls(missed)])
    entry.runtime_data.roster.async_follow(async_add_entities, {QueueKey: lambda key: [QueueMissedCalls(missed, key)]})


class MissedCallsList(CooCenterEntity, TodoListEntity):
    """A list of missed calls, there whether or not the PBX answers."""

    # The dialog of an item sends the description that it has, which Home Assistant would refuse without the last.
    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )
    missed: MissedCallsOfPbx
    number = ""
    """Of the queue whose callers these are; empty: all of the PBX."""
    _shown: dict[MissedItem, TodoItem]

    @property
    @override
    def available(self) -> bool:
        return self.todo_items is not None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._shown = {}
        self._read()
        self.async_on_remove(self.missed.async_listen(self.number, self._refresh))
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_CONTACTS_CHANGED, self._rename))

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Tick an item or take the tick back; what it says is what happened."""
        listed, shown = next(pair for pair in self._shown.items() if pair[0].uid == item.uid)
        if item.status != shown.status:
            await self._mark([listed], Mark.DONE if item.status == TodoItemStatus.COMPLETED else Mark.OPEN)
        elif (item.summary, item.description) != (shown.summary, shown.description):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="missed_call_not_editable")

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Take items off the list for good."""
        await self._mark([listed for listed in self._shown if listed.uid in uids], Mark.HIDDEN)

    async def _mark(self, items: list[MissedItem], state: Mark) -> None:
        try:
            await self.missed.async_mark(items, state)
        except LogUnavailable as err:
            raise unavailable() from err

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Leave the list as it is: it follows the log, and not the PBX."""

    @callback
    def _refresh(self) -> None:
        if self._read():
            self.async_write_ha_state()

    @callback
    def _rename(self) -> None:
        """Say anew who called."""
        self._shown = {}
        self._refresh()

    def _read(self) -> bool:
        """Read the list, and return whether it is another."""
        before, listed = self._attr_todo_items, self.missed.items(self.number)
        texts = _Texts(Words(self.hass), self.coordinator.state)
        self._shown = {item: self._shown.get(item) or texts.item(item) for item in listed or ()}
        self._attr_todo_items = None if listed is None else list(self._shown.values())
        return self._attr_todo_items != before


class PbxMissedCalls(MissedCallsList, PbxEntity):
    """All calls that a PBX's callers made in vain."""

    def __init__(self, missed: MissedCallsOfPbx) -> None:
        super().__init__(missed.coordinator, MISSED_CALLS)
        self.missed = missed


class QueueMissedCalls(MissedCallsList, QueueEntity):
    """Those that were made in vain in one queue."""

    def __init__(self, missed: MissedCallsOfPbx, key: QueueKey) -> None:
        super().__init__(missed.coordinator, MISSED_IN_QUEUE, key)
        self.missed = missed


class _Texts:
    """What items say."""

    def __init__(self, words: Words, state: PbxState) -> None:
        self._words = words
        self._state = state

    def item(self, item: MissedItem) -> TodoItem:
        """Return an item as lists show it."""
        return TodoItem(
            uid=item.uid,
            summary=self._summary(item),
            description="\n".join(self._lines(item)),
            status=TodoItemStatus.COMPLETED if item.done else TodoItemStatus.NEEDS_ACTION,
            completed=item.done,
        )

    def _summary(self, item: MissedItem) -> str:
        """Return who called, as it was told last, and how often."""
        number = item.last.caller.number
        told = next((call.caller.name for call in item.calls[::-1] if call.caller.name), "")
        caller = self._words.party(number, self._state.named(Party(number, told)).name)
        if not number:
            # Many are called so.
            return self._words.say("missed_withheld", caller=caller, when=self._words.moment(item.last.started))
        return self._words.say("missed_calls", caller=caller, calls=len(item.calls)) if item.calls[1:] else caller

    def _lines(self, item: MissedItem) -> list[str]:
        """Return what was done about it, then each call, the newest first."""
        lines = [self._done(item)] if item.done else []
        lines += [self._call(call) for call in item.calls[: -_CALLS_TOLD - 1 : -1]]
        if (more := len(item.calls) - _CALLS_TOLD) > 0:
            lines.append(self._words.say("missed_before", calls=more))
        return lines

    def _done(self, item: MissedItem) -> str:
        when = self._words.moment(item.done) if item.done else ""
        if item.answer is None:
            return self._words.say("missed_ticked", when=when)
        back = item.answer.direction is Direction.OUTBOUND
        inside = item.answer.caller if back else Party(item.answer.agent) if item.answer.agent else item.answer.callee
        who = self._state.named(inside)
        return self._words.say(
            "missed_called_back" if back else "missed_reached",
            when=when,
            who=_as_text(self._words.short(who.number, who.name)),
        )

    def _call(self, call: LoggedCall) -> str:
        """Return when somebody called, which number, and for how long in vain."""
        rung = self._words.rung(describe_logged(self._state, call))
        return self._words.say(
            "missed_message" if call.outcome is Outcome.VOICEMAIL else "missed_call",
            when=self._words.moment(call.started),
            callee=_as_text(self._words.party(call.did, rung)),
            wait=self._words.duration(call.wait),
        )


def _as_text(told: str) -> str:
    """Return what a stranger may have said so that it stays a text; plain numbers and names stay as they are."""
    return _MARKUP.sub(r"\\\1", told)
