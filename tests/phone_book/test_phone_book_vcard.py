"""Cards as phones and address books write them."""

from textwrap import dedent

from book_harness import contact, draft, told
import pytest

from custom_components.coocenter.phone_book import Draft, Fault, Problem, read_vcards, write_vcards

APPLE = """\
BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 18.1//EN
N:Archer;Alice;Mary;Dr.;
FN:Dr. Alice Mary Archer
NICKNAME:Ally
ORG:Acme\\, Ltd.;Sales;
item1.TEL;type=pref:+44 1632 960001
item1.X-ABLabel:_$!<Work>!$_
item2.TEL:01632 960002
item2.X-ABLabel:Büro hinten
TEL;type=CELL;type=VOICE:\u202a07700\u00a0900003\u202c
TEL;type=HOME;type=FAX:01632 960004
item3.TEL:01632 960005
item3.X-ABLabel:_$!<HomeFAX>!$_
TEL;type=IPHONE;type=CELL;type=VOICE:01632 960006
TEL;type=MAIN:(01632) 960-007
item4.EMAIL;type=INTERNET:alice@example.com
item4.X-ABLabel:Unrelated
NOTE:Ring the bell\\, twice.\\nThen wait\\; she is upstairs. This line is long e
 nough to be folded.
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQ
 EBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB==
CATEGORIES:Friends
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
END:VCARD
"""

ANDROID = """\
BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BCller=\r
-L=C3=BCdenscheidt\r
TEL;CELL;PREF:07700900001\r
TEL;WORK;FAX:01632960002\r
TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=4C=61=67=65=72):01632960003\r
TEL;HOME:01632960004,,12#\r
NOTE;ENCODING=quoted-printable:two=0D=0Alines =3D=\r
 and a sign\r
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQ\r
 EBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB=\r
\r
END:VCARD\r
"""

VERSION_4 = """\
BEGIN:VCARD
VERSION:4.0
UID:person-1
FN:Simon Perreault
N:Perreault;Simon;;;ing. jr,M.Sc.
NICKNAME:Si,Perro
TEL;VALUE=uri;PREF=1;TYPE="work,voice":tel:+44-1632-960001;ext=102
TEL;VALUE=uri;TYPE=home:tel:+44%201632%20960002
TEL;VALUE=uri;TYPE="cell,text":TEL:+44-7700-900003;phone-context=example.com
TEL;VALUE=text:sip:simon@example.com
END:VCARD
"""

GOOGLE = """\
BEGIN:VCARD
VERSION:3.0
FN:张伟
N:张;伟;;;
TEL;TYPE=CELL:13900000000
item1.TEL:010 5550 1234
item1.X-ABLabel:前台
CATEGORIES:myContacts,starred
END:VCARD
"""


def only(text: str, encoding: str = "utf-8") -> Draft:
    reading = read_vcards(text.encode(encoding))
    assert not reading.problems
    (found,) = reading.contacts
    return found


def card(*lines: str) -> str:
    return "\n".join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""])


def test_a_card_of_apples() -> None:
    alice = only(APPLE)
    assert (alice.name, alice.aliases) == ("Dr. Alice Mary Archer", ("Ally",))
    assert alice.uid == "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1"
    assert told(alice) == {
        "+44 1632 960001": "work",
        "01632 960002": "Büro hinten",
        "07700 900003": "mobile",
        "01632 960004": "home fax",
        "01632 960005": "home fax",
        "01632 960006": "mobile",
        "(01632) 960-007": "main",
    }
    assert alice.note == ("Ring the bell, twice.\nThen wait; she is upstairs. This line is long enough to be folded.")
    assert (alice.favourite, alice.blocked) == (None, None)


def test_a_card_of_androids() -> None:
    joerg = only(ANDROID)
    assert joerg.name == "Jörg Müller-Lüdenscheidt"
    assert told(joerg) == {
        "07700900001": "mobile",
        "01632960002": "work fax",
        "01632960003": "",
        "01632960004": "home ext. 12",
    }
    assert joerg.note == "two\nlines = and a sign"


def test_a_card_of_version_4() -> None:
    simon = only(VERSION_4)
    assert (simon.name, simon.aliases, simon.uid) == ("Simon Perreault", ("Si", "Perro"), "person-1")
    assert told(simon) == {
        "+44-1632-960001": "work ext. 102",
        "+44 1632 960002": "home",
        "+44-7700-900003": "mobile",
    }


