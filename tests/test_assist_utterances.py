"""What people say, through Home Assistant's own conversation: what the PBX is told, or what is answered.

The table is that of the recogniser: tests/voice/utterances.yaml. It is said to the satellite beside extension 804.
"""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from annotatedyaml import load_yaml_dict
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.coocenter.languages import async_get_voice
from custom_components.coocenter.voice.language import Language
from simulator import Simulator
from tests.conftest import WEB_KEY, Push
from tests.flow_harness import until
from tests.log_harness import cdr, journal_of, missed
from tests.office_harness import FOREVER, asked
from tests.utterances_harness import (
    CALLED,
    HERE,
    KITCHEN,
    LABELLED,
    LAST_CALLER,
    LAST_DIALLED,
    SOURCES,
    Heard,
    House,
    office,
)
from tests.voice_harness import know, place

TABLE: dict[str, Any] = load_yaml_dict(Path(__file__).parent / "voice" / "utterances.yaml")
LANGUAGES = sorted({one["language"] for one in TABLE["utterances"]})
#: Who calls whom all the time, and how that is told.
CALLS = (("805", HERE), ("806", KITCHEN))
TALKING = (("Person 804", "Person 805"), ("Reception", "Person 806"))
DIAL, END, PASS_ON, PAUSE = "click-number", "hangup", "transfer", "agent-pause"

type Told = list[tuple[str, ...]]


@pytest.fixture
async def pbx(socket_enabled: None) -> AsyncGenerator[Simulator]:
    async with Simulator(office(TABLE["office"]), web_key=WEB_KEY, speed=100.0, resend_after=0.05) as simulator:
        yield simulator


@pytest.fixture
async def house(hass: HomeAssistant) -> House:
    house = House(hass)
    await house.build()
    return house


def of(language: str, *, ours: bool) -> list[dict[str, Any]]:
    return [one for one in TABLE["utterances"] if one["language"] == language and bool(one["intent"]) is ours]


async def move_in(hass: HomeAssistant, push: Push) -> None:
    """Let everybody have names and places, and the office a past."""
    await hass.config.async_update(country="GB")
    place(hass, HERE, "Here")
    place(hass, KITCHEN, "Kitchen")
    await know(hass, "Sales", "630", aliases=("Vertrieb", "ventas"))
    await know(hass, "Reception", KITCHEN, aliases=("accueil", "前台", "cocina", "cuisine"))
    for one in TABLE["office"]["contacts"]:
        await know(hass, one["name"], one["number"], aliases=tuple(one.get("aliases", ())))
    await know(hass, "Bob", "803", ("01632 960107", "mobile"))
    await push(missed("1795406545.1", source=LAST_CALLER))
    for uid, source in (("1795406545.2", HERE), ("1795406545.3", KITCHEN)):
        await push(cdr(uid, calltype="outbound", source=source, callerid=f'"" <{source}>', destination=LAST_DIALLED))
    await journal_of(hass).log.flush()
    await hass.async_block_till_done()


def told(pbx: Simulator) -> Told:
    """Return what the PBX was told to do, and forget it."""
    calls: Told = [(DIAL, form["src"], form["dst"]) for form in asked(pbx, "extensions/click-number")]
    calls += [(END, form["extension"]) for form in asked(pbx, "extensions/hangup")]
    calls += [(PASS_ON, form["src"], form["dst"]) for form in asked(pbx, "extensions/transfer")]
    calls += [(PAUSE, form["member"], form["queue"], form["state"]) for form in asked(pbx, "queues/agent-pause")]
    pbx.requests.clear()
    return calls


def expected(intent: str, slots: dict[str, str], words: Language) -> tuple[Told, str | None]:
    """Return what the PBX has to be told, else what is to be answered."""
    source = SOURCES[slots["source"]] if "source" in slots else HERE
    agent = CALLED[slots["agent"]] if "agent" in slots else HERE
    match intent:
        case "CooCenterDial":
            return _called(DIAL, source, slots, words)
        case "CooCenterTransfer":
            return _called(PASS_ON, source, slots, words)
        case "CooCenterMissedCalls" | "CooCenterCallStatus":
            return [], _answer(intent, slots, words)
    commands: dict[str, tuple[str, ...]] = {
        "CooCenterHangUp": (END, source),
        "CooCenterPause": (PAUSE, agent, "630", "on"),
        "CooCenterResume": (PAUSE, agent, "630", "off"),
        "CooCenterCallBack": (DIAL, source, LAST_CALLER),
        "CooCenterRedial": (DIAL, source, LAST_DIALLED),
    }
    return [commands[intent]], None


def _answer(intent: str, slots: dict[str, str], words: Language) -> str:
    if intent == "CooCenterMissedCalls":
        when = words.say("on", date="2026-11-23", time="9:00")
        item = words.say("missed_call_item", name="Alice Smith", when=when, times=1)
        return words.say("missed_calls", list=[item], count=1)
    if "who" in slots:
        return words.say("is_free", name=slots["who"])
    calls = [words.say("call_now_item", name=name, other=other) for name, other in TALKING]
    return words.say("calls_now", list=calls)


def _called(how: str, source: str, slots: dict[str, str], words: Language) -> tuple[Told, str | None]:
    callee, label = slots["callee"], slots.get("label", "")
    number = LABELLED.get((callee, label), CALLED.get(callee, ""))
    if number:
        return [(how, source, number)], None
    if label:
        return [], words.say("cannot_be_dialled", name=callee)
    if digits := words.number(callee):
        return [], words.say("emergency_off", number=digits)
    return [], words.say("unknown_name", name=callee)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_ours(
    hass: HomeAssistant, house: House, connected: MockConfigEntry, pbx: Simulator, push: Push, language: str
) -> None:
    await move_in(hass, push)
    for caller, callee in CALLS:
        await pbx.play("internal", caller=caller, callee=callee, talk=FOREVER, wait=False)
        await until(lambda: pbx.engine.live[-1].bridged)
    await pbx.drain()
    # What the PBX does with all that is commanded is its own affair.
    pbx.push_url = None
    words = (await async_get_voice(hass)).language(language)
    wrong = []
    for one in of(language, ours=True):
        for member in pbx.office.queues["630"].members:
            member.paused = one["intent"] == "CooCenterResume"
        told(pbx)
        answer = (await house.hear(one["text"], language)).answer
        calls, speech = told(pbx), expected(one["intent"], one["slots"], words)
        if calls != speech[0] or speech[1] not in (None, answer) or one.get("say", answer) != answer:
            wrong.append((one["text"], calls, answer, speech))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_not_ours_is_done_by_home_assistant_as_without_us(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, pbx: Simulator, push: Push, language: str
) -> None:
    before = {one["text"]: await house.hear(one["text"], language) for one in of(language, ours=False)}
    assert [heard for heard in before.values() if heard.done], "there is something to do"
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await move_in(hass, push)
    told(pbx)
    after = {text: await house.hear(text, language) for text in before}
    assert told(pbx) == []
    assert [(text, before[text], heard) for text, heard in after.items() if not same(before[text], heard)] == []


def same(before: Heard, after: Heard) -> bool:
    """Tell whether the same was done and answered; what Home Assistant does not understand it may word otherwise."""
    return before.done == after.done and (before.failed or before.answer == after.answer)
