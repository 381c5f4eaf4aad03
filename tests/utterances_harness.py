"""The office and the house in which the table of utterances is said, and what has to come of each."""

from typing import Any, NamedTuple

from homeassistant.components import conversation
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from simulator import Office
from simulator.queues import Member
from tests.voice_harness import satellite, spoken

#: Whose phone stands where it is said: an agent whom the table does not name.
HERE = "804"
KITCHEN = "801"
#: Whom the table calls, by what is said of them; who is not here is nobody's name.
CALLED = {
    "Alice": "802",
    "802": "802",
    "eight oh two": "802",
    "Bob": "803",
    "八零三": "803",
    "Carol": "809",
    "809": "809",
    "al 802": "802",
    "eight oh nine": "809",
    "acht null neun": "809",
    "le huit zéro neuf": "809",
    "el ocho cero nueve": "809",
    "八零九": "809",
    "the kitchen": KITCHEN,
    "sales": "630",
    "dem Vertrieb": "630",
    "ventas": "630",
    "l'accueil": KITCHEN,
    "前台": KITCHEN,
    "Alice Smith": "01632960101",
    "Frau Smith": "01632960101",
    "la señora Smith": "01632960101",
    "Bobby": "01632960102",
    "Bob Brown": "01632960102",
    "01632 960 102": "01632960102",
    "王伟": "01632960103",
    "José García": "01632960104",
    "Jürgen Müller": "01632960105",
    "Müller": "01632960105",
    "Herrn Müller": "01632960105",
    "Zoe": "01632960106",
    "Zoé Dubois": "01632960106",
}
#: And by the number that is asked for; it is nobody's where it is empty.
LABELLED = {("Bob", "mobile"): "01632960107", ("Alice", "home"): ""}
SOURCES = {
    "the kitchen phone": KITCHEN,
    "kitchen": KITCHEN,
    "la cocina": KITCHEN,
    "la cuisine": KITCHEN,
    "前台": KITCHEN,
    "the kitchen": KITCHEN,
    "801": "801",
    "extension 802": "802",
    "extension 803": "803",
    "Nebenstelle 802": "802",
    "le poste 802": "802",
    "la extensión 802": "802",
    "分机802": "802",
}
LAST_CALLER = "01632960101"
LAST_DIALLED = "01632960102"


def office(table: dict[str, Any]) -> Office:
    """Return the office of the table, with some more people in it."""
    built = Office.build(extensions=10, queues=1)
    for number, extension in built.extensions.items():
        extension.name = table["extensions"].get(number, f"Person {number}")
        extension.registered = True
    (queue,) = built.queues.values()
    queue.members = [Member(extension=number) for number in (*table["queues"][queue.number], HERE)]
    return built


class Heard(NamedTuple):
    """What comes of a sentence: what is done in the house, what is answered, whether it came to nothing."""

    done: list[str]
    answer: str
    failed: bool


class House:
    """A house with lights, music and timers; it remembers what is done in it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.done: list[str] = []
        self._hass = hass
        self.satellite = satellite(hass, "Here")

    async def build(self) -> None:
        """Furnish it."""
        hass = self._hass
        for component in ("homeassistant", "light", "media_player", "conversation"):
            assert await async_setup_component(hass, component, {})
        await hass.async_block_till_done()
        for number, name in enumerate(("kitchen light", "cocina", "cuisine", "Küche", "客厅的灯", "厨房的灯")):
            hass.states.async_set(f"light.number_{number}", "on", {"friendly_name": name})
        features = MediaPlayerEntityFeature.PAUSE | MediaPlayerEntityFeature.PLAY | MediaPlayerEntityFeature.STOP
        hass.states.async_set("media_player.tv", "playing", {"friendly_name": "TV", "supported_features": features})
        for domain, service in (
            ("light", "turn_on"),
            ("light", "turn_off"),
            ("media_player", "media_pause"),
            ("media_player", "media_play"),
            ("media_player", "media_stop"),
        ):
            async_mock_service(hass, domain, service)
        assert self.satellite.device_id
        async_register_timer_handler(hass, self.satellite.device_id, self._timer)
        hass.bus.async_listen("call_service", self._called)

    async def hear(self, text: str, language: str) -> Heard:
        """Say something in the house; return what comes of it."""
        self.done.clear()
        result = await conversation.async_converse(
            self._hass, text, None, Context(), language, satellite_id=self.satellite.entity_id
        )
        await self._hass.async_block_till_done()
        failed = result.response.response_type is intent.IntentResponseType.ERROR
        return Heard(self.done.copy(), spoken(result.response), failed)

    @callback
    def _timer(self, event_type: str, _timer: object) -> None:
        self.done.append(f"timer {event_type}")

    @callback
    def _called(self, event: Event[dict[str, Any]]) -> None:
        self.done.append(f"{event.data['domain']}.{event.data['service']} {event.data['service_data']}")
