"""The dialogs as the browser gets them: every form can be written as JSON, and what was typed comes back as numbers."""

from http import HTTPStatus
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.coocenter.const import DOMAIN
from simulator import Simulator
from tests.contact_harness import VCARD, names
from tests.flow_harness import address

FLOWS = "/api/config/config_entries/flow"
OPTIONS = "/api/config/config_entries/options/flow"


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> TestClient[Any, Any]:
    """A browser whose user is an administrator."""
    assert await async_setup_component(hass, "config", {})
    return await hass_client()


async def send(browser: TestClient[Any, Any], path: str, body: dict[str, Any]) -> Any:
    async with browser.post(path, json=body) as response:
        assert response.status == HTTPStatus.OK
        return await response.json()


def fields(dialog: dict[str, Any]) -> dict[str, str]:
    """Return the form's fields with the kinds of their selectors."""
    return {field["name"]: _kind(field) for field in dialog["data_schema"]}


def _kind(field: dict[str, Any]) -> str:
    return str(field["type"] if "schema" in field else next(iter(field["selector"])))


async def test_a_pbx_can_be_added_in_the_browser(
    hass: HomeAssistant, browser: TestClient[Any, Any], pbx: Simulator
) -> None:
    dialog = await send(browser, FLOWS, {"handler": DOMAIN})
    assert fields(dialog) == {
        "host": "text",
        "port": "number",
        "ssl": "boolean",
        "verify_ssl": "boolean",
        "web_key": "text",
    }
    # A number field gives what it was given: 8000.0 is a port, too.
    dialog = await send(browser, f"{FLOWS}/{dialog['flow_id']}", address(pbx, port=float(pbx.port)))
    assert dialog["step_id"] == "push"
    dialog = await send(browser, f"{FLOWS}/{dialog['flow_id']}", {"next_step_id": "finish"})
    assert dialog["type"] == "create_entry"
    await hass.async_block_till_done()

    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data[CONF_PORT] == pbx.port
    assert isinstance(entry.data[CONF_PORT], int)


async def test_the_options_can_be_set_in_the_browser(
    hass: HomeAssistant, browser: TestClient[Any, Any], loaded: MockConfigEntry
) -> None:
    dialog = await send(browser, OPTIONS, {"handler": loaded.entry_id})
    dialog = await send(browser, f"{OPTIONS}/{dialog['flow_id']}", {"next_step_id": "settings"})
    assert fields(dialog) == {
        "poll_interval": "number",
        "wrap_up": "number",
        "extensions": "select",
        "time_zone": "select",
        "international_prefix": "text",
        "call_log": "expandable",
        "voice": "expandable",
    }
    *_, voice = dialog["data_schema"]
    assert fields({"data_schema": voice["schema"]}) == {
        "default_extension": "select",
        "device_extensions": "object",
        "user_extensions": "object",
        "emergency_by_voice": "boolean",
    }
    entered = {"poll_interval": 60.0, "wrap_up": 0, "extensions": ["801"]}
    dialog = await send(browser, f"{OPTIONS}/{dialog['flow_id']}", entered)
    assert dialog["type"] == "create_entry"

    assert loaded.options.items() >= {**entered, "international_prefix": "00", "retention": 365}.items()
    assert isinstance(loaded.options["poll_interval"], int)


async def test_the_phone_book_can_be_kept_in_the_browser(
    hass: HomeAssistant, browser: TestClient[Any, Any], loaded: MockConfigEntry
) -> None:
    dialog = await send(browser, OPTIONS, {"handler": loaded.entry_id})
    way = f"{OPTIONS}/{dialog['flow_id']}"
    dialog = await send(browser, way, {"next_step_id": "add_contact"})
    assert fields(dialog) == {
        "name": "text",
        "aliases": "text",
        "numbers": "object",
        "note": "text",
        "favourite": "boolean",
        "blocked": "boolean",
    }
    dialog = await send(browser, way, {"name": "Alice", "numbers": [{"number": "01632 960123"}]})
    dialog = await send(browser, way, {"next_step_id": "import_contacts"})
    assert fields(dialog) == {"file": "file"}

    card = VCARD.format(name="Bob", number="01632 960124")
    form = FormData()
    form.add_field("file", card.encode(), filename="contacts.vcf", content_type="text/vcard")
    async with browser.post("/api/file_upload", data=form) as response:
        uploaded = (await response.json())["file_id"]
    dialog = await send(browser, way, {"file": uploaded})
    assert (dialog["step_id"], dialog["description_placeholders"]["new_names"]) == ("import_preview", "- Bob")
    dialog = await send(browser, way, {})
    assert dialog["step_id"] == "init"
    assert await names(hass) == ["Alice", "Bob"]


async def test_the_key_and_the_address_can_be_changed_in_the_browser(
    hass: HomeAssistant, browser: TestClient[Any, Any], loaded: MockConfigEntry
) -> None:
    dialog = await send(browser, FLOWS, {"handler": DOMAIN, "entry_id": loaded.entry_id})
    assert (dialog["step_id"], fields(dialog)["host"]) == ("reconfigure", "text")

    hass.config_entries.flow.async_abort(dialog["flow_id"])

    loaded.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    async with browser.get(f"{FLOWS}/{flow['flow_id']}") as response:
        assert fields(await response.json()) == {"web_key": "text"}
