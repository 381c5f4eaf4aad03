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
        if user_input is not None:
            link = self.hass.data.get(DATA_LINKS, {}).get(self._entry_id)
            try:
                # The dialogue may have been open for long: a log that was mended meanwhile stays.
                if link is None or not await link.journal.async_put_aside():
                    return self.async_abort(reason="not_damaged")
            except OSError as err:
                return self.async_abort(reason="cannot_be_moved", description_placeholders={"error": str(err)})
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None) -> RepairsFlow:
    """Return the flow of a fixable issue: of the damaged call log."""
    return PutAsideFlow((data or {}).get("entry_id", ""))
