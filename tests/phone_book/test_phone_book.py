"""Whose a number is, however it is written."""

from book_harness import TOWN, by_id, contact, quick
from hypothesis import given, strategies as st
import pytest

from custom_components.coocenter.pbx.matching import number_key
from custom_components.coocenter.phone_book import Contact, PhoneBook, new_id

LONDON = (
    "+44 1632 960001",
    "0044 1632 960001",
    "01632 960001",
    "(01632) 960-001",
    "+44 (0)1632 960001",
    "901632960001",
)
#: As a Chinese keyboard types them.
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "+0123456789"}
#: How one number is dialled and shown in its own country.
SPELLINGS = {
    "GB": LONDON,
    "DE": ("+49 30 23125001", "0049 30 23125001", "030 23125001", "030/23125-001", "(030) 23125001"),
    "FR": ("+33 1 99 00 12 34", "0033 1 99 00 12 34", "01 99 00 12 34", "01.99.00.12.34"),
    "ES": ("+34 919 99 12 34", "0034 919991234", "919 99 12 34", "919-991-234", "0919991234"),
    "CN": ("+86 187 8298 5586", "0086 187 8298 5586", "187 8298 5586", "18782985586", "918782985586"),
}


@pytest.mark.parametrize(
    ("region", "entered", "calling"),
    [(region, one, other) for region, spellings in SPELLINGS.items() for one in spellings for other in spellings],
)
def test_a_number_is_found_in_every_spelling(region: str, entered: str, calling: str) -> None:
    alice = contact("a", "Alice", (entered, "work"))
    book = PhoneBook(region, [alice, contact("b", "Bob", "+44 1632 960999")])
    for number in (calling, calling.translate(WIDE)):
        assert book.by_number(number) is alice
        assert (book.name_of(number), book.label_of(number)) == ("Alice", "work")


@pytest.mark.parametrize("region", ["", "GB", "US", "CN"])
def test_a_number_abroad_is_found_everywhere(region: str) -> None:
    book = PhoneBook(region, [contact("a", "Alice", LONDON[0])])
    assert {book.name_of(number) for number in LONDON[:2]} == {"Alice"}


@pytest.mark.parametrize("region", ["", *SPELLINGS])
def test_an_extension_is_only_itself(region: str) -> None:
    book = PhoneBook(region, [contact("a", "Alice", "801"), contact("b", "Bob", "01632 960801", "*97")])
    assert [book.name_of(number) for number in ("801", "8 01", "8801", "01", "1801", "*97", "97")] == [
        *("Alice", "Alice", "", "", "", "Bob", "")
    ]


def test_nobody_has_what_is_no_number() -> None:
    book = PhoneBook("GB", [contact("a", "Alice", "801")])
    for number in ("", " ", "+", "anonymous", "Alice", "802", "+99 99", "x" * 500):
        assert book.by_number(number) is None
        assert (book.name_of(number), book.label_of(number)) == ("", "")


def test_of_several_with_a_number_the_favourite_is_named() -> None:
    alice, bob = contact("a", "Alice", ("801", "desk")), contact("b", "Bob", ("801", "shared"))
    book = PhoneBook("GB", [alice, bob])
    assert (book.name_of("801"), book.label_of("801")) == ("Alice", "desk")
    book.put(contact("b", "Bob", ("801", "shared"), favourite=True))
    assert (book.name_of("801"), book.label_of("801")) == ("Bob", "shared")
    book.remove("b")
    assert book.by_number("801") is alice


def test_a_contact_put_again_has_only_its_new_numbers() -> None:
    book = PhoneBook("GB", [contact("a", "Alice", "801", "01632 960001")])
    book.put(contact("a", "Alice", "802", "+441632960001"))
    assert [book.name_of(number) for number in ("801", "802", "01632960001")] == ["", "Alice", "Alice"]
    assert len(book) == 1


def test_what_is_removed_is_returned_once() -> None:
    alice = contact("a", "Alice", "801", "801", "0801")
    book = PhoneBook("GB", [alice])
    assert (book.remove("a"), book.remove("a"), book.get("a"), len(book)) == (alice, None, None, 0)
    assert book.by_number("801") is None


def test_contacts_are_given_by_name() -> None:
    book = PhoneBook("GB", [contact("1", "bob"), contact("2", "Álvaro"), contact("4", "Alice"), contact("3", "alice")])
    assert [one.id for one in book] == ["3", "4", "2", "1"]


def test_contacts_are_given_in_no_order_for_next_to_nothing() -> None:
    book = PhoneBook("GB", [contact("1", "bob"), contact("2", "Alice")])
    given = book.values()
    assert {one.id for one in given} == {"1", "2"}
    # What changes while they are looked at does not disturb.
    book.remove("1")
    assert len(given) == 2


def test_ids_are_new() -> None:
    assert len({new_id() for _ in range(100)}) == 100


@quick
@given(TOWN, st.lists(st.sampled_from(["u1", "u2", "k1", "k2", "k3"])), TOWN)
def test_changes_leave_the_book_that_would_have_been_made_anew(
    before: list[Contact], removed: list[str], put: list[Contact]
) -> None:
    book = PhoneBook("GB", before)
    for one in removed:
        book.remove(one)
    for one in put:
        book.put(one)
    left = by_id(book)
    assert left == {one.id: one for one in before if one.id not in removed} | {one.id: one for one in put}
    owners = {number_key(number.number, "GB"): number.number for one in left.values() for number in one.numbers}
    for key in ("+441632960001", "+441632960002", "+441632960003", "801"):
        assert bool(book.by_number(key)) == (key in owners)
