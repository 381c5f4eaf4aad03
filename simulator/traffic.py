"""Traffic: calls that come by themselves, always the same ones for the same seed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from .engine import Engine
from .office import Dice
from .scenarios import play
from .settings import Level, Settings

# Mean seconds between two calls: about one a minute, or several at once.
GAPS: dict[Level, float] = {"quiet": 60.0, "busy": 6.0}
WEIGHTS = {
    "queue": 8,
    "inbound": 4,
    "outbound": 4,
    "internal": 3,
    "queue_abandoned": 2,
    "inbound_missed": 1,
    "ivr_only": 1,
    "busy": 1,
    "cancelled": 1,
    "hold": 1,
    "transfer": 1,
    "voicemail": 1,
}
PAIRS = ("internal", "busy", "cancelled", "hold", "transfer")


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold the next call: what it is, and how long after the one before."""

    gap: float
    name: str
    params: dict[str, object]


def choices(settings: Settings, level: Level) -> Iterator[Choice]:
    """Yield calls for ever; whatever goes on in the office does not change them."""
    dice = Dice(settings.seed)
    office = settings.office
    # Neither does who is registered just now: the last phone may be off, the others were built on.
    phones = list(office.extensions)
    queues = [queue for queue in office.queues if office.ivr.key_of(queue)]
    names = [name for name in WEIGHTS if _possible(name, len(phones), len(queues))]
    while True:
        name = dice.choices(names, [WEIGHTS[one] for one in names])[0]
        outside = f"01632960{dice.randrange(200, 1000)}"
        pair = dice.sample(phones, min(2, len(phones)))
        queue = dice.choice(queues) if queues else ""
        gap = dice.uniform(0.5, 1.5) * GAPS[level]
        talk = round(dice.uniform(5, 40), 1)
        yield Choice(gap, name, _params(name, outside, pair, queue, talk))


def _possible(name: str, phones: int, queues: int) -> bool:
    if name in PAIRS:
        return phones > (2 if name == "transfer" else 1)
    return queues > 0 or not name.startswith(("queue", "voicemail"))


def _params(name: str, outside: str, pair: list[str], queue: str, talk: float) -> dict[str, object]:
    """Return what a scenario is to be about."""
    if name in PAIRS:
        params: dict[str, object] = {"caller": pair[0], "callee": pair[1]}
        return params if name in {"busy", "cancelled"} else params | {"talk": talk}
    if name == "outbound":
        return {"extension": pair[0], "number": outside, "talk": talk}
    if name == "queue":
        return {"number": outside, "queue": queue, "talk": talk}
    if name == "inbound":
        return {"number": outside, "callee": pair[0], "talk": talk}
    return {"number": outside, "queue": queue} if name in {"queue_abandoned", "voicemail"} else {"number": outside}


class Traffic:
    """Play calls one after another, without waiting for their end."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self._engine = engine
        self._task: asyncio.Task[None] | None = None

    def start(self, level: Level) -> None:
        """Change to this level; the calls in progress go on."""
        if self._task:
            self._task.cancel()
        self._task = self._engine.exchange.spawn(self._run(level)) if level != "none" else None

    async def _run(self, level: Level) -> None:
        for choice in choices(self._settings, level):
            await self._settings.sleep(choice.gap)
            if self._can_play(choice):
                play(self._engine, choice.name, choice.params)

    def _can_play(self, choice: Choice) -> bool:
        """Return whether the PBX is up and the caller's phone is free to make the call."""
        if self._engine.down:
            return False
        caller = choice.params.get("caller") or choice.params.get("extension")
        return not caller or self._settings.office.extensions[str(caller)].state == 0
