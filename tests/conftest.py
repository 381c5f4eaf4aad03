"""A simulated PBX on the loopback, and Home Assistant's own test plugin put right."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

import custom_components  # noqa: F401 - before hass exists: the plugin puts another of this name first on the path
from custom_components.coocenter.const import CONF_WEB_KEY, DOMAIN
from custom_components.coocenter.push_view import async_push_path
from simulator import Office, Simulator

WEB_KEY = "sesame"
WEBHOOK_ID = "push-of-the-test"

type Setup = Callable[..., Awaitable[MockConfigEntry]]
type Push = Callable[..., Awaitable[int]]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find the integration, in the tests that have a Home Assistant."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let each test have a configuration folder of its own: call logs are files in it."""
    return hass_tmp_config_dir


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Serialise as Home Assistant does: syrupy's own plugin registers later and would win."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
async def pbx(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """A PBX of seven extensions and two queues, whose calls go a hundred times as fast as life."""
    async with Simulator(Office.build(), web_key=WEB_KEY, speed=100.0, resend_after=0.05) as simulator:
        yield simulator


@pytest.fixture
def entry(pbx: Simulator) -> MockConfigEntry:
    return make_entry(pbx)


def make_entry(pbx: Simulator, *, data: Mapping[str, Any] = MappingProxyType({}), **changes: Any) -> MockConfigEntry:
    """Return an entry for a simulator, with a fixed id so that snapshots stay the same."""
    reached = {
        CONF_HOST: "127.0.0.1",
        CONF_PORT: pbx.port,
        CONF_SSL: False,
        CONF_VERIFY_SSL: True,
        CONF_WEB_KEY: WEB_KEY,
        CONF_WEBHOOK_ID: WEBHOOK_ID,
    }
    fixed = {"entry_id": "0123456789ABCDEF", "title": "CooCenter"}
    return MockConfigEntry(domain=DOMAIN, data={**reached, **data}, **(fixed | changes))


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """The integration, set up against the simulated PBX."""
    await load(hass, entry)
    return entry


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


@pytest.fixture
async def push(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Push:
    """Send an event to the webhook over HTTP, and return the status that the PBX would see."""
    assert await async_setup_component(hass, webhook.DOMAIN, {})
    client = await hass_client_no_auth()

    async def send(event: dict[str, Any], *, webhook_id: str = WEBHOOK_ID, **kwargs: Any) -> int:
        options = {"json": event} | kwargs
        response = await client.post(async_push_path(webhook_id), **options)
        await hass.async_block_till_done()
        return response.status

    return send


@pytest.fixture
async def push_url(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> str:
    """The webhook's URL, whether or not the entry is set up."""
    assert await async_setup_component(hass, webhook.DOMAIN, {})
    client = await hass_client_no_auth()
    return str(client.make_url(async_push_path(WEBHOOK_ID)))


@pytest.fixture
async def connected(loaded: MockConfigEntry, pbx: Simulator, push_url: str) -> MockConfigEntry:
    """The integration with the PBX pushing to it."""
    pbx.push_url = push_url
    return loaded
