"""Inject faults: fail, drop or hold chosen requests, before or after they take effect."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.typedefs import Handler

from tests.fake_discord.models import Json
from tests.fake_discord.state import ApiError, File

API = "/api/v10"
CLIENT_CLOSED_REQUEST = 499  # nginx's status; the client never sees it
# Without these, discord.py sends one request a channel at a time; with them, as many as the bot likes.
RATE_LIMIT_HEADERS = {
    "X-Ratelimit-Limit": "1000",
    "X-Ratelimit-Remaining": "999",
    "X-Ratelimit-Reset-After": "1",
}
AnyFault = TypeVar("AnyFault", bound="Fault")
RequestFilter = Callable[["LoggedRequest"], object]


@dataclass(frozen=True, kw_only=True)
class RequestBody:
    """A request's JSON payload and its files."""

    payload: Any
    files: dict[int, File]

    @property
    def bytes(self) -> int:
        return sum(len(file.data) for file in self.files.values())


REQUEST_BODY = web.RequestKey("sent", RequestBody)


@dataclass(kw_only=True)
class LoggedRequest:
    """One request in the log."""

    method: str
    path: str  # without /api/v10
    payload: Any = field(repr=False)
    at: float  # time.monotonic()
    status: int | None = None  # None: not answered (yet)

    def matches(self, method: str, glob: str) -> bool:
        return method in ("*", self.method) and fnmatchcase(self.path, glob)


def any_request(_asked: LoggedRequest) -> bool:
    return True


class Fault:
    """Affects the next `times` matching requests; None means all of them."""

    def __init__(
        self, method: str, glob: str, *, times: int | None, after: bool, where: RequestFilter = any_request
    ) -> None:
        self._method, self._glob, self._left, self._where = method, glob, times, where
        self.after = after
        self.hits = 0

    def matches(self, logged: LoggedRequest) -> bool:
        """Whether the fault affects this request."""
        return self._left != 0 and logged.matches(self._method, self._glob) and bool(self._where(logged))

    def count_hit(self) -> None:
        """Count one affected request."""
        self.hits += 1
        self._left = None if self._left is None else self._left - 1

    def stop(self) -> None:
        """Affect no more requests."""
        self._left = 0

    async def respond(self, request: web.Request) -> web.StreamResponse | None:
        """Return the response to send instead of the real one, or None for the real one."""
        raise NotImplementedError


class Failure(Fault):
    """Answers with an error status."""

    def __init__(
        self,
        method: str,
        glob: str,
        *,
        times: int | None,
        after: bool,
        where: RequestFilter,
        status: int,
        body: Json,
        headers: dict[str, str],
    ) -> None:
        super().__init__(method, glob, times=times, after=after, where=where)
        self._status, self._body, self._headers = status, body, headers

    async def respond(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._body, status=self._status, headers=self._headers)


class DroppedConnection(Fault):
    """Closes the connection without a response."""

    async def respond(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=CLIENT_CLOSED_REQUEST)


class Gate(Fault):
    """Holds one request until the test releases it."""

    def __init__(self, method: str, glob: str, *, after: bool, where: RequestFilter) -> None:
        super().__init__(method, glob, times=1, after=after, where=where)
        self._reached, self._released = asyncio.Event(), asyncio.Event()
        self._abandoned = False

    async def reached(self, *, within: float = 10.0) -> None:
        """Wait until a request is held."""
        async with asyncio.timeout(within):
            await self._reached.wait()

    def release(self) -> None:
        """Let the request continue, even if its sender has died: it was already sent."""
        self._released.set()

    def abandon(self) -> None:
        """Discard the request, unless it was released before."""
        self._abandoned = not self._released.is_set()
        self._released.set()

    async def respond(self, request: web.Request) -> web.StreamResponse | None:
        self._reached.set()
        await self._released.wait()
        return web.Response(status=CLIENT_CLOSED_REQUEST) if self._abandoned else None


class Faults:
    """A middleware before every handler: logs requests and applies faults."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._faults: list[Fault] = []
        self.log: list[LoggedRequest] = []

    def add(self, fault: AnyFault) -> AnyFault:
        """Apply a fault from now on; of several that match, the first one added wins."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every fault; held requests are discarded."""
        for fault in self._faults:
            if isinstance(fault, Gate):
                fault.abandon()
        self._faults.clear()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[REQUEST_BODY] = body = await _read(request)
        path = request.path.removeprefix(API)
        logged = LoggedRequest(method=request.method, path=path, payload=body.payload, at=time.monotonic())
        self.log.append(logged)
        self._changed()
        response = await self._answer(logged, request, handler)
        _add_headers(response)
        logged.status = response.status
        self._changed()
        return response

    async def _answer(
        self, logged: LoggedRequest, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        fault = next((fault for fault in self._faults if fault.matches(logged)), None)
        if fault is None:
            return await _handle(request, handler)
        fault.count_hit()
        if fault.after:
            real_response = await _handle(request, handler)
            return await fault.respond(request) or real_response
        return await fault.respond(request) or await _handle(request, handler)


async def _handle(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as refusal:
        return web.json_response(refusal.body, status=refusal.status)


def _add_headers(response: web.StreamResponse) -> None:
    if not response.prepared:
        response.headers.update(RATE_LIMIT_HEADERS)
        if response.content_type == "application/json":
            response.headers["Content-Type"] = "application/json"  # discord.py reads no charset beside it


async def _read(request: web.Request) -> RequestBody:
    if not request.content_type.startswith("multipart/"):
        return RequestBody(payload=await request.json() if request.can_read_body else {}, files={})
    payload: Json = {}
    files: dict[int, File] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            payload = await part.json() or {}
        elif found := re.fullmatch(r"files\[(\d+)]", part.name or ""):
            files[int(found[1])] = File(filename=part.filename or "file", data=bytes(await part.read()))
    return RequestBody(payload=payload, files=files)
