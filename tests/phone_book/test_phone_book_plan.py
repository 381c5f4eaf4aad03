"""What an import changes, and that it does so once."""

from book_harness import DRAFTS, TOWN, by_id, contact, draft, numbers, quick, told
from hypothesis import given
import pytest

from custom_components.coocenter.phone_book import (
    Contact,
    Draft,
    Fault,
    PhoneBook,
    Plan,
    Problem,
    Reading,
    apply_plan,
    make_plan,
)

MAIN = "+44 1632 960000"
ALICE = contact("a", "Alice Archer", ("01632 960001", "work"), aliases=("Ally",), note="Met in May", favourite=True)
BOB = contact("b", "Bob Baker", "01632 960002")


def planned(*drafts: Draft, book: PhoneBook | None = None) -> Plan:
    return make_plan(PhoneBook("GB", (ALICE, BOB)) if book is None else book, Reading(list(drafts)))


def after(plan: Plan) -> Contact:
    """Return the one contact that a plan changes, as it would be."""
    assert not plan.new
    ((_, changed),) = plan.changed
    return changed


@quick
@given(TOWN, DRAFTS)
def test_the_same_file_a_second_time_changes_nothing(town: list[Contact], drafts: list[Draft]) -> None:
    book = PhoneBook("GB", town)
    apply_plan(book, make_plan(book, Reading(drafts)))
    once = by_id(book)
    again = make_plan(book, Reading(drafts))
    assert (again.new, again.changed) == ((), ())
    apply_plan(book, again)
    assert by_id(book) == once


@quick
@given(TOWN, DRAFTS)
def test_nothing_is_deleted_and_a_preview_changes_nothing(town: list[Contact], drafts: list[Draft]) -> None:
    book = PhoneBook("GB", town)
    before = by_id(book)
    plan = make_plan(book, Reading(drafts))
    assert by_id(book) == before
    apply_plan(book, plan)
    for old in before.values():
        new = book.get(old.id)
        assert new
        assert [one.number for one in old.numbers] == [one.number for one in new.numbers][: len(old.numbers)]
        assert new.aliases[: len(old.aliases)] == old.aliases


@quick
@given(DRAFTS)
def test_every_number_of_a_file_is_somebodys(drafts: list[Draft]) -> None:
    book = PhoneBook("GB")
    apply_plan(book, make_plan(book, Reading(drafts)))
    assert all(book.by_number(one.number) for each in drafts for one in each.numbers)


def test_who_is_not_in_the_book_is_new_under_the_files_id() -> None:
    plan = planned(draft("Carol", ("01632 960003", "home"), uid="c", blocked=True, note="n", aliases=("Caz",)))
    assert plan.new == (
        contact("c", "Carol", ("01632 960003", "home"), blocked=True, note="n", aliases=("Caz",), favourite=False),
    )
    assert (plan.changed, plan.unchanged) == ((), 0)


def test_who_has_no_id_gets_one_each() -> None:
    plan = planned(draft("Carol", "01632 960003"), draft("Dave", "01632 960004"))
    assert len({one.id for one in plan.new} | {ALICE.id, BOB.id}) == 4


@pytest.mark.parametrize(
    "one",
    [
        draft("Alice Archer", "01632960001"),
        draft("ALICE  ARCHER", "0044 1632 960001"),
        draft("Alice", "+441632960001"),
        draft("Ally", "+441632960001"),
        draft("Alice Archer", "01632 960001", uid="from-a-phone"),
        draft("Alice Archer", "01632 960001", uid="a"),
    ],
)
def test_what_the_book_has_already_is_unchanged(one: Draft) -> None:
    plan = planned(one)
    assert (plan.new, plan.changed, plan.unchanged) == ((), (), 1)


def test_what_a_card_has_more_is_added() -> None:
    changed = after(planned(draft("alice archer", ("+44 1632 960009", "mobile"), aliases=("Ally", "Al"))))
    assert told(changed) == {"01632 960001": "work", "+44 1632 960009": "mobile"}
    assert changed.aliases == ("Ally", "Al")
    assert (changed.id, changed.name, changed.note, changed.favourite) == ("a", "Alice Archer", "Met in May", True)


def test_a_label_is_updated_and_the_spelling_stays() -> None:
    assert told(after(planned(draft("Alice Archer", ("+441632960001", "desk"))))) == {"01632 960001": "desk"}


