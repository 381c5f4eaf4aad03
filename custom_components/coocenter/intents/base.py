"""What all intents share: who asks and from where, who is meant, and why something comes to nothing."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING, Any, ClassVar, override

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, intent
import voluptuous as vol

from ..call_log import LogUnavailable
from ..const import DOMAIN
from ..dial_from import Asker, FoundBy, NoPhone, Phone, async_dial_from
from ..languages import async_get_voice
from ..pbx import ConnectionFailed, CooCenterError, NotDialable, Refused
from ..people import Person, async_get_people
from ..phone_book import fold
from ..runtime import CooCenterConfigEntry

if TYPE_CHECKING:
    from ..voice.language import Language

SOURCE = "source"
#: Nobody listens to more names.
_NAMED = 5
_SOURCE_SAID = "The phone to use, if the user names one: a person, an extension's number, or an area"


class Why(StrEnum):
    """Why a request comes to nothing, by what is said then."""

    CANNOT_BE_DIALLED = auto()
    EMERGENCY_OFF = auto()
    LOG_UNAVAILABLE = auto()
    NO_CALL_TO_TRANSFER = auto()
    NO_LAST_CALLER = auto()
    NO_PBX = auto()
    NO_SOURCE = auto()
    NOT_ALLOWED = auto()
    NOT_AN_AGENT = auto()
    NOT_AN_EXTENSION = auto()
    NOT_IN_QUEUE = auto()
    NOTHING_TO_HANG_UP = auto()
    NOTHING_TO_REDIAL = auto()
    PBX_FAILED = auto()
    PBX_UNREACHABLE = auto()
    REFUSED = auto()
    UNKNOWN_NAME = auto()
    WHICH = auto()
    WHICH_PHONE = auto()
    WHO_ARE_YOU = auto()


class Unanswered(Exception):
    """A request comes to nothing, or needs a question."""

    def __init__(self, why: Why, **values: object) -> None:
        super().__init__(why)
        self.why = why
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody said, and what it means here."""

    hass: HomeAssistant
    language: Language
    asker: Asker
    slots: Mapping[str, str]

    def entries(self) -> list[CooCenterConfigEntry]:
        """Return the PBXs; raises Unanswered where there is none."""
        if entries := self.hass.config_entries.async_loaded_entries(DOMAIN):
            return entries
        raise Unanswered(Why.NO_PBX)

    def person(self, spoken: str) -> Person:
        """Return the one who is meant; raises Unanswered."""
        self.entries()
        match async_get_people(self.hass).find(spoken, self.language):
            case [person]:
                return person
            case []:
                raise Unanswered(Why.UNKNOWN_NAME, name=spoken)
            case several:
                raise Unanswered(Why.WHICH, names=_told_apart(several))

    def agent(self, spoken: str) -> Phone:
        """Return the extension of somebody; raises Unanswered."""
        person = self.person(spoken)
        if person.entry and person.extension:
            return Phone(person.entry, person.extension, FoundBy.REQUEST)
        raise Unanswered(Why.NOT_AN_EXTENSION, name=person.name)

    def phone(self, entry: CooCenterConfigEntry | None = None) -> Phone:
        """Return the phone to use, of one PBX or of any; raises Unanswered."""
        self.entries()
        if (named := self.slots.get(SOURCE)) and not self.language.is_me(named):
            return self.agent(self.language.place(named))
        try:
            return async_dial_from(self.hass, self.asker, entry)
        except NoPhone as err:
            if err.phones:
                raise Unanswered(Why.WHICH_PHONE, names=[self.name_of(phone) for phone in err.phones]) from err
            raise Unanswered(Why.NO_SOURCE) from err

    def name_of(self, phone: Phone) -> str:
        """Return what an extension is called."""
        return async_get_people(self.hass).with_number(phone.extension, phone.entry)[0].name

    async def async_check(self, entry: CooCenterConfigEntry, part: str = "", policy: str = POLICY_CONTROL) -> None:
        """Raise Unanswered where the user may control none of a PBX's entities, or of those of an extension."""
        if self.asker.user_id is None:
            return
        user = await self.hass.auth.async_get_user(self.asker.user_id)
        if user and user.permissions.access_all_entities(policy):
            return
        entities = er.async_entries_for_config_entry(er.async_get(self.hass), entry.entry_id)
        about = [one.entity_id for one in entities if not part or part in one.unique_id.split("_")]
        if not user or not any(user.permissions.check_entity(entity_id, policy) for entity_id in about):
            raise Unanswered(Why.NOT_ALLOWED)

    def say(self, key: str, **values: object) -> str:
        """Return a spoken text."""
        return self.language.say(key, **values)


class CooCenterIntent(intent.IntentHandler):
    """An intent that is answered with a sentence in the language of the request."""

    required: ClassVar[Mapping[str, str]] = {}
    """The slots by name, with what they are: language models read it."""
    optional: ClassVar[Mapping[str, str]] = {}
    asks: ClassVar[bool] = False
    """Whether it changes nothing."""

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        return {
            vol.Required(name, description=what): intent.non_empty_string for name, what in self.required.items()
        } | {vol.Optional(name, description=what): intent.non_empty_string for name, what in self.optional.items()}

    @abstractmethod
    async def async_answer(self, request: Request) -> str:
        """Do what is asked and return what to say; raises Unanswered, CooCenterError, LogUnavailable."""

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        response = intent_obj.create_response()
        slots = self.async_validate_slots(intent_obj.slots)
        request = Request(
            hass=intent_obj.hass,
            language=(await async_get_voice(intent_obj.hass)).language(intent_obj.language),
            asker=Asker(
                user_id=intent_obj.context.user_id,
                device_id=intent_obj.device_id,
                satellite_id=intent_obj.satellite_id,
            ),
            slots={name: slot["value"] for name, slot in slots.items() if name in {**self.required, **self.optional}},
        )
        if self.asks:
            response.response_type = intent.IntentResponseType.QUERY_ANSWER
        try:
            response.async_set_speech(await self.async_answer(request))
        except (Unanswered, CooCenterError, LogUnavailable) as err:
            said = _reason(err)
            code = intent.IntentResponseErrorCode.FAILED_TO_HANDLE
            response.async_set_error(code, request.say(said.why, **said.values))
        return response


def source_slot() -> dict[str, str]:
    """Return the slot that names the phone to use."""
    return {SOURCE: _SOURCE_SAID}


def _reason(error: Unanswered | CooCenterError | LogUnavailable) -> Unanswered:
    """Return why something comes to nothing, as it is said."""
    match error:
        case Unanswered():
            return error
        case LogUnavailable():
            return Unanswered(Why.LOG_UNAVAILABLE)
        case NotDialable():
            return Unanswered(Why.CANNOT_BE_DIALLED, name=str(error))
        case ConnectionFailed():
            return Unanswered(Why.PBX_UNREACHABLE)
        case Refused():
            return Unanswered(Why.REFUSED, reason=str(error))
        case _:
            return Unanswered(Why.PBX_FAILED)


def _told_apart(people: list[Person]) -> list[str]:
    """Return the names of people to choose from; where two have the same, with their numbers, or else their PBXs."""
    people = sorted(people, key=lambda one: fold(one.name))[:_NAMED]
    names = [one.name for one in people]
    for details in ([one.number for one in people], [one.entry.title if one.entry else one.number for one in people]):
        if len(set(names)) == len(names):
            break
        names = [f"{one.name} ({detail})" for one, detail in zip(people, details, strict=True)]
    return names
