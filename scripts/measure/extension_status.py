"""States of extensions, pushed: by what the user could do instead, by us, and where nothing is done with them."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
import json

from yarl import URL

from scripts.demo.config import YAML
from scripts.demo.hass import HassProcess
from scripts.measure import yaml_ways
from scripts.measure.figures import Figure, Target, progress
from scripts.measure.push_client import LANES, push_lanes
from scripts.measure.pushes import cpu_time
from scripts.measure.site import UNRECORDED, WEB_KEY, add_pbx, office_of, open_house, poll_seldom
from simulator import Simulator
from simulator.office import FIRST_EXTENSION

NOTHING = "no-op webhook"
#: What ours has to do at the least.
LEAST = "one state, one event"
#: A user's own YAML with more extensions than this is not worth waiting for.
_YAML_SIZES, _SIZES = (10, 100, 500), (10, 100, 500, 2_000)
_RECORDED = 500
#: At first nobody knows how long a push takes.
_FEW, _SHORT = 4, 0.2
_BODY = {"event": "extensionstatus"}
_TEXTS = (("0", "Idle"), ("1", "InUse"))
#: One, against another, and the least ratio, if one is wanted; with the recorder off and on.
_OFF = (
    (f"ours {2_000}", NOTHING, 0.55),
    (LEAST, NOTHING, None),
    (f"ours {500}", LEAST, None),
    (f"ours {2_000}", f"ours {10}", 0.9),
    (f"ours {500}", f"YAML sensors {500}", 50),
    (f"ours {500}", f"best YAML {500}", 2.5),
)
_ON = ((f"ours {500}", f"best YAML {500}", 3),)


class WrongState(Exception):
    """Tell of states that are not what was pushed last."""


@dataclass(slots=True)
class Way:
    """One way to have the states of some extensions, and what was pushed to it last."""

    name: str
    url: URL
    numbers: Sequence[str]
    entities: Sequence[str]
    words: tuple[str, str] = ("idle", "in_use")
    rate: float = 0.0
    pushed: int = 0
    _busy: dict[int, bool] = field(default_factory=dict)
    _bodies: list[tuple[bytes, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._bodies = [
            tuple(
                json.dumps({**_BODY, "exten": number, "status": code, "statustext": text}).encode()
                for code, text in _TEXTS
            )
            for number in self.numbers
        ]

    async def push(self, seconds: float) -> float:
        """Push for about so long; return how many were acknowledged a second."""
        pushes = max(_FEW, round(self.rate * seconds / LANES))
        took = await push_lanes(self.url, [self._lane(lane, pushes) for lane in range(LANES)])
        self.pushed += LANES * pushes
        return LANES * pushes / took

    def expected(self) -> dict[str, str]:
        """Return the states as they were pushed last."""
        return {self.entities[index]: self.words[busy] for index, busy in self._busy.items()} if self.entities else {}

    def _lane(self, lane: int, pushes: int) -> Iterator[bytes]:
        """Yield what goes over one connection: the same extensions each time, so that their order is kept."""
        for index in islice(cycle(range(lane, len(self.numbers), LANES)), pushes):
            self._busy[index] = not self._busy.get(index, False)
            yield self._bodies[index][self._busy[index]]


async def measure(seconds: float, rounds: int) -> list[Figure]:
    """Push in rounds, each way in each of them; first without the recorder, and then with it."""
    async with _open(UNRECORDED, _YAML_SIZES, _SIZES) as (hass, ways):
        figures = await _compare("recorder off", hass, ways, (seconds, rounds), _OFF)
    async with _open(_recorded(), (_RECORDED,), (_RECORDED,)) as (hass, ways):
        return figures + await _compare("recorder on", hass, ways, (seconds, rounds), _ON)


async def _compare(
    where: str,
    hass: HassProcess,
    ways: Sequence[Way],
    extent: tuple[float, int],
    wanted: Sequence[tuple[str, str, float | None]],
) -> list[Figure]:
    seconds, rounds = extent
    progress(f"{where}: pushing states of extensions in {rounds} rounds")
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    busy: dict[str, list[float]] = {way.name: [] for way in ways}
    for way in ways:
        for warm_up in (0, _SHORT):
            way.rate = await _round(hass, way, warm_up)
    for number in range(rounds):
        # Forth and back: whatever grows with time is to be nobody's advantage.
        for way in ways[:: -1 if number % 2 else 1]:
            pushed, worked = way.pushed, cpu_time(hass)
            rates[way.name].append(await _round(hass, way, seconds))
            busy[way.name].append((cpu_time(hass) - worked) * 1000 / (way.pushed - pushed))
    return [
        *(Figure(f"{where}: {name}", "events/s", tuple(samples)) for name, samples in rates.items()),
        *(Figure(f"{where}: {name}, processor time", "ms/event", tuple(samples)) for name, samples in busy.items()),
        *(
            Figure(
                f"{where}: {one} / {other}",
                "ratio",
                tuple(rate / against for rate, against in zip(rates[one], rates[other], strict=True)),
                Target(least, "median", at_least=True) if least else None,
            )
            for one, other, least in wanted
        ),
    ]


async def _round(hass: HassProcess, way: Way, seconds: float) -> float:
    """Push, look that every state is what it should be, and let the recorder come to rest."""
    rate = await way.push(seconds)
    answer = await hass.command("loop_watch/expect", states=way.expected())
    if answer["wrong"]:
        message = f"{way.name}: {len(answer['wrong'])} states are not what was pushed last"
        raise WrongState(message)
    await hass.call_service("loop_watch", "recorded", {})
    return rate


@asynccontextmanager
async def _open(
    yaml: str, yaml_sizes: Sequence[int], sizes: Sequence[int]
) -> AsyncIterator[tuple[HassProcess, Sequence[Way]]]:
    """Yield one Home Assistant in which there are all ways: each costs at its own pushes only."""
    package = yaml_ways.together(
        *(yaml_ways.sensors(f"sensors{size}", _numbers(size)) for size in yaml_sizes),
        *(yaml_ways.events(f"events{size}", _numbers(size)) for size in yaml_sizes),
    )
    async with AsyncExitStack() as stack:
        hass = await stack.enter_async_context(open_house(yaml, package))
        progress("starting Home Assistant")
        await hass.start()
        ways = [Way(NOTHING, _webhook(hass, "nothing"), _numbers(10), ()), _least(hass)]
        for size in yaml_sizes:
            ways += _yaml(hass, size)
        for size in sizes:
            progress(f"adding a PBX with {size} extensions")
            pbx = await stack.enter_async_context(Simulator(office_of(size), web_key=WEB_KEY))
            ways.append(await _ours(hass, pbx, size))
        yield hass, ways


def _yaml(hass: HassProcess, size: int) -> Iterator[Way]:
    numbers = _numbers(size)
    for title, name in (("YAML sensors", f"sensors{size}"), ("best YAML", f"events{size}")):
        entities = [yaml_ways.entity(name, number) for number in numbers]
        yield Way(f"{title} {size}", _webhook(hass, name), numbers, entities, ("Idle", "InUse"))


def _least(hass: HassProcess) -> Way:
    numbers = _numbers(_RECORDED)
    return Way(LEAST, _webhook(hass, "least"), numbers, [f"sensor.least_{number}" for number in numbers], ("0", "1"))


async def _ours(hass: HassProcess, pbx: Simulator, size: int) -> Way:
    entry_id, url = await add_pbx(hass, pbx)
    entities = await poll_seldom(hass, entry_id)
    numbers = _numbers(size)
    return Way(f"ours {size}", URL(url), numbers, [entities[f"{entry_id}_{number}_status"] for number in numbers])


def _recorded() -> str:
    """Return a configuration whose recorder leaves out the event of the YAML, as it does with ours."""
    left_out = ", ".join(["coocenter_event", "coocenter_call", f"{yaml_ways.PUSHED}_events{_RECORDED}"])
    return YAML.replace("[coocenter_event]", f"[{left_out}]")


def _webhook(hass: HassProcess, name: str) -> URL:
    return URL(f"{hass.url}/api/webhook/{name}")


def _numbers(size: int) -> list[str]:
    return [str(FIRST_EXTENSION + index) for index in range(size)]
