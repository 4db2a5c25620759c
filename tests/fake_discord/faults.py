"""Refuse, cut or hold still chosen requests of the bot, before or after they took effect."""

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

from tests.fake_discord.things import Json
from tests.fake_discord.world import File, Refused

API = "/api/v10"
NOBODY_LISTENS = 499
# Without these, discord.py sends one request a channel at a time; with them, as many as the bot likes.
PLENTY = {"X-Ratelimit-Limit": "1000", "X-Ratelimit-Remaining": "999", "X-Ratelimit-Reset-After": "1"}
AnyFault = TypeVar("AnyFault", bound="Fault")
Where = Callable[["Asked"], object]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a request carried."""

    payload: Any
    files: dict[int, File]

    @property
    def bytes(self) -> int:
        return sum(len(file.data) for file in self.files.values())


SENT = web.RequestKey("sent", Sent)


@dataclass(kw_only=True)
class Asked:
    """One request, as the log keeps it."""

    method: str
    path: str  # without /api/v10
    payload: Any = field(repr=False)
    at: float  # time.monotonic()
    status: int | None = None  # None: not answered (yet)

    def matches(self, method: str, glob: str) -> bool:
        return method in ("*", self.method) and fnmatchcase(self.path, glob)


def anywhere(_asked: Asked) -> bool:
    return True


class Fault:
    """Meets the next requests that match it; times None means all of them."""

    def __init__(
        self, method: str, glob: str, *, times: int | None, after: bool, where: Where = anywhere
    ) -> None:
        self._method, self._glob, self._left, self._where = method, glob, times, where
        self.after = after
        self.met = 0

    def takes(self, asked: Asked) -> bool:
        """Whether this request is one of its own."""
        return self._left != 0 and asked.matches(self._method, self._glob) and bool(self._where(asked))

    def meet(self) -> None:
        """Count one request."""
        self.met += 1
        self._left = None if self._left is None else self._left - 1

    def stop(self) -> None:
        """Let every later request pass."""
        self._left = 0

    async def strike(self, request: web.Request) -> web.StreamResponse | None:
        """Give the answer in place of the true one, or None for the true one."""
        raise NotImplementedError


class Failure(Fault):
    """An error status instead of the answer."""

    def __init__(
        self,
        method: str,
        glob: str,
        *,
        times: int | None,
        after: bool,
        where: Where,
        status: int,
        body: Json,
        headers: dict[str, str],
    ) -> None:
        super().__init__(method, glob, times=times, after=after, where=where)
        self._status, self._body, self._headers = status, body, headers

    async def strike(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._body, status=self._status, headers=self._headers)


class Cut(Fault):
    """The connection breaks without an answer."""

    async def strike(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=NOBODY_LISTENS)


class Gate(Fault):
    """Holds one request still until the test lets it go on."""

    def __init__(self, method: str, glob: str, *, after: bool, where: Where) -> None:
        super().__init__(method, glob, times=1, after=after, where=where)
        self._reached, self._released = asyncio.Event(), asyncio.Event()
        self._abandoned = False

    async def reached(self, *, within: float = 10.0) -> None:
        """Until a request stands at the gate."""
        async with asyncio.timeout(within):
            await self._reached.wait()

    def release(self) -> None:
        """Let the request go on, even if its sender is dead by now: it was on its way."""
        self._released.set()

    def abandon(self) -> None:
        """Let the request vanish, unless it was released before."""
        self._abandoned = not self._released.is_set()
        self._released.set()

    async def strike(self, request: web.Request) -> web.StreamResponse | None:
        self._reached.set()
        await self._released.wait()
        return web.Response(status=NOBODY_LISTENS) if self._abandoned else None


class Faults:
    """Stands before every handler: keeps the log of requests and lets faults strike."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._faults: list[Fault] = []
        self.log: list[Asked] = []

    def add(self, fault: AnyFault) -> AnyFault:
        """From now on; of several that match, the one added first strikes."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing stays held, and nothing goes wrong any more."""
        for fault in self._faults:
            if isinstance(fault, Gate):
                fault.abandon()
        self._faults.clear()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[SENT] = sent = await _read(request)
        path = request.path.removeprefix(API)
        asked = Asked(method=request.method, path=path, payload=sent.payload, at=time.monotonic())
        self.log.append(asked)
        self._changed()
        response = await self._answer(asked, request, handler)
        _dress(response)
        asked.status = response.status
        self._changed()
        return response

    async def _answer(self, asked: Asked, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = next((fault for fault in self._faults if fault.takes(asked)), None)
        if fault is None:
            return await _perform(request, handler)
        fault.meet()
        if fault.after:
            true_answer = await _perform(request, handler)
            return await fault.strike(request) or true_answer
        return await fault.strike(request) or await _perform(request, handler)


async def _perform(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refusal:
        return web.json_response(refusal.body, status=refusal.status)


def _dress(response: web.StreamResponse) -> None:
    if not response.prepared:
        response.headers.update(PLENTY)
        if response.content_type == "application/json":
            response.headers["Content-Type"] = "application/json"  # discord.py reads no charset beside it


async def _read(request: web.Request) -> Sent:
    if not request.content_type.startswith("multipart/"):
        return Sent(payload=await request.json() if request.can_read_body else {}, files={})
    payload: Json = {}
    files: dict[int, File] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            payload = await part.json() or {}
        elif found := re.fullmatch(r"files\[(\d+)]", part.name or ""):
            files[int(found[1])] = File(filename=part.filename or "file", data=bytes(await part.read()))
    return Sent(payload=payload, files=files)
