"""One request to the PBX: its Web Key on the right date, its errors in our words."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import MAXYEAR, date
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from .auth import Calendar, digest
from .errors import AuthenticationFailed, BadReply, ConnectionFailed, Refused
from .wire.body import read_json
from .wire.reply import unwrap

_TIMEOUT = ClientTimeout(total=10, connect=5)
#: A recording takes as long as its listener listens; silence ends it, and the time after which nobody does.
_STREAM_TIMEOUT = ClientTimeout(total=4 * 3600, connect=5, sock_read=30)
_MAX_REPLY = 8 * 1024 * 1024
#: Nine hours, as most PBXs keep them: no call that somebody listens to is longer.
_MAX_RECORDING = 512 * 1024 * 1024
_CHUNK = 64 * 1024
_NO_FILES = ("application/json", "text/html")
_WRONG_METHOD = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


class Transport:
    """Send requests to one PBX."""

    def __init__(
        self, session: ClientSession, base: URL, web_key: str, calendar: Calendar, *, verify_ssl: bool
    ) -> None:
        self._session = session
        self._base = base / "coocenter-api"
        self._web_key = web_key
        self._calendar = calendar
        self._verify_ssl = verify_ssl
        self._methods: dict[str, str] = {}

    async def ask(self, methods: tuple[str, ...], path: str, form: Mapping[str, str]) -> object:
        """Return the data of a reply, by the first of the methods that the PBX accepts there.

        Raises ConnectionFailed, AuthenticationFailed, BadReply or Refused.
        """
        known = self._methods.get(path, methods[0])
        *others, last = (known, *(method for method in methods if method != known))
        for method in others:
            async with self._authorised(method, self._base / path, form=form) as (response, raw):
                if response.status not in _WRONG_METHOD:
                    self._methods[path] = method
                    return _data(response, raw)
        async with self._authorised(last, self._base / path, form=form) as (response, raw):
            data = _data(response, raw)
            self._methods[path] = last
            return data

    @asynccontextmanager
    async def stream(self, segments: tuple[str, ...], headers: Mapping[str, str]) -> AsyncIterator[ClientResponse]:
        """Open a file of the PBX without reading it; a page or a JSON answer is none."""
        url = self._base.joinpath(*segments)
        async with self._authorised("GET", url, headers=headers, stream=True) as (response, raw):
            if raw and response.ok:
                _data(response, raw)
            if response.ok and response.content_type in _NO_FILES:
                message = f"{response.content_type} instead of a file"
                raise BadReply(message)
            yield response

    @asynccontextmanager
    async def _authorised(
        self,
        method: str,
        url: URL,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> AsyncIterator[tuple[ClientResponse, bytes]]:
        """Send on the day that worked last, and on a refusal on the other days it may be there."""
        days, tried = [self._calendar.today()], set[date]()
        while days:
            tried.add(day := days.pop(0))
            sent = {**(headers or {}), **self._authorization(day)}
            async with self._send(method, url, form, sent, stream=stream) as response:
                raw = b"" if _is_file(response, stream=stream) else await _read(response)
                if not _is_refusal(response, raw):
                    self._calendar.learn(day)
                    yield response, raw
                    return
                if len(tried) == 1 and self._web_key:
                    days = [other for other in self._calendar.others(_date_of(response)) if other not in tried]
        message = "The Web Key was refused"
        raise AuthenticationFailed(message)

    def _authorization(self, day: date) -> dict[str, str]:
        return {"Authorization": digest(self._web_key, day)} if self._web_key else {}

    @asynccontextmanager
    async def _send(
        self, method: str, url: URL, form: Mapping[str, str] | None, headers: Mapping[str, str], *, stream: bool
    ) -> AsyncIterator[ClientResponse]:
        with _connection():
            response = await self._session.request(
                method,
                url,
                data=form or None,
                headers=headers,
                timeout=_STREAM_TIMEOUT if stream else _TIMEOUT,
                # Nobody but the PBX is to see the digest.
                allow_redirects=False,
                ssl=self._verify_ssl,
            )
        async with response:
            yield response


def chunks(response: ClientResponse) -> AsyncIterator[bytes]:
    """Return the bytes of a recording as they come; there is an end to them, or BadReply."""
    return _bounded(response, _MAX_RECORDING, "The recording is too long")


async def _bounded(response: ClientResponse, most: int, complaint: str) -> AsyncIterator[bytes]:
    came = 0
    with _connection():
        async for chunk in response.content.iter_chunked(_CHUNK):
            came += len(chunk)
            if came > most:
                raise BadReply(complaint)
            yield chunk


@contextmanager
def _connection() -> Iterator[None]:
    """Tell in our words what goes wrong between us and the PBX; a listener's connection is not ours."""
    try:
        yield
    except TimeoutError as err:
        message = "The PBX did not answer in time"
        raise ConnectionFailed(message) from err
    except ClientError as err:
        raise ConnectionFailed(str(err) or type(err).__name__) from err


def _is_file(response: ClientResponse, *, stream: bool) -> bool:
    # A refused download may say so with status 200 and JSON.
    return stream and "json" not in response.content_type


async def _read(response: ClientResponse) -> bytes:
    return b"".join([chunk async for chunk in _bounded(response, _MAX_REPLY, "The answer is too long")])


def _is_refusal(response: ClientResponse, raw: bytes) -> bool:
    if response.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return True
    try:
        unwrap(read_json(raw, response.headers.get("Content-Type", "")))
    except AuthenticationFailed:
        return True
    except BadReply, Refused:
        return False
    return False


def _data(response: ClientResponse, raw: bytes) -> object:
    try:
        data = unwrap(read_json(raw, response.headers.get("Content-Type", "")))
    except (BadReply, Refused) as err:
        message = f"HTTP {response.status}" if isinstance(err, BadReply) else str(err)
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ConnectionFailed(message) from err
        if response.status >= HTTPStatus.MULTIPLE_CHOICES and isinstance(err, BadReply):
            raise BadReply(message) from err
        raise
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        message = f"HTTP {response.status}"
        raise BadReply(message)
    return data


def _date_of(response: ClientResponse) -> date | None:
    try:
        found = parsedate_to_datetime(response.headers.get("Date", "")).date()
    except ValueError:
        return None
    # The last year there is has a last day without a neighbour.
    return found if found.year < MAXYEAR else None
