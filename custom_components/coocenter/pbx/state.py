"""The PBX as we know it: pushes and polls folded into one model; pure, synchronous, and the same twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from .bounded import Bounded
from .call_table import CallTable
from .calls import CallFold
from .changes import (
    AgentReleased,
    CallsDoubtful,
    Changes,
    ExtensionFound,
    ExtensionKey,
    MemberKey,
    PbxKey,
    Pushed,
    QueueAgentsKey,
    QueueCallsKey,
    QueueKey,
)
from .events import CallDetail, Event, ExtensionStatus, Hangup, QueueCallDetail, Unknown
from .model import Activity, Extension, HintStatus, Party, PeerStatus, Queue, Snapshot
from .numbers import is_extension
from .takeover import Takeover, overtakes

#: A PBX resends what was not acknowledged every 2 s; more than this is not on its way at once.
_MAX_RECENT = 2_000
_MAX_UNLISTED = 1_000
_AT_REST = (Activity.IDLE, Activity.UNAVAILABLE)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Push:
    """When an extension was pushed last, and what."""

    at: datetime = _NEVER
    activity: Activity | None = None


class PbxState:
    """What one PBX is and does.

    `apply` folds a pushed event, `reconcile` what the PBX answered, `expire` the time: each returns the Changes.
    All times are UTC.
    """

    def __init__(self) -> None:
        self.extensions: dict[str, Extension] = {}
        self.queues: dict[str, Queue] = {}
        self.blacklist: tuple[str, ...] = ()
        #: What the phone book calls a number, empty where it is not in it.
        self.name_of: Callable[[str], str] = lambda _number: ""
        self.calls = CallTable(self._is_staffed)
        self._fold = CallFold(self.calls, self._is_extension, self._activity)
        self._recent: Bounded[Event, None] = Bounded(_MAX_RECENT)
        self._shown_names: Bounded[str, str] = Bounded(_MAX_UNLISTED)
        self._unlisted: Bounded[str, Activity | None] = Bounded(_MAX_UNLISTED)
        self._pushed: defaultdict[str, _Push] = defaultdict(_Push)
        self._taken: dict[str, datetime] = {}

    def apply(self, event: Event, now: datetime) -> Changes:
        """Fold a pushed event; one that was seen before changes nothing."""
        changes = Changes()
        if isinstance(event, ExtensionStatus):
            self._extension_status(event, now, changes)
            return changes
        if event in self._recent:
            return changes
        self._recent[event] = None
        if not isinstance(event, Unknown):
            self._fold.apply(event, now, changes)
        for party in _named_in(event):
            self._shown_names[party.number] = party.name
        if isinstance(event, QueueCallDetail) and event.agent:
            changes.signals.append(AgentReleased(event.agent))
        changes.signals.append(Pushed(event))
        return self._finished(changes)

    def reconcile(self, snapshot: Snapshot, now: datetime) -> Changes:
        """Fold what the PBX answered; its word counts, but for what was pushed or answered after it was asked."""
        changes = Changes()
        if snapshot.hints is not None or snapshot.peers is not None:
            self._reconcile_extensions(snapshot, changes)
        if snapshot.queues is not None and self._is_newest("queues", snapshot):
            self._reconcile_queues(snapshot.queues, changes)
        if snapshot.blacklist is not None and self._is_newest("blacklist", snapshot):
            if snapshot.blacklist != self.blacklist:
                changes.keys.add(PbxKey.BLACKLIST)
            self.blacklist = snapshot.blacklist
        if snapshot.channels is not None and self._is_newest("channels", snapshot):
            Takeover(self.calls, self._fold, snapshot.taken, changes).run(snapshot.channels, now)
        if snapshot.hints is not None:
            for number in {number for call in self.calls for number in call.talking}:
                # Who held whom before somebody looked is no news.
                self._fold.activity_changed(number, None, now, changes, tell=False)
        return self._finished(changes)

    def expire(self, now: datetime) -> Changes:
        """End what nobody speaks of any more."""
        changes = Changes()
        self.calls.expire(now, changes)
        return self._finished(changes)

    def agents_available(self, queue: Queue) -> int:
        """Return how many agents the queue could ring now: neither paused nor unregistered nor busy."""
        return sum(
            not member.paused and self._reachable(number) and self._activity(number) in (Activity.IDLE, None)
            for number, member in queue.members.items()
        )

    def is_unstaffed(self, queue: Queue) -> bool:
        """Tell whether a caller of the queue waits for nobody: no agent is logged in, unpaused and registered."""
        return not any(not member.paused and self._reachable(number) for number, member in queue.members.items())

    def has_doubts(self) -> bool:
        """Tell whether a call is said to go on where a phone is at rest, or with one party alone."""
        return any(
            call.is_lonely or any(self._activity(number) in _AT_REST for number in call.extensions)
            for call in self.calls
        )

    def named(self, party: Party) -> Party:
        """Return a party with its name in the phone book, else its own, else that of its extension."""
        if known := self.name_of(party.number):
            return replace(party, name=known)
        return party if party.name else replace(party, name=self.known_as(party.number))

    def known_as(self, number: str) -> str:
        """Return the name that the PBX has of an extension, else the one that it showed in a call; empty for none."""
        if not (extension := self.extensions.get(number)):
            return ""
        return extension.agent_name or self._shown_names.get(number, "")

    def _extension_status(self, event: ExtensionStatus, now: datetime, changes: Changes) -> None:
        if not (number := event.extension):
            return
        known = self.extensions.get(number)
        if known is None and "extensions" in self._taken:
            # The PBX also tells of hints that are no extensions, such as parking places: a poll decides.
            if self._unlisted.get(number, ...) != event.activity:
                changes.signals += [ExtensionFound(number), Pushed(event)]
                self._unlisted[number] = event.activity
            return
        if known is None and (not is_extension(number) or len(self.extensions) >= _MAX_UNLISTED):
            return
        before = known or Extension(number=number)
        after = _with_activity(before, event.activity)
        self.extensions[number] = after
        if after != known:
            changes.keys.update((ExtensionKey(number), *self._queue_keys((number,))))
            if event.activity in _AT_REST and self.calls.of_extension(number):
                changes.signals.append(CallsDoubtful())
        # A poll may have told it before, but a push that is not the last one over again is a fact of its own.
        if after != known or self._pushed[number].activity is not event.activity:
            changes.signals.append(Pushed(event))
        self._pushed[number] = _Push(now, event.activity)
        self._fold.activity_changed(number, before.activity, now, changes)

    def _reconcile_extensions(self, snapshot: Snapshot, changes: Changes) -> None:
        hints = {hint.number: hint for hint in snapshot.hints or ()}
        peers = {peer.number: peer for peer in snapshot.peers or ()}
        if not self._is_newest("extensions", snapshot):
            return
        before, self.extensions = self.extensions, {}
        # Where the hints were not told, nobody is gone.
        listed = (*(before if snapshot.hints is None else ()), *hints, *peers)
        for number in dict.fromkeys(listed):
            after = _described(before.get(number), number, hints.get(number), peers.get(number))
            known = before.get(number)
            if known and overtakes(self._pushed[number].at, snapshot.taken):
                after = _with_activity(after, known.activity)
            self.extensions[number] = after
        changed = [n for n in {**before, **self.extensions} if before.get(n) != self.extensions.get(n)]
        changes.keys.update(map(ExtensionKey, changed))
        changes.keys.update(self._queue_keys(changed))
        if before.keys() != self.extensions.keys():
            for number in before.keys() - self.extensions.keys():
                self._pushed.pop(number, None)
            self._fold.roster_changed(changes)

    def _reconcile_queues(self, queues: Iterable[Queue], changes: Changes) -> None:
        before, self.queues = self.queues, {queue.number: queue for queue in queues}
        for number in {**before, **self.queues}:
            old, new = before.get(number), self.queues.get(number)
            if old != new:
                changes.keys |= {QueueKey(number), QueueAgentsKey(number), QueueCallsKey(number)}
                changes.keys.update(MemberKey(number, extension) for extension in _changed_members(old, new))

    def _is_newest(self, part: str, snapshot: Snapshot) -> bool:
        """Tell whether a part was asked after the one we have: two polls may overtake each other."""
        newest = not overtakes(self._taken.get(part, _NEVER), snapshot.taken)
        if newest:
            self._taken[part] = snapshot.taken
        return newest

    def _finished(self, changes: Changes) -> Changes:
        changes.signals = [
            signal
            for signal in changes.signals
            if not isinstance(signal, AgentReleased) or self._is_agent(signal.extension)
        ]
        return changes

    def _is_agent(self, extension: str) -> bool:
        return any(extension in queue.members for queue in self.queues.values())

    def _queue_keys(self, extensions: Iterable[str]) -> Iterable[QueueAgentsKey]:
        numbers = set(extensions)
        return [QueueAgentsKey(queue.number) for queue in self.queues.values() if not numbers.isdisjoint(queue.members)]

    def _is_staffed(self, number: str) -> bool:
        """Tell whether a queue has an agent; while the queues are not known, each has."""
        queue = self.queues.get(number)
        return not self.is_unstaffed(queue) if queue else "queues" not in self._taken

    def _is_extension(self, number: str) -> bool:
        return number in self.extensions or "extensions" not in self._taken

    def _reachable(self, number: str) -> bool:
        extension = self.extensions.get(number)
        return extension is None or extension.reachable

    def _activity(self, number: str) -> Activity | None:
        extension = self.extensions.get(number)
        return extension.activity if extension else None


def _named_in(event: Event) -> list[Party]:
    """Return who is named in an event, those of the office among them."""
    match event:
        case Hangup():
            parties = [event.caller, event.connected]
        case CallDetail():
            parties = [event.caller]
        case _:
            parties = []
    return [party for party in parties if party.name and is_extension(party.number)]


def _changed_members(before: Queue | None, after: Queue | None) -> list[str]:
    old, new = before.members if before else {}, after.members if after else {}
    return [number for number in {**old, **new} if old.get(number) != new.get(number)]


def _with_activity(extension: Extension, activity: Activity | None) -> Extension:
    registered = extension.registered
    if registered is not None and activity is not None:
        # The push comes at once; where the phone is, only the next poll tells.
        registered = activity is not Activity.UNAVAILABLE
    return replace(extension, activity=activity, registered=registered)


def _described(known: Extension | None, number: str, hint: HintStatus | None, peer: PeerStatus | None) -> Extension:
    """Return an extension as the two lists say; what neither list was asked for stays."""
    extension = known or Extension(number=number)
    # Mostly nothing is new, and to see that is quicker than to replace it.
    hinted = extension.activity, extension.agent_name, extension.agent_type
    if hint and hinted != (hint.activity, hint.agent_name, hint.agent_type):
        extension = replace(extension, activity=hint.activity, agent_name=hint.agent_name, agent_type=hint.agent_type)
    found = extension.registered, extension.latency, extension.address, extension.technology
    if peer and found != (peer.registered, peer.latency, peer.address, peer.technology):
        extension = replace(
            extension,
            registered=peer.registered,
            latency=peer.latency,
            address=peer.address,
            technology=peer.technology,
        )
    return extension
