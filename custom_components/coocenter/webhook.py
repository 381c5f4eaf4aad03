"""The HTTP edge of pushes: check, parse, fold, and answer by what is known of the event.

An answer of 200 tells the PBX to forget the event; it resends anything else. Home Assistant itself answers 200 when
a handler raises, so nothing here does.
"""

from http import HTTPStatus
import re

from aiohttp import hdrs
from aiohttp.web import Request, Response
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util

from .call_log import NotStored
from .const import CONF_WEB_KEY, DOMAIN, ISSUE_NO_PUSHES, ISSUE_OTHER_PBX, LOGGER
from .link import Link, TurnedAway
from .pbx import Bounded, DialBegin, Event, IvrSelection, QueueCallDetail, is_authentic, parse, possible_days
from .push_view import async_listen, async_read_body, async_stop_listening

_MAX_SAMPLE = 1024
#: So many bodies that are no event are read of an address at once, and then so many a second.
_JUNK_AT_ONCE, _JUNK_A_SECOND = 50, 5
_MAX_ADDRESSES = 1000
#: What a push that is turned away has, and how it is answered. One that nobody can read would come again for ever.
_TURNED_AWAY = {
    TurnedAway.UNREADABLE: ("no event in it", HTTPStatus.OK),
    TurnedAway.WEB_KEY: ("a wrong Web Key", HTTPStatus.UNAUTHORIZED),
    TurnedAway.REMOTE: ("an address outside the local network", HTTPStatus.FORBIDDEN),
    TurnedAway.OTHER_PBX: ("the MAC address of another PBX", HTTPStatus.FORBIDDEN),
    TurnedAway.JUNK: ("the address of somebody who sends no events", HTTPStatus.TOO_MANY_REQUESTS),
    TurnedAway.TOO_LONG: ("a body longer than any event", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    TurnedAway.TOO_SLOW: ("a body that does not come to its end", HTTPStatus.REQUEST_TIMEOUT),
}
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")


class _Junk:
    """Whose bodies are still read: to find out that one is no event takes longer than to refuse it.

    Each is paid for before it is read, so that no more are in hand at once. Who ever pushed an event is always heard:
    behind a proxy all have one address, and that is the PBX's too.
    """

    def __init__(self) -> None:
        self._pushers: Bounded[str, None] = Bounded(_MAX_ADDRESSES)
        self._paid_until: Bounded[str, float] = Bounded(_MAX_ADDRESSES)

    def is_heard(self, address: str, now: float) -> bool:
        """Tell whether what comes from an address is to be read."""
        if address in self._pushers:
            return True
        paid_until = max(self._paid_until.get(address, now), now)
        if paid_until - now >= _JUNK_AT_ONCE / _JUNK_A_SECOND:
            return False
        self._paid_until[address] = paid_until + 1 / _JUNK_A_SECOND
        return True

    def trust(self, address: str) -> None:
        """Hear an address from now on."""
        self._pushers[address] = None


@callback
def async_register(hass: HomeAssistant, entry: ConfigEntry, link: Link) -> None:
    """Take an entry's pushes from now on, whether or not it is loaded."""
    junk = _Junk()

    async def handle(hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        try:
            return Response(status=await _async_receive(hass, entry, link, junk, request))
        except Exception:
            # The event was read but could not be told; sent again it would fail again, for ever.
            LOGGER.exception("A push of %s could not be handled", entry.title)
            return Response(status=HTTPStatus.OK)

    @callback
    def remote() -> None:
        _turn_away(link, entry, TurnedAway.REMOTE)

    async_listen(hass, entry.title, entry.data[CONF_WEBHOOK_ID], handle, remote)


@callback
def async_unregister(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take no more pushes of an entry."""
    async_stop_listening(hass, entry.data[CONF_WEBHOOK_ID])


async def _async_receive(
    hass: HomeAssistant, entry: ConfigEntry, link: Link, junk: _Junk, request: Request
) -> HTTPStatus:
    address = request.remote or ""
    if not junk.is_heard(address, hass.loop.time()):
        return _turn_away(link, entry, TurnedAway.JUNK)
    event = await _async_event(hass, entry, link, request)
    if isinstance(event, TurnedAway):
        return _turn_away(link, entry, event)
    junk.trust(address)
    ir.async_delete_issue(hass, DOMAIN, f"{ISSUE_NO_PUSHES}_{entry.entry_id}")
    link.journal.gaps.arrived(_origin(request))
    try:
        await link.async_take(event, dt_util.utcnow())
    except NotStored:
        # The PBX keeps it and sends it again.
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


async def _async_event(hass: HomeAssistant, entry: ConfigEntry, link: Link, request: Request) -> Event | TurnedAway:
    """Return the event that a request brings, or why it brings none of ours."""
    try:
        if (body := await async_read_body(request)) is None:
            return TurnedAway.TOO_LONG
    except TimeoutError:
        return TurnedAway.TOO_SLOW
    if not _is_authentic(entry, link, request.headers.get(hdrs.AUTHORIZATION)):
        return TurnedAway.WEB_KEY
    event = parse(body, request.headers.get(hdrs.CONTENT_TYPE, ""))
    if event is None:
        link.pushes.samples.append(body[:_MAX_SAMPLE])
        return TurnedAway.UNREADABLE
    return event if _is_ours(hass, entry, event) else TurnedAway.OTHER_PBX


def _origin(request: Request) -> str:
    """Return where a push came to by its own word; one that came through Home Assistant's websocket has none."""
    return f"{request.scheme}://{request.host}" if isinstance(request, Request) else ""


def _is_authentic(entry: ConfigEntry, link: Link, header: str | None) -> bool:
    """Tell whether a push may be the PBX's; whether it sends the header is not documented."""
    web_key = entry.data.get(CONF_WEB_KEY)
    if not web_key or header is None:
        return True
    return is_authentic(header, web_key, possible_days(link.today(), dt_util.now().date()))


@callback
def _turn_away(link: Link, entry: ConfigEntry, reason: TurnedAway) -> HTTPStatus:
    """Count a push that is not taken, tell the first of each kind, and return its answer."""
    what, status = _TURNED_AWAY[reason]
    if not link.pushes.turned_away[reason]:
        LOGGER.warning("A push for %s was turned away: it has %s", entry.title, what)
    link.pushes.turned_away[reason] += 1
    return status


@callback
def _is_ours(hass: HomeAssistant, entry: ConfigEntry, event: Event) -> bool:
    """Tell whether an event comes from the entry's PBX, learning its MAC address from the first that has one."""
    if not isinstance(event, (DialBegin, IvrSelection, QueueCallDetail)):
        return True
    mac = dr.format_mac(event.mac)
    if not _MAC.fullmatch(mac):
        return True
    issue_id = f"{ISSUE_OTHER_PBX}_{entry.entry_id}"
    if mac == entry.data.get(CONF_MAC):
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return True
    owner = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, mac)
    if entry.data.get(CONF_MAC) or (owner and owner.entry_id != entry.entry_id):
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_OTHER_PBX,
            translation_placeholders={"title": entry.title, "mac": mac, "host": entry.data[CONF_HOST]},
        )
        return False
    ir.async_delete_issue(hass, DOMAIN, issue_id)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_MAC: mac}, unique_id=mac)
    registry = dr.async_get(hass)
    if device := registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id):
        registry.async_update_device(device.id, new_connections={*device.connections, (dr.CONNECTION_NETWORK_MAC, mac)})
    return True
