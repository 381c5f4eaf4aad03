"""Pausing agents, and letting them be rung again."""

from abc import abstractmethod
from typing import ClassVar, override

from homeassistant.exceptions import ServiceValidationError

from ..agents import Pauses
from ..dial_from import FoundBy, Phone
from ..pbx import Refused
from .base import CooCenterIntent, Request, Unanswered, Why

AGENT = "agent"
QUEUE = "queue"


class _AgentIntent(CooCenterIntent):
    optional: ClassVar = {
        AGENT: "The agent's name or extension; leave it out for the user",
        QUEUE: "The queue's name or number; leave it out for all queues",
    }
    done: ClassVar[str]
    """What is said of somebody else; of the user it ends in `_me`."""

    @override
    async def async_answer(self, request: Request) -> str:
        agent, queue = _agent(request), request.slots.get(QUEUE, "")
        await request.async_check(agent.entry, agent.extension)
        number = _queue(request, agent, queue) if queue else None
        name = request.name_of(agent)
        try:
            await self.async_change(agent.entry.runtime_data.pauses, agent.extension, number)
        except ServiceValidationError as err:
            raise Unanswered(Why.NOT_AN_AGENT, name=name) from err
        except Refused as err:
            # The PBX's own words are about interfaces.
            if number and not _is_member(agent, number):
                raise Unanswered(Why.NOT_IN_QUEUE, name=name, queue=number) from err
            raise
        return request.say(self.done if _is_named(request) else f"{self.done}_me", name=name)

    @abstractmethod
    async def async_change(self, pauses: Pauses, extension: str, queue: str | None) -> None:
        """Pause or resume."""


class Pause(_AgentIntent):
    """Let an agent not be rung."""

    intent_type = "CooCenterPause"
    description = "Pauses an agent of the call centre, or the user, so that queues do not ring the phone"
    done = "paused"

    @override
    async def async_change(self, pauses: Pauses, extension: str, queue: str | None) -> None:
        await pauses.async_pause(extension, queue)


class Resume(_AgentIntent):
    """Let an agent be rung again."""

    intent_type = "CooCenterResume"
    description = "Ends the pause of an agent of the call centre, or of the user"
    done = "resumed"

    @override
    async def async_change(self, pauses: Pauses, extension: str, queue: str | None) -> None:
        await pauses.async_resume(extension, queue)


def _is_member(agent: Phone, number: str) -> bool:
    queue = agent.entry.runtime_data.coordinator.state.queues.get(number)
    return queue is not None and agent.extension in queue.members


def _is_named(request: Request) -> bool:
    agent = request.slots.get(AGENT)
    return bool(agent) and not request.language.is_me(agent or "")


def _agent(request: Request) -> Phone:
    if _is_named(request):
        return request.agent(request.slots[AGENT])
    phone = request.phone()
    if phone.by is FoundBy.DEFAULT:
        # The default phone is there for whoever has none: it is not who speaks.
        raise Unanswered(Why.WHO_ARE_YOU)
    return phone


def _queue(request: Request, agent: Phone, spoken: str) -> str:
    """Return the number of a queue; raises Unanswered."""
    queues = agent.entry.runtime_data.coordinator.state.queues
    number = request.language.number(spoken) or ""
    if number in queues:
        return number
    person = request.person(spoken)
    if person.queue not in queues:
        raise Unanswered(Why.UNKNOWN_NAME, name=spoken)
    return person.queue
