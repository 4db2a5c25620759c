"""The loopback Discord's routes that answer an interaction with its own token."""

from __future__ import annotations

import time

from aiohttp import web

from tests.fake_discord.drafts import admit
from tests.fake_discord.faults import API, SENT, Sent
from tests.fake_discord.things import EPHEMERAL, FORM, LOADING, Json, Message, Press
from tests.fake_discord.world import Refused, World

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, OPEN_FORM = 4, 5, 6, 7, 9  # callback types


class Interactions:
    """Acknowledgement, the response, and follow-ups."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """All routes of this part."""
        webhook = API + "/webhooks/{application}/{token}"
        message = webhook + "/messages/{message}"
        return [
            web.post(API + "/interactions/{press}/{token}/callback", self.acknowledge),
            web.post(webhook, self.follow_up),
            web.get(message, self.message),
            web.patch(message, self.edit),
            web.delete(message, self.delete),
        ]

    async def acknowledge(self, request: web.Request) -> web.Response:
        press, sent = self._world.presses.get(request.match_info["token"]), request[SENT]
        if press is None or str(press.id) != request.match_info["press"] or press.failed:
            raise Refused(404, 10062, "Unknown interaction")
        if press.acknowledged:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = sent.payload["type"], sent.payload.get("data") or {}
        press.response = self._respond(press, kind, data, sent)
        press.modal = data if kind == OPEN_FORM else None
        press.acknowledged_as = kind
        press.acknowledged_after = (time.monotonic() - press.sent_at) * 1000
        self._world.changed()
        if request.query.get("with_response") not in ("1", "true"):
            return web.Response(status=204)
        return web.json_response(_callback(press, kind))

    def _respond(self, press: Press, kind: int, data: Json, sent: Sent) -> Message | None:
        world = self._world
        if kind == MESSAGE:
            attachments = admit(world, press.channel, data, sent)
            return world.post(press.channel, world.bot, data, attachments, press=press)
        if kind == DEFERRED_MESSAGE:
            return world.post(press.channel, world.bot, data, [], press=press, flags=LOADING)
        if kind == OPEN_FORM:
            if press.kind == FORM:
                raise Refused(400, 50035, "Invalid Form Body: a form cannot answer a form")
            return None
        if press.message is None or kind not in (UPDATE, DEFERRED_UPDATE):
            raise Refused(400, 50035, "Invalid Form Body: type")
        if kind == UPDATE:
            world.edit(press.message, data, admit(world, press.channel, data, sent, old=press.message))
        return press.message

    async def follow_up(self, request: web.Request) -> web.Response:
        press, sent = self._press(request), request[SENT]
        if press.response is not None and press.response.loading:
            # The first follow-up of a deferred command becomes its response.
            return web.json_response(self._change(press.response, sent).json())
        attachments = admit(self._world, press.channel, sent.payload, sent)
        message = self._world.post(press.channel, self._world.bot, sent.payload, attachments, press=press)
        press.followups.append(message)
        return web.json_response(message.json())

    async def message(self, request: web.Request) -> web.Response:
        return web.json_response(self._message(request).json())

    async def edit(self, request: web.Request) -> web.Response:
        return web.json_response(self._change(self._message(request), request[SENT]).json())

    async def delete(self, request: web.Request) -> web.Response:
        self._world.delete(self._message(request))
        return web.Response(status=204)

    def _change(self, message: Message, sent: Sent) -> Message:
        attachments = admit(self._world, message.channel, sent.payload, sent, old=message)
        return self._world.edit(message, sent.payload, attachments)

    def _press(self, request: web.Request) -> Press:
        press = self._world.presses.get(request.match_info["token"])
        if press is None or not press.acknowledged:
            raise Refused(404, 10015, "Unknown Webhook")
        if press.expired:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return press

    def _message(self, request: web.Request) -> Message:
        press, wanted = self._press(request), request.match_info["message"]
        own = [message for message in (press.response, *press.followups) if message and not message.deleted]
        found = (
            press.response if wanted == "@original" else next((m for m in own if str(m.id) == wanted), None)
        )
        if found is None or found.deleted:
            raise Refused(404, 10008, "Unknown Message")
        return found


def _callback(press: Press, kind: int) -> Json:
    interaction: Json = {"id": str(press.id), "type": press.kind}
    if press.response is not None:
        interaction |= {
            "response_message_id": str(press.response.id),
            "response_message_loading": press.response.loading,
            "response_message_ephemeral": bool(press.response.flags & EPHEMERAL),
        }
    shown = press.response if kind in (MESSAGE, UPDATE) else None
    return {
        "interaction": interaction,
        "resource": {"type": kind} | ({"message": shown.json()} if shown else {}),
    }
