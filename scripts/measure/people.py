"""Names and numbers of contacts, as many as are wanted, in the numbers that are kept for fiction."""

from collections.abc import Iterator
from itertools import count, islice, product

_FIRST = ("Al", "Be", "Ca", "Do", "El", "Fa", "Gi", "Ha", "Io", "Ju", "Ka", "Lu", "Mo", "Ni", "Os", "Pe", "Ro", "Su")
_SECOND = ("bert", "dina", "fred", "lena", "mund", "nora", "ric", "thea", "vin", "wina")
_LAST = ("Archer", "Baker", "Carter", "Draper", "Fisher", "Fowler", "Hunter", "Mason", "Miller", "Parker", "Potter")


def people(number: int) -> list[tuple[str, str]]:
    """Return name and number of so many people, each another name."""
    names = [f"{first}{second} {last}" for first, second, last in product(_FIRST, _SECOND, _LAST)]
    return list(islice(zip(_endless(names), _numbers(), strict=False), number))


def _endless(names: list[str]) -> Iterator[str]:
    yield from names
    for generation in count(2):
        for name in names:
            yield f"{name} {generation}"


def _numbers() -> Iterator[str]:
    """Yield British numbers, 1,000 in each of the ranges that are kept for drama."""
    for area, last in product(
        (
            "1632 960",
            "113 496 0",
            "114 496 0",
            "115 496 0",
            "116 496 0",
            "117 496 0",
            "118 496 0",
            "121 496 0",
            "131 496 0",
            "141 496 0",
            "151 496 0",
            "161 496 0",
            "20 7946 0",
            "191 498 0",
            "28 9649 6",
            "29 2018 0",
            "7700 900",
            "808 157 0",
            "909 879 0",
            "3069 990",
        ),
        range(1000),
    ):
        yield f"+44 {area}{last:03}"
