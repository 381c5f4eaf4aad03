"""Tables as spreadsheets and address books write them."""

import csv
from io import StringIO

from book_harness import contact, draft, numbers, told
import pytest

from custom_components.coocenter.phone_book import Draft, Fault, Problem, read_csv, write_csv

GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Nickname,File As,Organization Name,Notes,Photo,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n"
    'Alice,Mary,Archer,,"Ally, Al",,Acme,"Met\nin May",,* myContacts ::: * starred,'
    "* ,alice@example.com,Mobile,+44 7700 900003,Work Fax,01632 960001 ::: 01632 960002\n"
    ",,,,,,Acme Ltd,,,* myContacts,,,Front desk,+44 1632 960000,,\n"
)
OLD_GOOGLE = (
    "Name,Given Name,Additional Name,Family Name,Nickname,Notes,Group Membership,Phone 1 - Type,Phone 1 - Value\n"
    "Alice M. Archer,Alice,M.,Archer,,,* My Contacts,* Work,01632 960001\n"
)
OUTLOOK = (
    '"Title","First Name","Middle Name","Last Name","Suffix","Company","Department","Assistant\'s Phone",'
    '"Business Fax","Business Phone","Business Phone 2","Callback","Car Phone","Company Main Phone","Home Phone",'
    '"ISDN","Mobile Phone","Other Phone","Pager","Primary Phone","Telex","Account","Notes","Home Country/Region"\r\n'
    '"Dr.","Alice","","Archer","","Acme","","01632 960900","01632 960001","01632 960002","01632 960003","",'
    '"01632 960004","01632 960000","01632 960005","901","07700 900003","01632 960006","01632 960007",'
    '"01632 960008","902","903","Line\r\ntwo","GB"\r\n'
)
GERMAN = (
    "Vorname;Nachname;Firma;Telefon geschäftlich;Fax geschäftlich;Telefon privat;Mobiltelefon;Weiteres Telefon;"
    "Spitzname;Notizen;Favorit;Gesperrt\n"
    "Jörg;Müller;Acme;01632 960001;01632 960002;01632 960003;07700 900003;801;Jogi;Größe 5;ja;nein\n"
)
FRENCH = (
    "Prénom\tNom\tSociété\tTéléphone (bureau)\tTélécopie (bureau)\tTéléphone (domicile)\tTél. mobile\tSurnom\t"
    "Remarques\tFavori\tBloqué\n"
    "Zoé\tLefèvre\tAcme\t01632 960001\t01632 960002\t01632 960003\t07700 900003\tZo\tété\tnon\toui\n"
)
SPANISH = (
    "Nombre,Apellidos,Empresa,Teléfono del trabajo,Fax del trabajo,Teléfono particular,Teléfono móvil,Apodo,Notas,"
    "Favorito,Bloqueado\n"
    "José,Núñez,Acme,01632 960001,01632 960002,01632 960003,07700 900003,Pepe,año,sí,no\n"
)
CHINESE = (
    "姓,名,公司,商务电话,商务传真,住宅电话,移动电话,昵称,附注,收藏,屏蔽\n"
    "张,伟,Acme,010 5550 1234,010 5550 1235,010 5550 1236,13900000000,小张,你好,是,否\n"
)
#: As a Chinese keyboard types it.
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in "01632960001")
LABELS = ["work", "work fax", "home", "mobile"]


def only(text: str, encoding: str = "utf-8") -> Draft:
    reading = read_csv(text.encode(encoding))
    assert not reading.problems
    (found,) = reading.contacts
    return found


def test_a_table_of_googles() -> None:
    alice, acme = read_csv(GOOGLE.encode()).contacts
    assert (alice.name, alice.aliases) == ("Alice Mary Archer", ("Ally", "Al"))
    assert (alice.note, alice.favourite, alice.blocked) == ("Met\nin May", True, None)
    assert told(alice) == {"+44 7700 900003": "mobile", "01632 960001": "work fax", "01632 960002": "work fax"}
    assert acme == draft("Acme Ltd", ("+44 1632 960000", "Front desk"))


def test_an_older_table_of_googles() -> None:
    assert only(OLD_GOOGLE) == draft("Alice M. Archer", ("01632 960001", "work"))


def test_a_table_of_outlooks() -> None:
    alice = only(OUTLOOK, "cp1252")
    assert (alice.name, alice.note) == ("Alice Archer", "Line\ntwo")
    assert told(alice) == {
        "01632 960001": "work fax",
        "01632 960002": "work",
        "01632 960003": "work",
        "01632 960004": "car",
        "01632 960000": "main work",
        "01632 960005": "home",
        "07700 900003": "mobile",
        "01632 960006": "other",
        "01632 960007": "pager",
        "01632 960008": "main",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("text", "name", "alias", "note", "favourite"),
    [
        (GERMAN, "Jörg Müller", "Jogi", "Größe 5", True),
        (FRENCH, "Zoé Lefèvre", "Zo", "été", False),
        (SPANISH, "José Núñez", "Pepe", "año", True),
    ],
)
def test_a_table_of_another_country(
    text: str, name: str, alias: str, note: str, encoding: str, *, favourite: bool
) -> None:
    found = only(text, encoding)
    assert (found.name, found.aliases, found.note) == (name, (alias,), note)
    assert (found.favourite, found.blocked) == (favourite, not favourite)
    assert [number.label for number in found.numbers][:4] == LABELS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_chinese_table(encoding: str) -> None:
    found = only(CHINESE, encoding)
    assert (found.name, found.aliases, found.note) == ("张伟", ("小张",), "你好")
    assert (found.favourite, found.blocked) == (True, False)
    assert [number.label for number in found.numbers] == LABELS


