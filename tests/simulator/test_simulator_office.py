"""Offices and their traffic are the same for the same seed."""

from itertools import islice

import pytest
from simulator_harness import Start, until

from simulator import Office
from simulator.office import MAX_QUEUES, Extension
from simulator.settings import Settings
from simulator.traffic import choices


def test_an_office_is_built_to_size() -> None:
    office = Office.build()
    assert list(office.extensions) == [str(number) for number in range(801, 808)]
    assert [one.name for one in office.extensions.values()][:2] == ["Alice", "Bob"]
    assert [one.number for one in office.extensions.values() if not one.registered] == ["807"]
    assert {queue.number: queue.strategy for queue in office.queues.values()} == {"630": "ringall", "631": "one-by-one"}
    assert {(trunk.did, trunk.target) for trunk in office.trunks} == {
        ("01632960100", "610"),
        ("01632960101", "801"),
        ("01632960102", "s"),
    }
    assert office.ivr.keys == {"0": "630", "1": "631"}
    assert all(one.registered for one in Office.build(3).extensions.values())
    assert Office.build(40).extensions["840"].name == "Agent 840"


def members(office: Office) -> list[list[str]]:
    return [[member.extension for member in queue.members] for queue in office.queues.values()]


def test_the_seed_chooses_the_agents() -> None:
    assert members(Office.build(20, 6, 5)) == members(Office.build(20, 6, 5))
    assert members(Office.build(20, 6, 5)) != members(Office.build(20, 6, 6))
    assert members(Office.build(1, 1)) == [["801"]]


@pytest.mark.parametrize(("extensions", "queues"), [(0, 1), (1001, 1), (1, -1), (1, MAX_QUEUES + 1)])
def test_an_office_has_limits(extensions: int, queues: int) -> None:
    with pytest.raises(ValueError, match="an office has"):
        Office.build(extensions, queues)


def test_the_seed_chooses_the_calls() -> None:
    def calls(seed: int, **size: int) -> list[object]:
        return list(islice(choices(Settings(Office.build(**size), seed=seed), "busy"), 200))

    assert calls(3) == calls(3)
    assert calls(3) != calls(4)
    names = {choice.name for choice in islice(choices(Settings(Office.build()), "quiet"), 500)}
    assert names >= {"queue", "inbound", "outbound", "internal", "transfer", "voicemail"}
    alone = {choice.name for choice in islice(choices(Settings(Office.build(1, 0)), "quiet"), 200)}
    assert alone == {"inbound", "outbound", "inbound_missed", "ivr_only"}


def test_quiet_is_about_a_call_a_minute() -> None:
    gaps = [choice.gap for choice in islice(choices(Settings(Office.build()), "quiet"), 500)]
    assert 50 < sum(gaps) / len(gaps) < 70


async def test_traffic_spares_phones_in_use_and_restarts(start: Start) -> None:
    simulator = await start(Office.build(2, 0), speed=1000, traffic="busy")
    await simulator.restart(down=0.1)
    await until(lambda: len(simulator.office.calls) > 10)
    simulator.set_traffic("quiet")
    simulator.set_traffic("none")
    assert simulator.traffic == "none"


def test_states_are_made_of_channels() -> None:
    assert Extension(number="801", name="Alice").state_text == "Idle"
    assert Extension(number="801", name="Alice", registered=False).state == 4
