"""Who waits to be called back: missed calls from outside, until somebody talked with the caller.

All of it follows from the calls and from what people did by hand with each, in whatever order both become known: a call
that is told again counts as it was told last. A person's hand is about the calls that were listed and about no others,
so that no clock of a PBX hides a call that nobody has seen.
"""

from bisect import bisect
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ..pbx import Outcome
from ..pbx.matching import number_key
from ..pbx.model import NOBODY
from .model import LoggedCall

#: Whose call was missed longer ago does not wait any more.
LISTED_FOR = timedelta(days=30)
#: So long it is shown what was done.
DONE_FOR = timedelta(days=7)
#: Nobody reads more.
MOST_OPEN = 500
MOST_DONE = 200
#: So many missed calls are known at most, and so many of one number; then the oldest are forgotten.
_MOST_MISSED = 10_000
_MOST_OF_NUMBER = 500
#: So many answered calls of other numbers are known, in case it is told late that they were missed before.
_MOST_OTHERS = 10_000
#: Before the id of a call that is like no other, because its number was withheld: no number begins so.
_WITHHELD = "\0"


class Mark(StrEnum):
    """What a person did with a missed call."""

    DONE = "done"
    OPEN = "open"
    """Nothing that was answered until then has done it."""
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MissedItem:
    """The missed calls of one number that wait together, or were done together."""

    calls: tuple[LoggedCall, ...]
    """The oldest first."""
    answer: LoggedCall | None = None
    """The call in which somebody talked with the caller."""
    ticked: datetime | None = None
    """When somebody said so by hand."""

    @property
    def uid(self) -> str:
        """Return the id of the first call, by which the item is known."""
        return self.calls[0].uid

    @property
    def last(self) -> LoggedCall:
        """Return the newest call."""
        return self.calls[-1]

    @property
    def done(self) -> datetime | None:
        """Return when it was done (UTC), None while it waits."""
        return self.answer.answered if self.answer else self.ticked


class _Placed(NamedTuple):
    """An item and what its place in a list depends on; there may be thousands, which are sorted with each call."""

    age: datetime
    uid: str
    last: datetime
    done: bool
    item: MissedItem


@dataclass(slots=True)
class _Number:
    """The calls with one number, by their ids, and the items of each list that has been asked for."""

    missed: dict[str, LoggedCall] = field(default_factory=dict)
    answered: dict[str, LoggedCall] = field(default_factory=dict)
    items: dict[str, list[_Placed]] = field(default_factory=dict)

    @property
    def lists(self) -> set[str]:
        """Return the lists that its missed calls are in."""
        return {"", *(call.queue for call in self.missed.values())} if self.missed else set()


