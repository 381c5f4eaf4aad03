"""Who was in touch, and who waits to be called back, in every database."""

from dataclasses import replace
from datetime import timedelta

from log_store import NOW, at, live, opened, uids

from custom_components.coocenter.call_log import Store
from custom_components.coocenter.pbx import Direction, Outcome, Party


def contacts(store: Store) -> list[tuple[str, str]]:
    return [(number, name) for number, name, _ in store.contacts(3)]


def test_those_who_were_in_touch_last_come_first(database_url: str) -> None:
    with opened(database_url) as store:
        store.write(
            live(f"{index}.1", index, caller=Party(f"0163296010{index}", "Alice" * (index == 2))) for index in range(4)
        )
        store.write([live("9.1", 9, caller=Party("01632960100")), live("8.1", 8, direction=Direction.INTERNAL)])
        store.write([live("7.1", 7, caller=Party(""))])
        assert contacts(store) == [("01632960100", ""), ("01632960103", ""), ("01632960102", "Alice")]
        assert store.contacts(1)[0][2] == at(9)


def test_missed_calls_come_with_those_that_answer_them(database_url: str) -> None:
    vain = {"outcome": Outcome.MISSED, "answered": None}
    out = {"direction": Direction.OUTBOUND, "caller": Party("801")}
    with opened(database_url) as store:
        store.write(
            [
                live("0.1", -5000, **vain),
                live("1.1", 0, **vain),
                live("2.1", 10, **vain, caller=Party("01632960124")),
                live("3.1", 20, caller=Party("01632960125")),
                live("4.1", 30, **out, callee=Party("901632960123")),
                live("5.1", 40, **out, callee=Party("01632960124"), outcome=Outcome.CANCELLED),
                live("6.1", 50, **(vain | {"outcome": Outcome.VOICEMAIL}), caller=Party("")),
                live("7.1", 60, caller=Party("+441632960124")),
            ]
        )
        found = store.call_backs(NOW - timedelta(hours=1))
        assert uids(found) == ["1.1", "2.1", "4.1", "6.1", "7.1"]
        assert [call.missed for call in found] == [True, True, False, True, False]
        assert found[2].outside == Party("901632960123")
        assert replace(found[0], direction=Direction.INTERNAL).outside is None
        assert found[0].answered is None
        assert found[2].answered == at(40)
