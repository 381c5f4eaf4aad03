"""The courses that calls take, from the first ring to the last log."""

from .call import Call
from .centre import MESSAGE, CentreCall
from .office import Ivr, Outcome
from .plan import HangUp
from .talk import converse

BUSY_TONE = 2.0
BUSY_AFTER = 1.0


async def direct(call: Call, target: str) -> None:
    """Ring one phone or outside number for the caller and let them talk."""
    call.record_as(target)
    leg = call.dial(target)
    if not leg:
        if call.caller_up:
            call.add_row().disposition = "ANSWERED"
        call.finish("unreachable")
        return
    # Who is on the phone already does not take a second call, unless the plan says so.
    takes = call.plan.reaction == "answer" and not call.plan.waits
    busy = call.plan.reaction == "busy" or (takes and call.is_engaged(leg))
    gave_up = await call.ring(BUSY_AFTER if busy else call.plan.ring)
    if gave_up or (call.plan.reaction == "cancel" and leg in call.ringing):
        call.give_up()
        call.finish("cancelled")
    elif leg not in call.ringing:
        call.finish("no_answer")
    elif busy:
        await _busy(call)
    elif call.plan.reaction == "no_answer":
        call.lose(leg, "NOANSWER")
        call.finish(await _leave_message(call) if call.plan.voicemail else "no_answer")
    else:
        call.answer(leg)
        await converse(call)
        call.finish("answered")


async def _busy(call: Call) -> None:
    """Decline a call: a caller at a phone shows busy for a moment, one already answered hears the tone."""
    call.lose(call.ringing[0], "BUSY")
    if call.caller_up:
        tone = call.add_row()
        tone.disposition = "ANSWERED"
        await call.wait(BUSY_TONE)
    else:
        call.caller.busy = True
        call.exchange.push(call.exchange.status(call.caller.peer))
    call.finish("busy")


async def _leave_message(call: Call) -> Outcome:
    """Let the caller talk to the voicemail: the PBX answers, and nothing is pushed before the end."""
    call.lift_caller()
    call.caller.linked = None
    call.add_row().disposition = "ANSWERED"
    await call.wait(MESSAGE)
    return "voicemail"


async def originate(call: Call) -> bool:
    """Ring the first phone of a click or a spy, which nobody calls; return whether it answered."""
    exchange, channel = call.exchange, call.caller
    exchange.push(exchange.events.dial_begin(None, channel), exchange.status(channel.peer))
    engaged = len(exchange.office.extensions[channel.peer].channels) > 1
    order = await call.wait(BUSY_AFTER if engaged else call.plan.ring)
    if engaged or isinstance(order, HangUp):
        exchange.push(exchange.events.dial_end(None, channel, "BUSY" if engaged else "NOANSWER"))
        call.finish("busy" if engaged else "no_answer")
        return False
    call.lift_caller()
    exchange.push(exchange.status(channel.peer), exchange.events.dial_end(None, channel, "ANSWER"))
    return True


async def click(call: Call, target: str) -> None:
    """Ring the source's phone, then the destination from it."""
    if not await originate(call):
        return
    if call.record.direction == "outbound":
        call.caller.number = call.exchange.office.trunks[0].did
    await direct(call, target)


async def spy(call: Call, watched: Call | None) -> None:
    """Ring the listener's phone and let it listen until the watched call or its own patience ends."""
    if not await originate(call):
        return
    # From here on the channel goes by the number it listens to (captures README, 4).
    call.caller.number = call.record.callee
    if watched and watched.record.end is None:
        watched.spies.append(call)
        await call.wait(None)
    elif watched is None:
        await call.wait(call.plan.talk)
    call.finish("answered")


async def centre(call: CentreCall, ivr: Ivr, key: str) -> None:
    """Take an outside caller through the menu and the queue to an agent."""
    outcome: Outcome = "ivr"
    if await call.hear_menu(ivr, key) and call.queue:
        call.record_as(call.queue.number)
        outcome = await call.wait_in_queue(call.queue)
        if outcome == "answered":
            call.note_side(await converse(call))
        else:
            outcome = await call.say_goodbye(outcome)
    else:
        call.destination = "s"
        call.add_row().disposition = "ANSWERED"
    call.finish(outcome)
    await call.log()


async def announce(call: CentreCall) -> None:
    """Play something to the caller: no phone rings."""
    call.destination = "s"
    call.lift_caller()
    call.add_row().disposition = "ANSWERED"
    await call.wait(call.plan.talk)
    call.finish("announcement")


async def refuse(call: Call) -> None:
    """Turn a blacklisted caller away: nothing rings and nothing is logged."""
    call.finish("blacklisted")
