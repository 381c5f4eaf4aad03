"""How long Assist takes for a sentence, from within Home Assistant: no network in between."""

from collections.abc import Sequence
import time

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.util.json import JsonValueType


async def say(hass: HomeAssistant, sentences: Sequence[str], times: int) -> dict[str, JsonValueType]:
    """Say each sentence some times, one after another; return what was answered last, and the milliseconds of each."""
    found: dict[str, JsonValueType] = {}
    for sentence in sentences:
        took = list[JsonValueType]()
        for _ in range(times):
            began = time.perf_counter()
            answer = await async_converse(hass, sentence, None, Context(), "en")
            took.append((time.perf_counter() - began) * 1000)
        found[sentence] = {"answer": answer.response.speech["plain"]["speech"], "took": took}
    return found
