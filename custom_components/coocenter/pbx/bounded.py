"""A memory that forgets the oldest: whatever arrives, it does not grow."""

from collections.abc import Hashable


class Bounded[K: Hashable, V](dict[K, V]):
    """A dict of at most `limit` entries, in the order of their arrival."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._limit:
            del self[next(iter(self))]
