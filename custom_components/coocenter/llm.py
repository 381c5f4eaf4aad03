"""Tools for language models: the intents, as far as there is a PBX."""

from typing import Final

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import LLM_API_ASSIST, IntentTool, LLMContext, ToolAnnotations

from .const import DOMAIN
from .contacts import async_get_contacts
from .intents.agents import Pause, Resume
from .intents.base import CooCenterIntent
from .intents.reports import CallStatus, MissedCalls
from .intents.telephone import CallBack, Dial, HangUp, Redial, Transfer

# Each call rings once more, and reaches whoever is outside.
_CALLS = ToolAnnotations(destructive=False)
# What goes on is cut off, or taken from who has it.
_ENDS = ToolAnnotations(open_world=False)
_PASSES_ON = ToolAnnotations()
_SWITCHES = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_ASKS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)

TOOLS: Final[dict[type[CooCenterIntent], tuple[str, ToolAnnotations]]] = {
    Dial: ("Call somebody", _CALLS),
    HangUp: ("Hang up", _ENDS),
    Transfer: ("Transfer a call", _PASSES_ON),
    CallBack: ("Call back", _CALLS),
    Redial: ("Redial", _CALLS),
    Pause: ("Pause an agent", _SWITCHES),
    Resume: ("Resume an agent", _SWITCHES),
    CallStatus: ("Who is on the phone", _ASKS),
    MissedCalls: ("Missed calls", _ASKS),
}
_PROMPT: Final = (
    "The office has a telephone system. Pass names and numbers to its tools as the user says them: they know the "
    "{contacts} contacts of the phone book, the colleagues and the queues. Do not invent telephone numbers. "
    "Call, transfer, or hang up only when the user asks for it. Where a tool answers with a question, ask the user."
)


@callback
def async_get_tools(hass: HomeAssistant, _llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools while a PBX is loaded; what the user may do each finds out when it is called."""
    if api_id != LLM_API_ASSIST or not hass.config_entries.async_loaded_entries(DOMAIN):
        return None
    return LLMTools(
        tools=[
            IntentTool(
                f"{DOMAIN}__{kind.intent_type}", kind(), title=title, integration=DOMAIN, annotations=annotations
            )
            for kind, (title, annotations) in TOOLS.items()
        ],
        prompt=_PROMPT.format(contacts=len(async_get_contacts(hass).book)),
    )
