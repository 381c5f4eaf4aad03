"""How long Assist takes to understand: sentences that are ours, and those that are not, with and without us."""

import statistics
from typing import Any

from scripts.demo.hass import HassProcess
from scripts.measure.figures import Figure, Target, progress
from scripts.measure.people import people
from scripts.measure.site import add_pbx, open_site
from simulator import Office

#: Answered without asking the PBX, so that little but understanding is measured.
OURS = ("is {name} on the phone?", "please tell me if {name} is on the phone", "who is on the phone?", "who called?")
#: The first are Home Assistant's own, the next are understood by nobody; the last only look like ours.
OTHERS = (
    "turn on the lamp",
    "turn off the lamp",
    "what is the state of the lamp",
    "what time is it",
    "set a timer for five minutes",
    "how is the weather on the moon in the winter",
    "tell me a long story about a telephone that nobody ever calls",
    "pause the music",
    "resume the playlist in the kitchen",
    "transfer money to my account",
)
_OURS_TAKES = Target(10)
_OTHERS_TAKE_MORE = Target(3, "max")
#: Once, for what is built when it is first needed; its time is told apart.
_FIRST_TIME = 1


async def measure(contacts: int, times: int) -> list[Figure]:
    """Say the same sentences without a PBX, and with one and a phone book of so many contacts."""
    async with open_site(Office.build(extensions=50, queues=4)) as (hass, pbx):
        await hass.command(
            "homeassistant/expose_entity", assistants=["conversation"], entity_ids=["light.lamp"], should_expose=True
        )
        progress("saying what is not ours, without the integration")
        await _say(hass, OTHERS, _FIRST_TIME)
        without = await _say(hass, OTHERS, times)
        await add_pbx(hass, pbx)
        everybody = people(contacts)
        progress(f"adding {contacts} contacts")
        rows = "\n".join(f"{name},{number},{name[:4]} {n}" for n, (name, number) in enumerate(everybody))
        await hass.call_service(
            "coocenter", "import_contacts", {"content": f"name,phone,alias\n{rows}\n"}, return_response=True
        )
        progress("saying what is ours, and what is not, with it")
        first = await _say(hass, ["who is on the phone?"], _FIRST_TIME)
        with_us = await _say(hass, OTHERS, times)
        ours = [sentence.format(name=everybody[n * contacts // 8][0]) for n in range(8) for sentence in OURS]
        said = await _say(hass, list(dict.fromkeys(ours)), times)
    return [
        Figure("not ours, without the integration", "ms", _all(without)),
        Figure("not ours, with it", "ms", _all(with_us)),
        Figure(
            "not ours: median with it less median without, each sentence",
            "ms",
            _more(without, with_us),
            _OTHERS_TAKE_MORE,
        ),
        Figure("ours, understood and answered", "ms", _all(said), _OURS_TAKES),
        Figure("ours, the first after the phone book changed", "ms", _all(first)),
    ]


async def _say(hass: HassProcess, sentences: Any, times: int) -> dict[str, Any]:
    answer: dict[str, Any] = await hass.call_service(
        "loop_watch", "say", {"sentences": list(sentences), "times": times}, return_response=True
    )
    return answer


def _all(said: dict[str, Any]) -> tuple[float, ...]:
    return tuple(took for one in said.values() for took in one["took"])


def _more(without: dict[str, Any], with_us: dict[str, Any]) -> tuple[float, ...]:
    return tuple(
        statistics.median(with_us[sentence]["took"]) - statistics.median(without[sentence]["took"])
        for sentence in without
    )
