"""Replies that are of no use, as a PBX in trouble gives them, or what stands in its place."""

from http import HTTPStatus
import socket
import struct

from aiohttp import web

_HALF = b'{"status": "succ'
# What a reply whose connection breaks in its midst would have been long.
_WHOLE = 4096
# Linger for no time at all: what is closed is reset.
_RESET = struct.pack("ii", 1, 0)
_JSON = "application/json"


async def spoiled(request: web.Request, reply: str) -> web.StreamResponse:
    """Return another server's page, half a reply, one about something else, an error, or none."""
    match reply:
        case "html":
            return web.Response(text="<html><body>Login</body></html>", content_type="text/html")
        case "garbage":
            return web.Response(body=_HALF, content_type=_JSON)
        case "wrong":
            return web.json_response({"status": "success", "message": "OK", "data": "all is well"})
        case "empty":
            return web.json_response({"status": "success", "message": "OK", "data": []})
        case "half" | "cut":
            return await _broken_off(request, reset=reply == "cut")
        case "reset" if request.transport:
            request.transport.abort()
    return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR, text="Internal Server Error")


async def _broken_off(request: web.Request, *, reset: bool) -> web.StreamResponse:
    """Promise more than comes."""
    response = web.StreamResponse(headers={"Content-Type": _JSON, "Content-Length": str(_WHOLE)})
    await response.prepare(request)
    await response.write(_HALF)
    if transport := request.transport:
        if reset:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.close()
    return response