def test_a_note_and_marks_change_only_where_the_file_says_something() -> None:
    changed = after(planned(draft("Alice Archer", "01632 960001", note="Met in June", favourite=False, blocked=True)))
    assert (changed.note, changed.favourite, changed.blocked) == ("Met in June", False, True)


def test_the_files_own_contact_is_renamed_and_found_by_its_old_name() -> None:
    changed = after(planned(draft("Alice Baker", "01632 960001", uid="a")))
    assert (changed.name, changed.aliases) == ("Alice Baker", ("Ally", "Alice Archer"))


def test_a_longer_name_becomes_an_alias_and_a_shorter_one_does_not() -> None:
    assert after(planned(draft("Alice Mary Archer", ("01632 960001", "desk")))).aliases == ("Ally", "Alice Mary Archer")
    assert after(planned(draft("Alice", ("01632 960001", "desk")))).aliases == ("Ally",)


def test_colleagues_who_share_the_switchboards_number_stay_apart() -> None:
    colleagues = [draft(name, MAIN) for name in ("Carol", "Dave", "Alice Archer")]
    plan = planned(*colleagues)
    assert [one.name for one in plan.new] == ["Carol", "Dave"]
    assert told(after(Plan(changed=plan.changed))) == {"01632 960001": "work", MAIN: ""}


def test_a_number_of_very_many_tells_nobodys_card() -> None:
    office = PhoneBook("GB", [contact(f"{one}", f"Desk {one}", MAIN) for one in range(30)])
    assert [one.name for one in planned(draft("Desk", MAIN), book=office).new] == ["Desk"]


def test_rows_of_one_name_are_one_person() -> None:
    plan = planned(draft("Carol", ("01632 960003", "work")), draft("carol", ("07700 900003", "mobile"), note="n"))
    (carol,) = plan.new
    assert carol.numbers == numbers(("01632 960003", "work"), ("07700 900003", "mobile"))
    assert carol.note == "n"


def test_cards_of_one_name_and_number_are_one_person_whatever_their_ids() -> None:
    plan = planned(draft("Carol", "01632 960003", uid="1"), draft("Carol", "+441632960003", "801", uid="2"))
    assert [(one.id, told(one)) for one in plan.new] == [("1", {"01632 960003": "", "801": ""})]


def test_cards_of_one_id_are_one_person_whatever_their_names() -> None:
    plan = planned(draft("Carol", "01632 960003", uid="1"), draft("Caroline", "801", uid="1"))
    assert [(one.name, one.aliases, len(one.numbers)) for one in plan.new] == [("Carol", ("Caroline",), 2)]


def test_of_two_namesakes_none_is_guessed() -> None:
    book = PhoneBook("GB", (contact("1", "Bob", "01632 960001"), contact("2", "Bob", "01632 960002")))
    plan = planned(draft("Bob", "01632 960003"), draft("Bob", ("01632 960002", "home")), book=book)
    assert [told(one) for one in plan.new] == [{"01632 960003": ""}]
    assert [new.id for _, new in plan.changed] == ["2"]


def test_the_number_of_a_column_twice_is_one() -> None:
    (carol,) = planned(draft("Carol", ("01632 960003", "work"), ("+441632960003", "main"))).new
    assert told(carol) == {"01632 960003": "work"}


def test_the_problems_of_a_file_are_shown_with_its_plan() -> None:
    problem = Problem(code=Fault.NO_NUMBER, position=3, name="Carol")
    assert make_plan(PhoneBook(), Reading([], [problem])) == Plan(problems=(problem,))
    assert (problem.card, Problem(code=Fault.NO_NAME, position=3).card) == ("Carol", "3")


def test_two_plans_are_alike_that_change_the_same() -> None:
    book = PhoneBook("GB", [contact("a", "Alice", "01632 960001")])
    reading = Reading([draft("Bob", "01632 960002"), draft("Alice", "01632 960003")])
    shown = make_plan(book, reading)
    assert shown.new != make_plan(book, reading).new
    assert shown.is_like(make_plan(book, reading))
    book.put(contact("a", "Alice", "01632 960001", note="White rabbit"))
    assert not shown.is_like(make_plan(book, reading))
    book = PhoneBook("GB", [contact("a", "Alice", "01632 960001"), contact("b", "Bob", "01632 960002")])
    assert not shown.is_like(make_plan(book, reading))
