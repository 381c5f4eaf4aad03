"""Who may do what: every action, websocket command and URL of the integration is in a table here, or this fails."""

from pathlib import Path
from typing import Any

from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
import yaml

from custom_components.coocenter.const import DOMAIN
from simulator import Simulator
from tests.conftest import Push
from tests.office_harness import ENTRY_ID
from tests.recordings_harness import recorded, url

EVERYBODY, ADMINISTRATORS, LISTENERS = "everybody", "administrators", "those who may listen"
PARTIES = {"destination": "802"}
AGENT = {"queue": "630", "extension": "803"}
ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "dial": (EVERYBODY, {"source": "801", **PARTIES}),
    "hangup": (EVERYBODY, {"extension": "801"}),
    "transfer": (EVERYBODY, {"source": "801", **PARTIES}),
    "spy": (ADMINISTRATORS, {"listener": "801", "extension": "802"}),
    "agent_login": (EVERYBODY, AGENT),
    "agent_logout": (EVERYBODY, AGENT),
    "agent_pause": (EVERYBODY, AGENT | {"paused": True}),
    "blacklist_add": (EVERYBODY, {"number": "01632960123"}),
    "blacklist_remove": (EVERYBODY, {"number": "01632960123"}),
    "get_blacklist": (EVERYBODY, {}),
    "get_current_calls": (EVERYBODY, {}),
    "get_calls": (EVERYBODY, {}),
    "export_calls": (ADMINISTRATORS, {}),
    "save_recording": (LISTENERS, {"call": "1.1"}),
    "purge_calls": (ADMINISTRATORS, {"keep_days": 1}),
    "forget_number": (ADMINISTRATORS, {"number": "01632960123"}),
    "get_contacts": (EVERYBODY, {}),
    "add_contact": (ADMINISTRATORS, {"name": "Alice"}),
    "update_contact": (ADMINISTRATORS, {"contact": "Alice"}),
    "remove_contact": (ADMINISTRATORS, {"contact": "Alice"}),
    "import_contacts": (ADMINISTRATORS, {"content": "name,number\n"}),
    "export_contacts": (ADMINISTRATORS, {}),
}
COMMANDS = {
    "coocenter/calls/list": EVERYBODY,
    "coocenter/calls/export": ADMINISTRATORS,
    "coocenter/calls/subscribe": EVERYBODY,
}
#: With the method; what is neither here has to be looked at, too.
URLS = {
    ("POST", "/api/coocenter/push/{webhook_id}"): "whoever knows the id",
    ("GET", "/api/coocenter/recording/{entry_id}/{uid}/{index}"): LISTENERS,
    ("HEAD", "/api/coocenter/recording/{entry_id}/{uid}/{index}"): LISTENERS,
}


@pytest.fixture
def media(hass: HomeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files are written: apart from the configuration, which changes all the time."""
    folder = tmp_path_factory.mktemp("media")
    hass.config.media_dirs = {"local": str(folder)}
    return folder


@pytest.fixture
def users(hass_read_only_user: MockUser, hass_admin_user: MockUser) -> tuple[MockUser, MockUser]:
    return hass_read_only_user, hass_admin_user


def written(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def attempt(hass: HomeAssistant, action: str, user: MockUser, data: dict[str, Any]) -> HomeAssistantError | None:
    """Run an action as a user, and return what it was refused with."""
    answers = hass.services.supports_response(DOMAIN, action).value != "none"
    try:
        await hass.services.async_call(
            DOMAIN, action, data, blocking=True, context=Context(user_id=user.id), return_response=answers
        )
    except HomeAssistantError as err:
        return err
    return None


@pytest.mark.usefixtures("loaded")
def test_every_action_is_looked_at(hass: HomeAssistant) -> None:
    described = yaml.safe_load(Path("custom_components/coocenter/services.yaml").read_text("utf-8"))
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(described) == set(ACTIONS)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("action", ACTIONS)
async def test_who_may_run_an_action(
    hass: HomeAssistant,
    pbx: Simulator,
    push: Push,
    media: Path,
    users: tuple[MockUser, MockUser],
    action: str,
) -> None:
    user, administrator = users
    await recorded(pbx, push)
    who, data = ACTIONS[action]
    pbx.requests.clear()
    refused = await attempt(hass, action, user, data)
    if who == ADMINISTRATORS:
        assert isinstance(refused, Unauthorized)
    elif who == LISTENERS:
        assert refused
        assert refused.translation_key == "recording_not_allowed"
    else:
        # It may say that there is nothing to end or to pass on; that is no question of who asks.
        assert not isinstance(refused, Unauthorized)
        assert refused is None or refused.translation_key == "refused"
    if who != EVERYBODY:
        assert (list(pbx.requests), written(media)) == ([], [])
    assert not isinstance(await attempt(hass, action, administrator, data), Unauthorized)


@pytest.mark.usefixtures("loaded")
async def test_every_websocket_command_is_looked_at(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, WEBSOCKET, {})
    assert {name for name in hass.data[WEBSOCKET] if name.startswith(DOMAIN)} == set(COMMANDS)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("command", COMMANDS)
async def test_who_may_use_a_websocket_command(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    media: Path,
    command: str,
) -> None:
    user, administrator = await hass_ws_client(hass, hass_read_only_access_token), await hass_ws_client()
    await user.send_json_auto_id({"type": command})
    answer = await user.receive_json()
    assert answer["success"] is (COMMANDS[command] == EVERYBODY)
    if not answer["success"]:
        assert answer["error"]["code"] == "unauthorized"
        assert written(media) == []
    await administrator.send_json_auto_id({"type": command})
    assert (await administrator.receive_json())["success"]


@pytest.mark.usefixtures("loaded")
async def test_every_url_is_looked_at(hass: HomeAssistant) -> None:
    found = {
        (route.method, route.resource.canonical)
        for route in hass.http.app.router.routes()
        if route.resource and "/coocenter/" in route.resource.canonical and route.method != "OPTIONS"
    }
    assert found == set(URLS)


async def test_who_may_use_a_url(
    loaded: MockConfigEntry,
    pbx: Simulator,
    push: Push,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    await recorded(pbx, push)
    pbx.requests.clear()
    stranger, user = await hass_client_no_auth(), await hass_client(hass_read_only_access_token)
    for method in ("GET", "HEAD"):
        assert (await stranger.request(method, url())).status == 401
        assert (await user.request(method, url())).status == 403
    assert list(pbx.requests) == []
    assert (await (await hass_client()).get(url())).status == 200
    assert (await stranger.post("/api/coocenter/push/guessed", json={"event": "x"})).status == 404


async def test_a_normal_user_cannot_change_the_entry(
    loaded: MockConfigEntry, hass: HomeAssistant, hass_client: ClientSessionGenerator, hass_read_only_access_token: str
) -> None:
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, "diagnostics", {})
    user = await hass_client(hass_read_only_access_token)
    for method, path, body in (
        ("POST", "/api/config/config_entries/flow", {"handler": DOMAIN}),
        ("POST", "/api/config/config_entries/options/flow", {"handler": ENTRY_ID}),
        ("GET", f"/api/diagnostics/config_entry/{ENTRY_ID}", None),
    ):
        assert (await user.request(method, path, json=body)).status == 401
