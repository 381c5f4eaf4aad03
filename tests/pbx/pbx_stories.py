"""Calls of an office, told event by event.

A story changes the office and then yields the event that tells of it, so that between two events of however many
stories the office's answers are true.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from pbx_office import AGENTS, CUSTOMERS, EXTENSIONS, Line, Office

from custom_components.coocenter.pbx import (
    CallDetail,
    DialBegin,
    DialEnd,
    DialStatus,
    Event,
    IvrSelection,
    QueueCallDetail,
)

type Story = Iterator[Event]
#: Draw a number below another one.
type Choose = Callable[[int], int]


def ring(office: Office, caller: Line, peer: str, number: str, tail: str = "") -> tuple[Line, DialBegin]:
    called = office.open(peer, number, caller.story, "ringing", caller.number, tail)
    begin = DialBegin(
        timestamp=office.tick(),
        channel=caller.name,
        caller=caller.number,
        destination_channel=called.name,
        destination=number,
        destination_uniqueid=called.uniqueid,
        uniqueid=caller.uniqueid,
    )
    return called, begin


def end_of_ringing(office: Office, called: Line, status: DialStatus) -> DialEnd:
    return DialEnd(timestamp=office.tick(), destination_channel=called.name, destination=called.number, status=status)


def answer(office: Office, caller: Line, called: Line) -> DialEnd:
    office.change(called, state="up", connected=caller.number)
    office.change(caller, state="up", connected=called.number)
    return end_of_ringing(office, called, DialStatus.ANSWER)


def phones(office: Office, *lines: Line) -> Story:
    for line in lines:
        if (number := line.number) in EXTENSIONS:
            yield office.told(number)


def hang_up(office: Office, caller: Line, called: Line, choose: Choose) -> Story:
    """End a call of two; all rows of its log come at its very end."""
    if called_first := bool(choose(2)):
        yield office.close(called)
    hangup, log = office.close(caller), CallDetail(uniqueid=caller.uniqueid)
    yield from (log, hangup) if choose(2) else (hangup, log)
    if not called_first:
        yield office.close(called)
    yield from phones(office, caller, called)


def direct(office: Office, caller: Line, peer: str, number: str, choose: Choose) -> Story:
    """Ring one party, which answers or not."""
    called, begin = ring(office, caller, peer, number)
    yield begin
    yield from phones(office, caller, called)
    outcome = (DialStatus.ANSWER, DialStatus.BUSY, DialStatus.NO_ANSWER)[choose(3)]
    if outcome is DialStatus.ANSWER:
        yield answer(office, caller, called)
        yield from phones(office, called)
        yield from hang_up(office, caller, called, choose)
        return
    hangup = office.close(called)
    yield end_of_ringing(office, called, outcome)
    yield end_of_ringing(office, called, DialStatus.CANCEL)
    yield hangup
    yield from phones(office, called)
    yield office.close(caller)
    yield CallDetail(uniqueid=caller.uniqueid)
    yield from phones(office, caller)


def internal(office: Office, choose: Choose) -> Story:
    one, other = choose(5), choose(4)
    number = EXTENSIONS[one]
    caller = office.open(number, number, office.next_story(), "ring")
    called = EXTENSIONS[(one + 1 + other) % 5]
    yield from direct(office, caller, called, called, choose)


def inbound(office: Office, choose: Choose) -> Story:
    caller = office.open("trunk", CUSTOMERS[choose(4)], office.next_story(), "ring")
    called = EXTENSIONS[choose(5)]
    yield from direct(office, caller, called, called, choose)


def outbound(office: Office, choose: Choose) -> Story:
    number = EXTENSIONS[choose(5)]
    caller = office.open(number, number, office.next_story(), "ring")
    yield from direct(office, caller, "trunk", CUSTOMERS[choose(4)], choose)


def click_to_dial(office: Office, choose: Choose) -> Story:
    number, story = EXTENSIONS[choose(5)], office.next_story()
    caller = office.open(number, number, story, "ringing", number)
    yield DialBegin(
        timestamp=office.tick(),
        destination_channel=caller.name,
        destination=number,
        destination_uniqueid=caller.uniqueid,
    )
    yield from phones(office, caller)
    office.change(caller, state="up", connected="")
    yield end_of_ringing(office, caller, DialStatus.ANSWER)
    yield from direct(office, caller, "trunk", CUSTOMERS[choose(4)], choose)


def queue(office: Office, choose: Choose) -> Story:
    """Ring all agents after the menu; one takes the call or the caller gives up."""
    caller = office.open("trunk", CUSTOMERS[choose(4)], office.next_story())
    yield IvrSelection(uniqueid=caller.uniqueid, caller=caller.number, queue="630", did="5550100", duration=4)
    agents = []
    for number in AGENTS:
        agent, begin = ring(office, caller, number, number)
        agents.append(agent)
        yield begin
        yield office.told(number)
    winner = agents.pop(choose(2)) if choose(3) else None
    if winner:
        yield answer(office, caller, winner)
    for loser in agents:
        hangup = office.close(loser)
        yield end_of_ringing(office, loser, DialStatus.CANCEL)
        yield end_of_ringing(office, loser, DialStatus.CANCEL)
        yield hangup
        yield from phones(office, loser)
    if winner:
        yield from phones(office, winner)
        yield from hang_up(office, caller, winner, choose)
    else:
        yield office.close(caller)
        yield CallDetail(uniqueid=caller.uniqueid)
    yield QueueCallDetail(uniqueid=caller.uniqueid, queue="630", agent=winner.number if winner else "")


def transfer_by_pbx(office: Office, choose: Choose) -> Story:
    """The PBX sends the caller from one extension to the next."""
    number = EXTENSIONS[choose(2)]
    caller = office.open(number, number, office.next_story(), "ring")
    first, begin = ring(office, caller, "803", "803")
    yield begin
    yield answer(office, caller, first)
    yield office.close(first)
    second, begin = ring(office, caller, "804", "804")
    office.change(caller, connected="")
    yield begin
    yield answer(office, caller, second)
    yield from hang_up(office, caller, second, choose)


def transfer_by_caller(office: Office, choose: Choose) -> Story:
    """Whoever called sends the called party on and leaves; its log comes in the middle of the call."""
    caller = office.open("801", "801", office.next_story(), "ring")
    first, begin = ring(office, caller, "802", "802")
    yield begin
    yield answer(office, caller, first)
    early = bool(choose(2))
    if early:
        yield office.close(caller)
        yield CallDetail(uniqueid=caller.uniqueid)
    second, begin = ring(office, first, "805", "805")
    office.change(first, connected="")
    yield begin
    if not early:
        hangup = office.close(caller)
        yield CallDetail(uniqueid=caller.uniqueid)
        yield hangup
    yield answer(office, first, second)
    yield from hang_up(office, first, second, choose)


def local_member(office: Office, choose: Choose) -> Story:
    """A queue's member that is reached through a Local channel."""
    caller = office.open("trunk", CUSTOMERS[choose(4)], office.next_story())
    inner, begin = ring(office, caller, "Local/803@agents", "803", ";1")
    outer = replace(inner, name=f"{inner.name[:-1]}2", uniqueid=office.uniqueid(), number=caller.number, state="ring")
    office.lines[outer.name] = outer
    yield begin
    agent, begin = ring(office, outer, "803", "803")
    yield begin
    if answered := bool(choose(2)):
        yield answer(office, outer, agent)
        yield answer(office, caller, inner)
    for line in (agent, outer, inner):
        hangup = office.close(line)
        if not answered and line is not outer:
            yield end_of_ringing(office, line, DialStatus.CANCEL)
        yield hangup
    yield office.close(caller)
    yield CallDetail(uniqueid=caller.uniqueid)


STORIES: tuple[Callable[[Office, Choose], Story], ...] = (
    internal,
    inbound,
    outbound,
    click_to_dial,
    queue,
    transfer_by_pbx,
    transfer_by_caller,
    local_member,
)