class MissedCalls:
    """The missed calls of a PBX and of each of its queues, as lists; the PBX's own list is that of ""."""

    def __init__(self, region: str, marks: Mapping[str, tuple[str, datetime]]) -> None:
        self._region = region or None
        self._marks = {uid: (Mark(state), at) for uid, (state, at) in marks.items()}
        self._numbers: dict[str, _Number] = {}
        self._keys: dict[str, str] = {}
        self._missed: OrderedDict[str, None] = OrderedDict()
        self._others: OrderedDict[str, None] = OrderedDict()

    def take(self, calls: Iterable[LoggedCall]) -> set[str]:
        """Take calls that are new or changed, and return the lists that may be others by them."""
        changed = set[str]()
        for call in calls:
            before, after = self._keys.get(call.uid), self._key(call)
            if before is None and after is None:
                continue
            changed |= self._lists(before)
            if before is not None:
                self._remove(call.uid)
            if after is not None:
                self._put(after, call)
            changed |= self._lists(before) | self._lists(after)
        return changed

    def mark(self, uids: Iterable[str], state: Mark, at: datetime) -> set[str]:
        """Note what a person did with missed calls, and return the lists that may be others by it."""
        changed = set[str]()
        for uid in uids:
            self._marks[uid] = state, at
            changed |= self._lists(self._keys.get(uid))
        return changed

    def items(self, queue: str, now: datetime) -> list[MissedItem]:
        """Return what waits in a list, then what was done lately, each the newest first."""
        numbers = [number for number in self._numbers.values() if number.missed]
        listed, shown = now - LISTED_FOR, now - DONE_FOR
        found = [one for number in numbers for one in _items_of(number, queue, self._marks) if one.last >= listed]
        waiting = sorted(one for one in found if not one.done)
        done = sorted(one for one in found if one.done and one.age >= shown)
        return [one.item for one in waiting[: -MOST_OPEN - 1 : -1] + done[: -MOST_DONE - 1 : -1]]

    def answered_last(self, item: MissedItem) -> datetime | None:
        """Return when somebody last talked with the caller of an item, as far as is known."""
        number = self._numbers.get(self._keys.get(item.uid, ""), _Number())
        return max((call.answered for call in number.answered.values() if call.answered), default=None)

    def forgotten(self, calls: Iterable[LoggedCall]) -> list[str]:
        """Return the missed calls of which it is told that their caller is nobody now: his number was erased."""
        return [
            call.uid
            for call in calls
            if call.caller == NOBODY and call.uid in self._missed and not self._keys[call.uid].startswith(_WITHHELD)
        ]

    def _key(self, call: LoggedCall) -> str | None:
        """Return what the calls with the same number share, None for a call that makes no difference."""
        outside = call.outside
        if outside is None or not (call.missed or call.outcome is Outcome.ANSWERED):
            return None
        if outside.number:
            return number_key(outside.number, self._region)
        return f"{_WITHHELD}{call.uid}" if call.missed else None

    def _lists(self, key: str | None) -> set[str]:
        """Return the lists that a number is in, now to be made anew."""
        if key is None or not (number := self._numbers.get(key)):
            return set()
        number.items.clear()
        return number.lists

    def _put(self, key: str, call: LoggedCall) -> None:
        number = self._numbers.setdefault(key, _Number())
        self._keys[call.uid] = key
        if call.missed:
            if not number.missed:
                for uid in number.answered:
                    self._others.pop(uid, None)
            number.missed[call.uid] = call
            self._missed[call.uid] = None
        else:
            number.answered[call.uid] = call
            if not number.missed:
                self._others[call.uid] = None
        if len(self._missed) > _MOST_MISSED:
            self._remove(next(iter(self._missed)))
        if len(self._others) > _MOST_OTHERS:
            self._remove(next(iter(self._others)))
        for kind in (number.missed, number.answered):
            if len(kind) > _MOST_OF_NUMBER:
                self._remove(next(iter(kind)))

    def _remove(self, uid: str) -> None:
        key = self._keys.pop(uid)
        number = self._numbers[key]
        was_missed = number.missed.pop(uid, None) is not None
        number.answered.pop(uid, None)
        self._missed.pop(uid, None)
        self._others.pop(uid, None)
        if not number.missed and not number.answered:
            del self._numbers[key]
        elif was_missed and not number.missed:
            self._others.update(dict.fromkeys(number.answered))


def _items_of(number: _Number, queue: str, marks: Mapping[str, tuple[Mark, datetime]]) -> list[_Placed]:
    """Return the items of a number in one list, without those that were taken off it."""
    if queue not in number.items:
        number.items[queue] = [_placed(item) for item in _grouped(number, queue, marks)]
    return number.items[queue]


def _placed(item: MissedItem) -> _Placed:
    done, last = item.done, item.last.started
    return _Placed(done or last, item.uid, last, done is not None, item)


def _grouped(number: _Number, queue: str, marks: Mapping[str, tuple[Mark, datetime]]) -> list[MissedItem]:
    """Put the missed calls together that wait, and those that were done by the same call or hand."""
    answers = sorted(
        ((call.answered, call.uid, call) for call in number.answered.values() if call.answered),
        key=lambda answer: answer[:2],
    )
    moments = [answered for answered, *_ in answers]
    groups: dict[str | datetime | None, list[LoggedCall]] = {}
    for call in sorted(number.missed.values(), key=lambda call: (call.started, call.uid)):
        state, at = marks.get(call.uid, (Mark.OPEN, call.started))
        if state is Mark.HIDDEN or queue not in ("", call.queue):
            continue
        if state is Mark.DONE:
            groups.setdefault(at, []).append(call)
        else:
            place = bisect(moments, max(call.started, at))
            groups.setdefault(answers[place][1] if place < len(answers) else None, []).append(call)
    return [
        MissedItem(
            calls=tuple(calls),
            answer=number.answered[by] if isinstance(by, str) else None,
            ticked=by if isinstance(by, datetime) else None,
        )
        for by, calls in groups.items()
    ]
