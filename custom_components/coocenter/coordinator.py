"""Polls and pushes of one PBX, and the listeners of the parts that change.

A push must not touch the poll timer (the paused flag is never pushed, so that a busy day would freeze it) and must
not wake every entity: listeners are kept by key, and only those of changed keys are told.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
import math
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from yarl import URL

from .const import (
    CONF_POLL_INTERVAL,
    CONF_WEB_KEY,
    CONF_WRAP_UP,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_WRAP_UP,
    DOMAIN,
    DOUBT_LASTS,
    LOGGER,
    WRAP_UP_BEGINS,
    WRAP_UP_MARGIN,
)
from .helpers import KeyRefused
from .link import Link
from .pbx import (
    AgentReleased,
    AuthenticationFailed,
    CallFact,
    CallsDoubtful,
    Changes,
    CooCenterClient,
    CooCenterError,
    ExtensionFound,
    Key,
    PbxState,
    Pushed,
    Signal,
    Snapshot,
)


def async_client(hass: HomeAssistant, data: Mapping[str, Any], now: Callable[[], datetime]) -> CooCenterClient:
    """Return a client for what the user entered."""
    scheme = "https" if data[CONF_SSL] else "http"
    return CooCenterClient(
        async_get_clientsession(hass, verify_ssl=data[CONF_VERIFY_SSL]),
        URL.build(scheme=scheme, host=data[CONF_HOST], port=data[CONF_PORT]),
        data.get(CONF_WEB_KEY, ""),
        now=now,
        verify_ssl=data[CONF_VERIFY_SSL],
    )


class CooCenterCoordinator(DataUpdateCoordinator[None]):
    """Keep the state of a PBX right by polling, and tell the listeners of what changed."""

    config_entry: ConfigEntry[Any]
    device_id: str
    """The PBX's device, which its parts hang from."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, link: Link) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=timedelta(seconds=entry.options.get(CONF_POLL_INTERVAL, DEFAULT_POLL_INTERVAL)),
            # A poll that changes nothing tells nobody; what it changed is told by key.
            always_update=False,
        )
        self.link = link
        self.client = async_client(hass, entry.data, partial(dt_util.now, link.zone))
        self._by_key: dict[object, dict[int, CALLBACK_TYPE]] = {}
        self._fact_listeners: dict[Key, dict[int, Callable[[CallFact], None]]] = {}
        self._poll_listeners: dict[int, Callable[[Snapshot, Changes], None]] = {}
        self._next_id = 0
        self._polled: tuple[Snapshot, Changes] | None = None
        self._rechecks: dict[tuple[int, Callable[[], Awaitable[None]]], CALLBACK_TYPE] = {}

    @property
    def state(self) -> PbxState:
        """Return the PBX as it is known now."""
        return self.link.state

    @callback
    def async_start(self) -> None:
        """Pass on what is pushed, until the entry is unloaded."""
        self.link.deliver = self._publish
        self.link.today = self.client.today
        self.config_entry.async_on_unload(self._stop)

    @callback
    @override
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: Any = None) -> CALLBACK_TYPE:
        """Listen for changes of a key, or of the PBX's being reachable alone where there is none."""
        remove = super().async_add_listener(update_callback, context)
        forget = self._keep(self._by_key.setdefault(context, {}), update_callback)

        @callback
        def unsubscribe() -> None:
            forget()
            remove()

        return unsubscribe

    @callback
    def async_on_call_fact(self, about: Key, listener: Callable[[CallFact], None]) -> CALLBACK_TYPE:
        """Be told of what happens to the calls of a part."""
        return self._keep(self._fact_listeners.setdefault(about, {}), listener)

    @callback
    def async_on_poll(self, listener: Callable[[Snapshot, Changes], None]) -> CALLBACK_TYPE:
        """Be told of every successful poll, after its changes were published."""
        return self._keep(self._poll_listeners, listener)

    async def async_read_queues(self) -> None:
        """Ask who is paused and logged in: the PBX tells nobody when it changes that."""
        taken = dt_util.utcnow()
        snapshot = Snapshot(taken=taken, queues=await self.client.queues())
        self.link.publish(self.state.reconcile(snapshot, dt_util.utcnow()))

    async def async_read_calls(self) -> None:
        """Ask for the live channels."""
        taken = dt_util.utcnow()
        snapshot = Snapshot(taken=taken, channels=await self.client.current_calls())
        self.link.publish(self.state.reconcile(snapshot, dt_util.utcnow()))

    async def async_read_blacklist(self) -> None:
        """Ask for the blocked numbers."""
        taken = dt_util.utcnow()
        snapshot = Snapshot(taken=taken, blacklist=await self.client.blacklist())
        self.link.publish(self.state.reconcile(snapshot, dt_util.utcnow()))

    @override
    async def _async_update_data(self) -> None:
        try:
            snapshot = await self.client.snapshot(dt_util.utcnow())
        except AuthenticationFailed as err:
            if self.config_entry.state is not ConfigEntryState.LOADED:
                raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="invalid_auth") from err
            # Home Assistant would ask it no more. But a PBX whose clock is put right takes the key again by itself.
            self.config_entry.async_start_reauth(self.hass)
            raise KeyRefused(translation_domain=DOMAIN, translation_key="invalid_auth") from err
        except CooCenterError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="update_failed",
                translation_placeholders={"error": str(err)},
            ) from err
        for flow in self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
        now = dt_util.utcnow()
        changes = self.state.reconcile(snapshot, now)
        expired = self.state.expire(now)
        changes.keys |= expired.keys
        changes.signals += expired.signals
        self._polled = (snapshot, changes)

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        if self._polled is None:
            return
        (snapshot, changes), self._polled = self._polled, None
        self.link.publish(changes)
        for listener in tuple(self._poll_listeners.values()):
            self._isolated(listener, snapshot, changes)

    @callback
    def _publish(self, changes: Changes) -> None:
        if not self.last_update_success and any(isinstance(signal, Pushed) for signal in changes.signals):
            # Whoever pushes is back.
            self._recheck(timedelta(), self.async_request_refresh)
        for key in changes.keys:
            for listener in tuple(self._by_key.get(key, {}).values()):
                self._isolated(listener)
        for signal in changes.signals:
            if isinstance(signal, CallFact):
                for listens in tuple(self._fact_listeners.get(signal.about, {}).values()):
                    self._isolated(listens, signal)
            else:
                self._follow_up(signal)

    def _isolated[**P](self, listener: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call a listener; one that raises must not silence the rest."""
        try:
            listener(*args, **kwargs)
        except Exception:
            LOGGER.exception("A listener of %s failed", self.name)

    def _keep[T](self, listeners: dict[int, T], listener: T) -> CALLBACK_TYPE:
        self._next_id += 1
        listeners[self._next_id] = listener
        return partial(self._forget, listeners, self._next_id)

    @staticmethod
    def _forget(listeners: dict[int, Any], listener_id: int) -> None:
        listeners.pop(listener_id, None)

    def _follow_up(self, signal: Signal) -> None:
        match signal:
            case AgentReleased():
                wrap_up = timedelta(seconds=self.config_entry.options.get(CONF_WRAP_UP, DEFAULT_WRAP_UP))
                self._recheck(WRAP_UP_BEGINS, self.async_read_queues)
                self._recheck(wrap_up + WRAP_UP_MARGIN, self.async_read_queues)
            case ExtensionFound():
                self.config_entry.async_create_background_task(
                    self.hass, self.async_request_refresh(), f"{self.name} - new extension"
                )
            case CallsDoubtful():
                self._recheck(DOUBT_LASTS, self._async_resolve_doubts)
            case _:
                pass

    async def _async_resolve_doubts(self) -> None:
        if self.state.has_doubts():
            await self.async_read_calls()

    def _recheck(self, delay: timedelta, read: Callable[[], Awaitable[None]]) -> None:
        """Ask again after a delay, once a second at most however many calls end."""
        due = math.ceil(self.hass.loop.time() + delay.total_seconds())
        if (due, read) in self._rechecks:
            return

        async def ask(_now: datetime) -> None:
            del self._rechecks[due, read]
            try:
                await read()
            except CooCenterError as err:
                # The next poll says so, if it lasts.
                LOGGER.debug("%s could not be asked again: %s", self.name, err)

        self._rechecks[due, read] = async_call_later(self.hass, due - self.hass.loop.time(), ask)

    @callback
    def _stop(self) -> None:
        self.link.deliver = None
        while self._rechecks:
            self._rechecks.popitem()[1]()
