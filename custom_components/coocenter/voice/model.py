"""What is heard in a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

DIAL = "CooCenterDial"
HANG_UP = "CooCenterHangUp"
TRANSFER = "CooCenterTransfer"
PAUSE = "CooCenterPause"
RESUME = "CooCenterResume"
CALL_STATUS = "CooCenterCallStatus"
MISSED_CALLS = "CooCenterMissedCalls"
CALL_BACK = "CooCenterCallBack"
REDIAL = "CooCenterRedial"

INTENTS = (DIAL, HANG_UP, TRANSFER, PAUSE, RESUME, CALL_STATUS, MISSED_CALLS, CALL_BACK, REDIAL)


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody wants; the slots are as they were spoken, without politeness."""

    intent: str
    slots: Mapping[str, str]
    certain: bool
    """Whether it is about telephones whoever is named: `call a taxi` may as well be a wish."""
