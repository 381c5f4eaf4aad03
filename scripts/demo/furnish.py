"""What an office has beside its PBX: a phone book, and a desk at which the demo's user sits."""

from scripts.demo.hass import HassProcess

#: The simulated callers have the numbers 01632 960200 to 960999: every sixth is somebody known.
_CALLERS = range(200, 1000, 6)
_FIRST = ("Ada", "Ben", "Clara", "David", "Emma", "Finn", "Greta", "Hugo", "Ida", "Jonas", "Klara", "Leo", "Maya")
_LAST = ("Archer", "Brook", "Carver", "Dale", "Ellis", "Ford", "Grant", "Hill", "Lane", "Marsh", "Stone")
_DESK = "802"


async def furnish(hass: HassProcess, entry_id: str) -> None:
    """Fill the phone book, and say which phone is on the user's desk."""
    # Each has another name, as long as there are no more than there are pairs.
    people = [
        f"{_FIRST[n % len(_FIRST)]} {_LAST[n % len(_LAST)]},+44 1632 960{number}" for n, number in enumerate(_CALLERS)
    ]
    content = "\n".join(["name,phone", *people])
    await hass.call_service("coocenter", "import_contacts", {"content": content}, return_response=True)
    user = await hass.command("auth/current_user")
    menu = await hass.options_start(entry_id)
    await hass.options_step(menu["flow_id"], {"next_step_id": "settings"})
    desk = {"user_extensions": [{"user": user["id"], "extension": _DESK}], "emergency_by_voice": False}
    await hass.options_step(menu["flow_id"], {"voice": desk})
