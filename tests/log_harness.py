"""What the tests of the call log's surfaces share: logs as the PBX pushes them, and what is in the log by them."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.coocenter.journal import Journal
from custom_components.coocenter.link import DATA_LINKS
from tests.office_harness import ENTRY_ID, act

ALICE = "01632960123"
BOB = "01632960124"


def cdr(uid: str, **fields: str) -> dict[str, str]:
    """Return the log of an answered call from outside to extension 801, but for what is said."""
    return {
        "event": "cdr",
        "callerid": f'"" <{fields.get("source", ALICE)}>',
        "source": ALICE,
        "destination": "801",
        "starttime": "2026-11-23 09:00:00",
        "answertime": "2026-11-23 09:00:10",
        "endtime": "2026-11-23 09:01:10",
        "disposition": "ANSWERED",
        "duration": "70",
        "billableseconds": "60",
        "calltype": "inbound",
        "recordfile": f"2026-11-23/{uid}.wav",
        "uniqueid": uid,
        **fields,
    }


def missed(uid: str, **fields: str) -> dict[str, str]:
    """Return the log of a call from outside that nobody answered."""
    vain = {"answertime": "", "disposition": "NO ANSWER", "billableseconds": "0", "endtime": "2026-11-23 09:00:30"}
    return cdr(uid, **(vain | {"duration": "30"} | fields))


def cc_cdr(uid: str, **fields: str) -> dict[str, str]:
    """Return the call centre's log of a call that agent 801 took in queue 630."""
    return {
        "event": "cc_cdr",
        "uuid": uid,
        "caller": ALICE,
        "called": "801",
        "queueCode": "630",
        "agentCode": "801",
        "callType": "incoming",
        "cdrState": "bridged",
        "startTime": "2026-11-23 09:00:00",
        "endTime": "2026-11-23 09:01:10",
        "duration": "70",
        "queueTime": "8",
        "talkingTime": "60",
        "score": "4",
        "trunkNumber": "01632960200",
        "filePath": f"2026-11-23/{uid}.wav",
        **fields,
    }


def journal_of(hass: HomeAssistant, entry_id: str = ENTRY_ID) -> Journal:
    return hass.data[DATA_LINKS][entry_id].journal


async def logged(hass: HomeAssistant, **fields: Any) -> list[dict[str, Any]]:
    """Return the calls that the action returns, after what waits was stored."""
    await journal_of(hass).log.flush()
    answer = await act(hass, "get_calls", **fields)
    assert answer
    return list(answer["calls"])  # type: ignore[arg-type]


async def ids(hass: HomeAssistant, **fields: Any) -> list[str]:
    return [call["id"] for call in await logged(hass, **fields)]
