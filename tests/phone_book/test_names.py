"""Who is meant by a name that is said."""

from book_harness import quick
from hypothesis import given, strategies as st
import pytest

from custom_components.coocenter.phone_book import NameIndex, fold

PEOPLE = {
    "alice": ("Alice Archer", "Ally", "the boss"),
    "alan": ("Alice Baker",),
    "bob": ("Bob Müller",),
    "jose": ("José Núñez García", "Pepe"),
    "joerg": ("Jörg Strauß",),
    "oreilly": ("Siobhan O'Reilly",),
    "jean": ("Jean-Luc Lefèvre",),
    "zhang": ("张伟", "Zhang Wei"),
    "mum": ("Mum",),
    "mum and dad": ("Mum and Dad",),
    "soeren": ("Søren Ærø",),
}


def index() -> NameIndex[str]:
    found = NameIndex[str]()
    for one, names in PEOPLE.items():
        found.add(one, names)
    return found


@pytest.mark.parametrize(
    ("spoken", "meant"),
    [
        ("Alice Archer", ["alice"]),
        ("alice  ARCHER", ["alice"]),
        ("Archer, Alice", ["alice"]),
        ("archer", ["alice"]),
        ("ally", ["alice"]),
        ("boss", ["alice"]),
        ("Alice", ["alice", "alan"]),
        ("Bob", ["bob"]),
        ("Bob Mueller", ["bob"]),
        ("Bob Muller", ["bob"]),
        ("Herr Müller", []),
        ("jose garcia", ["jose"]),
        ("José Nunez", ["jose"]),
        ("Joerg Strauss", ["joerg"]),
        ("Jorg Strauss", ["joerg"]),
        ("OReilly", ["oreilly"]),
        ("O\u2019Reilly", ["oreilly"]),
        ("jean luc", ["jean"]),
        ("Jean Luc Lefevre", ["jean"]),
        ("张伟", ["zhang"]),
        ("张 伟", ["zhang"]),
        ("zhangwei", ["zhang"]),
        ("Soren Aero", ["soeren"]),
        ("mum", ["mum"]),
        ("dad", ["mum and dad"]),
        ("Carol", []),
        ("Alice Carol", []),
        ("lice", []),
        ("", []),
        ("?!", []),
    ],
)
def test_who_is_meant(spoken: str, meant: list[str]) -> None:
    assert index().find(spoken) == meant


def test_a_whole_name_counts_more_than_a_part() -> None:
    names = NameIndex[int]()
    names.add(1, ["Archer"])
    names.add(2, ["Alice Archer"])
    assert names.find("archer") == [1]
    assert names.find("alice archer") == [2]


def test_two_of_one_name_are_both_found_once() -> None:
    names = NameIndex[int]()
    names.add(1, ["Alice", "alice", "ALICE"])
    names.add(2, ["Alice"])
    assert names.find("alice") == [1, 2]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Alice  Archer-Baker", "alice archer baker"),
        ("É. Lefèvre", "e lefevre"),
        ("Łódź", "lodz"),
        ("STRASSE Straße", "strasse strasse"),
        ("\uff21lice", "alice"),
        ("한국", "한국"),
        ("snake_case", "snake case"),
        ("Ǿrsted №1:_2", "orsted no1 2"),
        ("", ""),
        ("…", ""),
    ],
)
def test_what_spellings_have_in_common(text: str, folded: str) -> None:
    assert fold(text) == folded


@quick
@given(st.text(max_size=20))
def test_folded_once_is_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@quick
@given(st.lists(st.text("aäe bé-ß'王 ", min_size=1, max_size=8), min_size=1, max_size=5))
def test_everybody_is_found_by_the_whole_name_and_by_any_of_its_words(names: list[str]) -> None:
    found = NameIndex[int]()
    for place, name in enumerate(names):
        found.add(place, [name])
    for place, name in enumerate(names):
        if fold(name):
            assert place in found.find(name)
            assert all(found.find(word) for word in fold(name).split())
