"""What a user can mend at the press of a button."""

from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .link import DATA_LINKS


class PutAsideFlow(ConfirmRepairFlow):
    """Begin a new call log, after asking."""

    def __init__(self, entry_id: str) -> None:
        self._entry_id = entry_id

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        if user_input is not None and (link := self.hass.data.get(DATA_LINKS, {}).get(self._entry_id)):
            await link.journal.async_put_aside()
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None) -> RepairsFlow:
    """Return the flow of a fixable issue: of the damaged call log."""
    return PutAsideFlow((data or {}).get("entry_id", ""))