def test_a_card_of_googles() -> None:
    zhang = only(GOOGLE)
    assert (zhang.name, zhang.favourite) == ("张伟", True)
    assert told(zhang) == {"13900000000": "mobile", "010 5550 1234": "前台"}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["FN:Archer, Alice"], "Archer, Alice"),
        (["FN:Alice\\, Bob\\; and\\\\or Carol"], "Alice, Bob; and\\or Carol"),
        (["FN: ", "N:Archer;Alice;;Dr.;"], "Alice Archer"),
        (["N:张;伟;;;"], "张伟"),
        (["N:;;;;", "ORG:Acme\\; Sons;Sales"], "Acme; Sons"),
        (["NICKNAME:Ally"], "Ally"),
        (["fn:Alice"], "Alice"),
        (["item1.FN;LANGUAGE=en:Alice"], "Alice"),
        (["FN:ALICE", "FN:Alice"], "ALICE"),
        (["FN:Ends with a backslash\\"], "Ends with a backslash\\"),
        (["FN:=======", " ="], "========"),
    ],
)
def test_what_a_card_is_called(lines: list[str], name: str) -> None:
    assert only(card(*lines, "TEL:801")).name == name


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("iso-8859-1", "ISO-8859-1"), ("cp1252", "no")],
)
def test_a_file_is_read_in_any_encoding(encoding: str, charset: str) -> None:
    assert only(card(f"FN;CHARSET={charset}:Jörg Müller", "TEL:801"), encoding).name == "Jörg Müller"


@pytest.mark.parametrize("charset", ["GB18030", "GBK"])
def test_a_chinese_phones_card_is_read(charset: str) -> None:
    assert only(card(f"FN;CHARSET={charset}:联通客服", "TEL:801"), charset).name == "联通客服"
    quoted = "".join(f"={byte:02X}" for byte in "联通".encode(charset))
    assert only(card(f"FN;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{quoted}", "TEL:801")).name == "联通"


def test_quoted_text_in_an_encoding_that_nobody_knows_is_read_as_far_as_may_be() -> None:
    assert only(card("FN;CHARSET=KLINGON;QUOTED-PRINTABLE:J=F6rg", "TEL:801")).name == "Jörg"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(end: str) -> None:
    assert only(APPLE.replace("\n", end)).name == "Dr. Alice Mary Archer"


@pytest.mark.parametrize("params", [",A" * 40 + "(", ";A" * 40 + "(", ";A=" + "," * 40 + '"', ";TYPE=" + '"' * 41])
def test_a_line_that_makes_no_sense_takes_no_time(params: str) -> None:
    assert told(only(card("FN:Alice", f"TEL{params}:801", 'TEL;TYPE="a;b:c",WORK:802'))).get("802") == "work"


def test_one_broken_card_does_not_lose_the_others() -> None:
    broken = "BEGIN:VCARD\nVERSION:3.0\nFN:Cut off\nTEL:+44 1632 9"
    cards = [card("FN:Alice", "TEL:801"), card("TEL:802"), card("FN:Carol", "TEL:none"), broken]
    text = "\n".join([*cards, card("FN:Dave", "TEL;=;:::803", "TEL:804", "complete nonsense"), "BEGIN:VCARD\nFN:Eve"])
    reading = read_vcards(text.encode())
    assert [one.name for one in reading.contacts] == ["Alice", "Dave"]
    assert reading.problems == [
        Problem(code=Fault.NO_NAME, position=2),
        Problem(code=Fault.NO_NUMBER, position=3, name="Carol"),
        Problem(code=Fault.UNREADABLE, position=4),
        Problem(code=Fault.UNREADABLE, position=6),
    ]


def test_a_contact_is_written_as_phones_read_it() -> None:
    numbers = [("+44 1632 960001", "work"), ("801", ""), ("01632 960002", "home fax"), ("07700 900003", "My, car")]
    alice = contact("a1", "Alice; Archer", *numbers, aliases=("Ally", "A, A"), note="a\nb", favourite=True)
    assert write_vcards([alice]).replace("\r\n", "\n") == dedent("""\
        BEGIN:VCARD
        VERSION:3.0
        UID:a1
        FN:Alice\\; Archer
        N:;Alice\\; Archer;;;
        NICKNAME:Ally
        NICKNAME:A\\, A
        NOTE:a\\nb
        TEL;TYPE=WORK,VOICE:+44 1632 960001
        TEL;TYPE=VOICE:801
        TEL;TYPE=HOME,FAX:01632 960002
        item4.TEL;TYPE=VOICE:07700 900003
        item4.X-ABLABEL:My\\, car
        X-COOCENTER-BLOCKED:0
        X-COOCENTER-FAVOURITE:1
        END:VCARD
        """)


def test_favourite_and_blocked_are_read_where_they_are_said() -> None:
    said = only(card("FN:Alice", "TEL:801", "CATEGORIES:starred", "X-COOCENTER-FAVOURITE:0", "X-COOCENTER-BLOCKED:1"))
    assert (said.favourite, said.blocked) == (False, True)
    assert only(card("FN:Alice", "TEL:801")) == draft("Alice", "801")
