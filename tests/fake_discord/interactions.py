"""The REST routes that authenticate with an interaction's own token."""

from __future__ import annotations

import time

from aiohttp import web

from tests.fake_discord.faults import API, REQUEST_BODY, RequestBody
from tests.fake_discord.message_validation import validate_message
from tests.fake_discord.models import EPHEMERAL, FORM, LOADING, Interaction, Json, Message
from tests.fake_discord.state import ApiError, DiscordState

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, OPEN_FORM = 4, 5, 6, 7, 9  # callback types


class Interactions:
    """Serves acknowledgements, responses and follow-ups."""

    def __init__(self, state: DiscordState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that this class serves."""
        webhook = API + "/webhooks/{application}/{token}"
        message = webhook + "/messages/{message}"
        return [
            web.post(API + "/interactions/{interaction}/{token}/callback", self.acknowledge),
            web.post(webhook, self.follow_up),
            web.get(message, self.message),
            web.patch(message, self.edit),
            web.delete(message, self.delete),
        ]

    async def acknowledge(self, request: web.Request) -> web.Response:
        interaction, body = self._state.interactions.get(request.match_info["token"]), request[REQUEST_BODY]
        if (
            interaction is None
            or str(interaction.id) != request.match_info["interaction"]
            or interaction.failed
        ):
            raise ApiError(404, 10062, "Unknown interaction")
        if interaction.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        kind, data = body.payload["type"], body.payload.get("data") or {}
        interaction.response = self._respond(interaction, kind, data, body)
        interaction.modal = data if kind == OPEN_FORM else None
        interaction.acknowledged_as = kind
        interaction.acknowledged_after = (time.monotonic() - interaction.sent_at) * 1000
        self._state.changed()
        if request.query.get("with_response") not in ("1", "true"):
            return web.Response(status=204)
        return web.json_response(_callback(interaction, kind))

    def _respond(self, interaction: Interaction, kind: int, data: Json, body: RequestBody) -> Message | None:
        state = self._state
        if kind == MESSAGE:
            attachments = validate_message(state, interaction.channel, data, body)
            return state.post(interaction.channel, state.bot, data, attachments, interaction=interaction)
        if kind == DEFERRED_MESSAGE:
            return state.post(
                interaction.channel, state.bot, data, [], interaction=interaction, flags=LOADING
            )
        if kind == OPEN_FORM:
            if interaction.kind == FORM:
                raise ApiError(400, 50035, "Invalid Form Body: a form cannot answer a form")
            return None
        if interaction.message is None or kind not in (UPDATE, DEFERRED_UPDATE):
            raise ApiError(400, 50035, "Invalid Form Body: type")
        if kind == UPDATE:
            state.edit(
                interaction.message,
                data,
                validate_message(state, interaction.channel, data, body, old=interaction.message),
            )
        return interaction.message

    async def follow_up(self, request: web.Request) -> web.Response:
        interaction, body = self._find_interaction(request), request[REQUEST_BODY]
        if interaction.response is not None and interaction.response.loading:
            # The first follow-up of a deferred command becomes its response.
            return web.json_response(self._change(interaction.response, body).json())
        attachments = validate_message(self._state, interaction.channel, body.payload, body)
        message = self._state.post(
            interaction.channel, self._state.bot, body.payload, attachments, interaction=interaction
        )
        interaction.followups.append(message)
        return web.json_response(message.json())

    async def message(self, request: web.Request) -> web.Response:
        return web.json_response(self._find_message(request).json())

    async def edit(self, request: web.Request) -> web.Response:
        return web.json_response(self._change(self._find_message(request), request[REQUEST_BODY]).json())

    async def delete(self, request: web.Request) -> web.Response:
        self._state.delete(self._find_message(request))
        return web.Response(status=204)

    def _change(self, message: Message, body: RequestBody) -> Message:
        attachments = validate_message(self._state, message.channel, body.payload, body, old=message)
        return self._state.edit(message, body.payload, attachments)

    def _find_interaction(self, request: web.Request) -> Interaction:
        interaction = self._state.interactions.get(request.match_info["token"])
        if interaction is None or not interaction.acknowledged:
            raise ApiError(404, 10015, "Unknown Webhook")
        if interaction.expired:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction

    def _find_message(self, request: web.Request) -> Message:
        interaction, wanted = self._find_interaction(request), request.match_info["message"]
        own = [
            message
            for message in (interaction.response, *interaction.followups)
            if message and not message.deleted
        ]
        found = (
            interaction.response
            if wanted == "@original"
            else next((m for m in own if str(m.id) == wanted), None)
        )
        if found is None or found.deleted:
            raise ApiError(404, 10008, "Unknown Message")
        return found


def _callback(interaction: Interaction, kind: int) -> Json:
    described: Json = {"id": str(interaction.id), "type": interaction.kind}
    if interaction.response is not None:
        described |= {
            "response_message_id": str(interaction.response.id),
            "response_message_loading": interaction.response.loading,
            "response_message_ephemeral": bool(interaction.response.flags & EPHEMERAL),
        }
    shown = interaction.response if kind in (MESSAGE, UPDATE) else None
    return {
        "interaction": described,
        "resource": {"type": kind} | ({"message": shown.json()} if shown else {}),
    }
