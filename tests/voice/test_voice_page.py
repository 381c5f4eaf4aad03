"""What the page of voice tells people to say is what is understood."""

from pathlib import Path

import pytest

from custom_components.coocenter.voice import Voice, load_languages

PAGE = Path(__file__).parents[2] / "docs" / "voice.md"
INTENTS = {
    "Dial": "CooCenterDial",
    "… from another phone": "CooCenterDial",
    "Hang up": "CooCenterHangUp",
    "Transfer": "CooCenterTransfer",
    "Pause": "CooCenterPause",
    "Resume": "CooCenterResume",
    "Who is on the phone?": "CooCenterCallStatus",
    "Missed calls": "CooCenterMissedCalls",
    "Call back": "CooCenterCallBack",
    "Redial": "CooCenterRedial",
}
LANGUAGES = ("en", "de", "fr", "es", "zh")
ROWS = {
    cells[0]: cells[1:]
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ") and (cells := [cell.strip() for cell in line.strip("|").split("|")])[0] in INTENTS
}
SAID = [
    (language, sentence.strip(), INTENTS[row])
    for row, cells in ROWS.items()
    for language, cell in zip(LANGUAGES, cells, strict=True)
    for sentence in cell.split("·")
]


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice(load_languages())


def test_the_page_tells_of_every_intent() -> None:
    assert ROWS.keys() == INTENTS.keys()


@pytest.mark.parametrize(("language", "sentence", "wanted"), SAID)
def test_what_the_page_says_is_understood(voice: Voice, language: str, sentence: str, wanted: str) -> None:
    heard = voice.hear(sentence, language, ["Alice", "Bob", "801"])
    assert heard
    assert heard.intent == wanted
