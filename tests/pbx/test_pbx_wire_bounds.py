"""An office has an end: what a poll lists beyond it is none, before it is as many entities."""

from collections.abc import Callable

import pytest

from custom_components.coocenter.pbx import BadReply
from custom_components.coocenter.pbx.wire import reply

type Rows = Callable[[int], object]

BOUNDS: dict[Callable[[object], tuple[object, ...]], tuple[int, Rows]] = {
    reply.hints: (5_000, lambda most: [{"extension": str(number)} for number in range(most)]),
    reply.peers: (5_000, lambda most: [{"exten": str(number)} for number in range(most)]),
    reply.channels: (10_000, lambda most: [{"channel": f"SIP/801-{number}"} for number in range(most)]),
    reply.queues: (500, lambda most: {str(number): [] for number in range(most)}),
}


@pytest.mark.parametrize("read", BOUNDS)
def test_no_office_is_larger_than_any_is(read: Callable[[object], tuple[object, ...]]) -> None:
    most, rows = BOUNDS[read]
    assert len(read(rows(most))) == most
    with pytest.raises(BadReply, match="Too many"):
        read(rows(most + 1))


def test_no_queues_have_more_agents_than_any_have() -> None:
    members = [{"name": f"sip/{number}"} for number in range(5_000)]
    assert len(reply.queues({"630": members, "631": members})) == 2
    with pytest.raises(BadReply, match="Too many"):
        reply.queues({"630": members, "631": members, "632": members[:1]})
