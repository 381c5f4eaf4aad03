"""What is written to a file is read from it again."""

from book_harness import CONTACTS, by_id, contact, quick
from hypothesis import given, strategies as st
import pytest

from custom_components.coocenter.phone_book import (
    Contact,
    Fault,
    PhoneBook,
    Reading,
    TooLarge,
    apply_plan,
    fold,
    make_plan,
    read_csv,
    read_vcards,
    write_csv,
    write_vcards,
)

FORMATS = {"vcard": (read_vcards, write_vcards), "csv": (read_csv, write_csv)}
_MEGABYTES_20 = 20 * 1024 * 1024


def kept(kind: str, contacts: list[Contact]) -> Reading:
    read, write = FORMATS[kind]
    return read(write(contacts).encode())


@quick
@given(CONTACTS, st.sampled_from(sorted(FORMATS)))
def test_an_export_imported_elsewhere_is_the_same_book(contacts: list[Contact], kind: str) -> None:
    reading = kept(kind, contacts) if contacts else Reading()
    assert not reading.problems
    assert [draft.uid for draft in reading.contacts] == [one.id for one in contacts]
    # Two cards of one person become one: that is another test's.
    distinct = PhoneBook("GB", {fold(one.name): one for one in contacts}.values())
    book = PhoneBook("GB")
    apply_plan(book, make_plan(book, kept(kind, list(distinct)) if contacts else reading))
    assert by_id(book) == by_id(distinct)


@quick
@given(CONTACTS, st.sampled_from(sorted(FORMATS)))
def test_an_export_imported_where_it_comes_from_changes_nothing(contacts: list[Contact], kind: str) -> None:
    book = PhoneBook("GB", contacts)
    plan = make_plan(book, kept(kind, contacts) if contacts else Reading())
    assert (plan.new, plan.changed, plan.unchanged) == ((), (), len(contacts))


@pytest.mark.parametrize("kind", FORMATS)
def test_namesakes_of_an_export_stay_two(kind: str) -> None:
    contacts = [contact("a", "Alice", "01632 960001"), contact("b", "Alice", "01632 960002")]
    book = PhoneBook("GB")
    apply_plan(book, make_plan(book, kept(kind, contacts)))
    assert list(book) == contacts


@quick
@given(st.binary(max_size=400), st.sampled_from(sorted(FORMATS)))
def test_any_bytes_are_read(data: bytes, kind: str) -> None:
    read, _ = FORMATS[kind]
    for wrapped in (data, b"BEGIN:VCARD\nFN:" + data + b"\nTEL;" + data + b":01632960001\nEND:VCARD\n"):
        reading = read(wrapped)
        assert all(draft.name and draft.numbers for draft in reading.contacts)
        assert reading.contacts or reading.problems


@pytest.mark.parametrize("read", [read_vcards, read_csv])
def test_what_is_larger_than_any_phone_book_is_not_read(read: type[Reading]) -> None:
    with pytest.raises(TooLarge):
        read(b" " * (_MEGABYTES_20 + 1))


@pytest.mark.parametrize("read", [read_vcards, read_csv])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"GIF89a\x00\x01", b"just a letter\nto Alice\n"])
def test_what_is_no_file_of_contacts_is_said_to_be_none(read: type[Reading], data: bytes) -> None:
    reading = read(data)
    assert not reading.contacts
    assert [(problem.code, problem.card) for problem in reading.problems] == [(Fault.UNREADABLE, "1")]
