"""Contacts for tests: a few, many, and any."""

from hypothesis import settings, strategies as st

from custom_components.coocenter.phone_book import Contact, ContactNumber, Draft, PhoneBook

quick = settings(max_examples=80, deadline=None, database=None)


def numbers(*pairs: str | tuple[str, str]) -> tuple[ContactNumber, ...]:
    """Return numbers, each with its label where it has one."""
    told = [(pair, "") if isinstance(pair, str) else pair for pair in pairs]
    return tuple(ContactNumber(number=number, label=label) for number, label in told)


def contact(contact_id: str, name: str, *pairs: str | tuple[str, str], **fields: object) -> Contact:
    return Contact(id=contact_id, name=name, numbers=numbers(*pairs), **fields)  # type: ignore[arg-type]


def draft(name: str, *pairs: str | tuple[str, str], **fields: object) -> Draft:
    return Draft(name=name, numbers=numbers(*pairs), **fields)  # type: ignore[arg-type]


def told(one: Contact | Draft) -> dict[str, str]:
    """Return numbers with their labels."""
    return {number.number: number.label for number in one.numbers}


def by_id(book: PhoneBook) -> dict[str, Contact]:
    return {one.id: one for one in book}


#: What a name, an alias or a label may be: any text in one line, whatever stands in it.
SIGNS = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]) | st.sampled_from("=+-@',;:\\\"|n ")
LINE = st.text(SIGNS, min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
NOTE = st.lists(LINE, max_size=3).map("\n".join)
LABELS = st.sampled_from(["", "work", "home", "mobile", "Mobile", "work fax", "fax work", "main", "other"]) | LINE
SPELLINGS = st.sampled_from(["+44 1632 960{}", "01632960{}", "0044 1632 960{}", "(01632) 960-{}", "8{}", "*8{}"])


@st.composite
def contact_numbers(draw: st.DrawFn) -> tuple[ContactNumber, ...]:
    """Return numbers of which none is another."""
    last = draw(st.lists(st.integers(100, 999), min_size=1, max_size=3, unique=True))
    return tuple(ContactNumber(number=draw(SPELLINGS).format(one), label=draw(LABELS)) for one in last)


CONTACTS = st.lists(
    st.builds(
        Contact,
        id=st.uuids().map(lambda one: one.hex) | st.text("abc+=-@'", min_size=1, max_size=5),
        name=LINE,
        aliases=st.lists(LINE, max_size=3, unique=True).map(tuple),
        numbers=contact_numbers(),
        note=NOTE,
        favourite=st.booleans(),
        blocked=st.booleans(),
    ).filter(lambda one: one.name not in one.aliases),
    max_size=6,
    unique_by=lambda one: one.id,
)
#: A small town: the same few names and numbers over and over.
_NAMES = st.sampled_from(["Alice", "Alice Archer", "Bob", "Bob Baker", "alice", "Archer", "王伟", "!!!", "Ålice"])
_NUMBERS = st.sampled_from(["01632 960001", "+441632960001", "01632 960002", "801", "01632 960003"])
_NUMBER = st.builds(ContactNumber, number=_NUMBERS, label=st.sampled_from(["", "work", "home"]))
_SAID = {
    "name": _NAMES,
    "aliases": st.lists(_NAMES, max_size=2).map(tuple),
    "numbers": st.lists(_NUMBER, min_size=1, max_size=3).map(tuple),
}
DRAFTS = st.lists(
    st.builds(
        Draft,
        uid=st.sampled_from(["", "", "u1", "u2", "u3", "u4"]),
        note=st.sampled_from([None, None, "one", "two"]),
        favourite=st.sampled_from([None, True, False]),
        blocked=st.sampled_from([None, True, False]),
        **_SAID,
    ),
    max_size=8,
)
TOWN = st.lists(
    st.builds(Contact, id=st.sampled_from(["u1", "u2", "k1", "k2", "k3"]), **_SAID),
    max_size=5,
    unique_by=lambda one: one.id,
)
