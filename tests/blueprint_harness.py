"""What the tests of the blueprints share: automations made of them, and a mobile device that is notified."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components import automation
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed, async_mock_service

from simulator import Simulator
from tests.flow_harness import until
from tests.office_harness import state_of

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints" / "automation" / "coocenter"
BLUEPRINTS = sorted(path.name for path in FOLDER.glob("*.yaml"))
OUTSIDE = "01632960201"


def install(config_dir: str) -> str:
    """Copy the blueprints to where Home Assistant imports them, and return its configuration's folder."""
    shutil.copytree(FOLDER, Path(config_dir) / "blueprints" / "automation" / "coocenter", dirs_exist_ok=True)
    return config_dir


async def automate(hass: HomeAssistant, name: str, **inputs: Any) -> str:
    """Make an automation of a blueprint, and return its entity."""
    config = {"id": name, "alias": name, "use_blueprint": {"path": f"coocenter/{name}.yaml", "input": inputs}}
    assert await async_setup_component(hass, automation.DOMAIN, {automation.DOMAIN: [config]})
    await hass.async_block_till_done()
    entity_id = f"automation.{name}"
    assert hass.states.get(entity_id).state == "on", "its configuration is valid"
    return entity_id


async def finished(hass: HomeAssistant, entity_id: str) -> None:
    """Wait until no run of an automation goes on."""
    await until(lambda: hass.states.get(entity_id).attributes["current"] == 0)


async def settle() -> None:
    """Let everything be dispatched that waits for its turn.

    hass.async_block_till_done would wait for the automations' runs, and those wait for calls that go on.
    """
    for _ in range(100):
        await asyncio.sleep(0)


async def until_frozen(true: Callable[[], Any]) -> None:
    """Wait for a condition though the clock stands still, as nothing may sleep then."""
    for _ in range(100_000):
        if true():
            return
        await asyncio.sleep(0)
    pytest.fail("waited in vain")


async def switch_off(hass: HomeAssistant, automation_id: str) -> None:
    """End an automation, its runs and its timers."""
    await hass.services.async_call("automation", "turn_off", {"entity_id": automation_id}, blocking=True)


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let timers go off that are due within so many seconds."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await settle()


async def until_status(hass: HomeAssistant, extension: str, status: str) -> None:
    """Wait until a phone is said to do something, and let the automations have seen it."""
    await until(lambda: state_of(hass, f"{extension}_status").state == status)
    await settle()


async def hang_up(hass: HomeAssistant, pbx: Simulator, *extensions: str) -> None:
    """End the calls of phones, and wait until they are known to be idle."""
    for extension in extensions:
        pbx.engine.hang_up(extension)
    await pbx.drain()
    for extension in extensions:
        await until_status(hass, extension, "idle")


def recorded(hass: HomeAssistant, *actions: str) -> list[ServiceCall]:
    """Return a list that every call of these actions will be in; nothing else comes of them."""
    calls: list[ServiceCall] = []
    for action in actions:
        hass.services.async_register(*action.split("."), calls.append)
    return calls


class MobileDevice:
    """A mobile device with the Home Assistant app: what it is notified of, and a finger on its buttons."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.id = ""
        self.notifications: list[ServiceCall] = []

    async def connect(self) -> None:
        """Register the app."""
        entry = MockConfigEntry(
            domain="mobile_app",
            data={
                "app_data": {"push_token": "token", "push_url": "http://localhost/push"},
                "app_id": "io.homeassistant.test",
                "app_name": "Home Assistant",
                "app_version": "1.0",
                "device_id": "mobile",
                "device_name": "Mobile",
                "manufacturer": "Test",
                "model": "Test",
                "os_name": "Test",
                "os_version": "1.0",
                "supports_encryption": False,
                "user_id": (await self._hass.auth.async_create_system_user("Mobile")).id,
                "webhook_id": "mobile-webhook",
            },
        )
        entry.add_to_hass(self._hass)
        assert await async_setup_component(self._hass, "mobile_app", {})
        await self._hass.async_block_till_done()
        self.id = self._hass.data["mobile_app"]["devices"]["mobile-webhook"].id
        self.notifications = async_mock_service(self._hass, "notify", "mobile_app_mobile")

    async def notified(self, count: int = 1) -> dict[str, Any]:
        """Wait for as many notifications, and return the last."""
        await until(lambda: len(self.notifications) >= count)
        await settle()
        assert len(self.notifications) == count
        return self.notifications[-1].data

    async def press(self, notification: dict[str, Any]) -> None:
        """Press the only button of a notification."""
        (button,) = notification["data"]["actions"]
        await self.answer(button["action"])

    async def answer(self, action: str) -> None:
        """Send what the app sends when a button is pressed."""
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": action})
        await settle()
