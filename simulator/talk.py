"""What two people do while they talk: hold each other, pass each other on, and hang up."""

from .call import Call
from .events import elapsed
from .exchange import EVEN
from .legs import Leg
from .plan import HangUp, Join, Order, Transfer


async def converse(call: Call) -> str:
    """Let the two talk; return who hung up: an extension, a trunk, or nobody (empty)."""
    order = await _hold(call) if call.plan.hold else None
    target = call.plan.transfer_to
    order = order or await call.wait(call.plan.talk / 2 if target else call.plan.talk)
    if order is None and target and call.bridged:
        by_caller = call.plan.transfers == "caller"
        order = Transfer(call.caller.peer if by_caller else call.bridged.channel.peer, target)
    while call.bridged and order and not isinstance(order, HangUp):
        talk = call.plan.talk
        if isinstance(order, Join):
            talk = order.talk
            _join(call, call.bridged, order.consulted)
        elif not await _move(call, call.bridged, order):
            return ""
        order = await call.wait(talk)
    if isinstance(order, HangUp):
        return order.party
    return call.caller.peer if call.plan.hangs_up == "caller" or not call.bridged else call.bridged.channel.peer


async def _hold(call: Call) -> Order | None:
    """Let the caller put the callee on hold for a while."""
    held = call.bridged.channel if call.bridged else call.caller
    order = await call.wait(call.plan.talk / 2)
    if order:
        return order
    began = call.exchange.settings.now()
    call.exchange.hold(held, held=True)
    order = await call.wait(call.plan.hold)
    call.held_seconds += int(elapsed(began, call.exchange.settings.now()))
    if order is None:
        call.exchange.hold(held, held=False)
    held.held = False
    return order


async def _move(call: Call, bridged: Leg, order: Transfer) -> bool:
    """Ring the transfer's target from the party that stays; return whether somebody answered."""
    by_caller = order.party == call.caller.peer
    leg = _move_caller(call, bridged, order.target) if by_caller else _move_on(call, bridged, order.target)
    if not leg:
        return False
    busy = call.is_engaged(leg)
    gave_up = await call.ring(call.plan.ring)
    if gave_up or leg not in call.ringing:
        call.give_up()
        return False
    if busy or call.plan.in_vain:
        call.lose(leg, "BUSY" if busy else "NOANSWER")
        return False
    call.answer(leg)
    return True


def _move_on(call: Call, leaving: Leg, target: str) -> Leg | None:
    """Ring the target from the caller, whom the called party passed on."""
    call.part_from(leaving)
    call.destination = target
    call.record_as(target)
    return call.dial(target)


def _move_caller(call: Call, moved: Leg, target: str) -> Leg | None:
    """Ring the target from the called party, whom the caller passed on; the caller leaves before that or after."""
    call.bridged = None
    moved.row.end = call.exchange.settings.now()
    leave = call.pass_to(moved.channel, target)
    call.record_as(target)
    late = call.exchange.dice.random() < EVEN
    if not late:
        leave()
    leg = call.dial(target)
    if late:
        leave()
    return leg


def _join(call: Call, asking: Leg, consulted: Call) -> None:
    """Connect the caller to whoever was consulted; the phone that asked leaves both calls without another ring."""
    leg, consulted.bridged = consulted.bridged, None
    if not leg:
        # They have just hung up.
        return
    exchange = call.exchange
    leg.row.end = exchange.settings.now()
    consulted.order(HangUp(consulted.caller.peer))
    call.part_from(asking)
    row = call.add_row()
    row.disposition = "ANSWERED"
    call.caller.linked, leg.channel.linked = leg.channel, call.caller
    exchange.hold(call.caller, held=False)
    call.bridged = Leg(leg.channel, row)
    call.record.reached = leg.channel.number
