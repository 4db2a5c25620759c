"""The fake Discord's gateway: WebSocket sessions that a client may resume."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from enum import IntEnum

from aiohttp import WSMsgType, web

from tests.fake_discord.models import Json

MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 1, 1 << 8, 1 << 15  # the privileged intents
HEARTBEAT_MS = 41_250
UNKNOWN_TOKEN, DISALLOWED_INTENTS, UNKNOWN_ERROR = 4004, 4014, 4000  # close codes


class Op(IntEnum):
    """The gateway's operation codes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Session:
    """The events of one identified client, sent or not; a session outlives its connection."""

    def __init__(self, intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.socket: web.WebSocketResponse | None = None
        self._frames: list[str] = []
        self._event_added = asyncio.Event()

    def queue_event(self, event: str, data: Json) -> None:
        """Queue an event; they are numbered from 1."""
        frame = {"op": Op.DISPATCH, "t": event, "s": len(self._frames) + 1, "d": data}
        self._frames.append(json.dumps(frame))
        self._event_added.set()

    async def send_events(self, socket: web.WebSocketResponse, *, after: int) -> None:
        """Send every event after that number, until the connection ends."""
        while True:
            self._event_added.clear()
            while after < len(self._frames):
                await socket.send_str(self._frames[after])
                after += 1
            await self._event_added.wait()


class Gateway:
    """Accepts the bot's connections and dispatches events to them."""

    def __init__(
        self, token: str, *, session_events: Callable[[], list[tuple[str, Json]]], changed: Callable[[], None]
    ) -> None:
        """Welcome gives READY and what follows it, for a new session."""
        self._token = token
        self._session_events = session_events
        self._changed = changed
        self._sessions: dict[str, Session] = {}
        self.approved_intents = 0  # of the privileged ones
        self.identified = 0  # how often a client began a new session
        self.resumed = 0

    @property
    def online(self) -> bool:
        """Whether a bot has a session with a live connection."""
        return any(session.socket is not None for session in self._sessions.values())

    def dispatch(
        self, event: str, data: Json, *, intent: int = 0, without_content: Json | None = None
    ) -> None:
        """Send an event to every session with that intent; see state.Dispatch."""
        for session in self._sessions.values():
            if intent and not session.intents & intent:
                continue
            session.queue_event(
                event,
                data if without_content is None or session.intents & MESSAGE_CONTENT else without_content,
            )

    async def disconnect(self, *, forget: bool = False) -> None:
        """Drop every connection; with `forget`, sessions cannot be resumed and their events are lost."""
        dropped = [session for session in self._sessions.values() if session.socket is not None]
        if forget:
            self._sessions.clear()
        for session in dropped:
            if session.socket is not None:
                await session.socket.close(code=UNKNOWN_ERROR)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection, in uncompressed text frames, which every client reads."""
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        await socket.send_json({"op": Op.HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        sender: asyncio.Task[None] | None = None
        session: Session | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                frame: Json = json.loads(message.data)
                match frame["op"]:
                    case Op.HEARTBEAT:
                        await socket.send_json({"op": Op.HEARTBEAT_ACK})
                    case Op.IDENTIFY | Op.RESUME as op:
                        session = await (self._identify if op == Op.IDENTIFY else self._resume)(
                            socket, frame["d"]
                        )
                        if session is not None:
                            after = frame["d"]["seq"] if op == Op.RESUME else 0
                            sender = asyncio.create_task(session.send_events(socket, after=after))
                    case _:
                        pass  # presence and the like
        finally:
            if sender is not None:
                sender.cancel()
                await asyncio.wait([sender])
            if session is not None and session.socket is socket:
                session.socket = None
            self._changed()
        return socket

    async def _identify(self, socket: web.WebSocketResponse, payload: Json) -> Session | None:
        if payload["token"] != self._token:
            await socket.close(code=UNKNOWN_TOKEN)
            return None
        if payload["intents"] & (MEMBERS | PRESENCES | MESSAGE_CONTENT) & ~self.approved_intents:
            await socket.close(code=DISALLOWED_INTENTS)
            return None
        self._sessions = {key: kept for key, kept in self._sessions.items() if kept.socket is not None}
        session = Session(payload["intents"])
        for event, data in self._session_events():
            session.queue_event(event, data | ({"session_id": session.id} if event == "READY" else {}))
        self._sessions[session.id] = session
        session.socket = socket
        self.identified += 1
        self._changed()
        return session

    async def _resume(self, socket: web.WebSocketResponse, payload: Json) -> Session | None:
        session = self._sessions.get(payload["session_id"])
        if session is None or payload["token"] != self._token:
            await socket.send_json({"op": Op.INVALID_SESSION, "d": False})
            return None
        session.queue_event("RESUMED", {})
        session.socket = socket
        self.resumed += 1
        self._changed()
        return session