@pytest.mark.parametrize(
    "text",
    [
        "Alice,01632 960001\nBob,801\n",
        "Alice;01632 960001\nBob;801",
        "Alice\t01632 960001\r\nBob\t801\r\n",
        "01632 960001,Alice\n801,Bob\n",
        "sep=;\nAlice;01632 960001\nBob;801",
        "\n,\nAlice,01632 960001\n,,\nBob,801,not of use\n",
        "name,number\nAlice,01632 960001\nBob,801\n",
        "Number;Contact name;Who knows\n01632 960001;Alice;\n801;Bob;what\n",
        "Nom,Numéro\nAlice,01632 960001\nBob,801\n",
        "Name;Durchwahl\nAlice;01632 960001\nBob;801\n",
        "Nombre;Número de teléfono\nAlice;01632 960001\nBob;801\n",
        "姓名,电话\nAlice,01632 960001\nBob,801\n",
    ],
)
def test_two_columns_are_enough_with_headers_or_without(text: str) -> None:
    assert read_csv(text.encode()).contacts == [draft("Alice", "01632 960001"), draft("Bob", "801")]


def test_a_column_tells_what_the_numbers_are_called() -> None:
    found = only("name,label,phone,mobile\nAlice,Work,801,07700 900003\n")
    assert told(found) == {"801": "work", "07700 900003": "mobile"}


def test_what_a_cell_of_several_numbers_says() -> None:
    found = only('name,phone\nAlice,"01632 960001; +44 1632 960002, (01632) 960003\n01632/960004"\n')
    assert list(told(found)) == ["01632 960001", "+44 1632 960002", "(01632) 960003", "01632/960004"]


@pytest.mark.parametrize(
    ("cell", "number", "label"),
    [
        ("01632 960001 x12", "01632 960001", "ext. 12"),
        ("01632 960001 ext. 12", "01632 960001", "ext. 12"),
        ("'+441632960001", "+441632960001", ""),
        ("\u202a+44\u00a01632\u00a0960001\u202c", "+44 1632 960001", ""),
        ("(+44) 1632 960001", "+44 1632 960001", ""),
        (WIDE, WIDE, ""),
        ("*97", "*97", ""),
    ],
)
def test_how_a_number_is_written(cell: str, number: str, label: str) -> None:
    assert only(f"name,phone\nAlice,{cell}\n").numbers == numbers((number, label))


@pytest.mark.parametrize(
    "cell", ["", "-", "none", "4.41633E+11", "alice@example.com", "sip:801", "1" * 41, "030 + 123", "+44+1632"]
)
def test_what_is_no_number(cell: str) -> None:
    reading = read_csv(f"name,phone\nAlice,{cell}\n".encode())
    assert reading.problems == [Problem(code=Fault.NO_NUMBER, position=2, name="Alice")]


def test_a_row_that_is_no_contact_costs_only_itself() -> None:
    huge = "x" * 200_000
    text = f"name,phone\nAlice,801\n,802\n\nCarol,\nDave,{huge}\nEve,805"
    reading = read_csv(text.encode())
    assert [one.name for one in reading.contacts] == ["Alice", "Eve"]
    assert [(problem.code, problem.card) for problem in reading.problems] == [
        (Fault.NO_NAME, "3"),
        (Fault.NO_NUMBER, "Carol"),
        (Fault.UNREADABLE, "6"),
    ]


def test_no_cell_is_worked_out_by_a_spreadsheet() -> None:
    evil = contact("@id", "=cmd|' /C calc'!A0", ("+44 1632 960001", "-1+1"), aliases=("+x",), note="@SUM(1)")
    headers, row = csv.reader(StringIO(write_csv([evil])))
    assert headers == ["Id", "Name", "Alias 1", "Number 1", "Label 1", "Note", "Favourite", "Blocked"]
    assert row == ["'@id", "'=cmd|' /C calc'!A0", "'+x", "'+44 1632 960001", "'-1+1", "'@SUM(1)", "no", "no"]
    found = only(write_csv([evil]))
    assert (found.uid, found.name, found.aliases, found.numbers) == (evil.id, evil.name, evil.aliases, evil.numbers)


def test_a_table_of_nobody_has_headers() -> None:
    reading = read_csv(write_csv([]).encode())
    assert (reading.contacts, reading.problems) == ([], [])
