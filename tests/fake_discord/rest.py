"""The REST routes that a bot calls with its token, and the CDN."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fake_discord.faults import API, REQUEST_BODY
from tests.fake_discord.message_validation import validate_message
from tests.fake_discord.models import Channel, Json, Message, User
from tests.fake_discord.state import ApiError, DiscordState

MAX_NONCE_LENGTH = 25
TOKEN_IN_PATH = (f"{API}/interactions/", f"{API}/webhooks/")


class Rest:
    """Serves the bot's user, guild, channels, commands and messages."""

    def __init__(self, state: DiscordState, token: str) -> None:
        self._state = state
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that this class serves."""
        message = API + "/channels/{channel}/messages/{message}"
        return [
            web.get(API + "/users/@me", self.me),
            web.get(API + "/oauth2/applications/@me", self.application),
            web.get(API + "/users/{user}", self.user),
            web.get(API + "/guilds/{guild}", self.guild),
            web.get(API + "/guilds/{guild}/members/{user}", self.member),
            *(
                web.route(method, API + "/applications/{application}" + where + "/commands", handler)
                for where in ("", "/guilds/{guild}")
                for method, handler in (("PUT", self.register), ("GET", self.registered))
            ),
            web.post(API + "/users/@me/channels", self.open_dm),
            web.get(API + "/channels/{channel}", self.channel),
            web.post(API + "/channels/{channel}/typing", self.typing),
            web.get(API + "/channels/{channel}/messages", self.history),
            web.post(API + "/channels/{channel}/messages", self.send),
            web.get(message, self.message),
            web.patch(message, self.edit),
            web.delete(message, self.delete),
            web.get("/attachments/{channel}/{attachment}/{filename}", self.download),
        ]

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse a wrong token, except on routes with a token in their path."""
        open_to_all = not request.path.startswith(API) or request.path.startswith(TOKEN_IN_PATH)
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self._token}":
            raise ApiError(401, 0, "401: Unauthorized")
        return await handler(request)

    async def me(self, _request: web.Request) -> web.Response:
        return web.json_response(self._state.bot.user_json())

    async def application(self, _request: web.Request) -> web.Response:
        bot, owner = self._state.bot, self._state.owner
        about = {
            "id": str(bot.id),
            "name": bot.name,
            "description": "",
            "icon": None,
            "owner": owner.user_json(),
        }
        return web.json_response(
            about | {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "flags": 0}
        )

    async def user(self, request: web.Request) -> web.Response:
        return web.json_response(self._find_user(request).user_json())

    async def guild(self, request: web.Request) -> web.Response:
        self._guild_id(request)
        return web.json_response(self._state.guild())

    async def member(self, request: web.Request) -> web.Response:
        self._guild_id(request)
        user = self._find_user(request)
        return web.json_response(user.member_json() | {"user": user.user_json()})

    async def register(self, request: web.Request) -> web.Response:
        place = self._guild_id(request)
        state = self._state
        ids = {(known["type"], known["name"]): known["id"] for known in state.commands.get(place, [])}
        commands: list[Json] = []
        for wanted in request[REQUEST_BODY].payload:
            command = {
                "type": 1,
                "description": "",
                **wanted,
                "application_id": str(state.bot.id),
                "version": "1",
            }
            command["id"] = ids.get((command["type"], command["name"])) or str(state.ids.next())
            commands.append(command | ({"guild_id": str(place)} if place else {}))
        state.commands[place] = commands
        state.registrations += 1
        state.changed()
        return web.json_response(commands)

    async def registered(self, request: web.Request) -> web.Response:
        return web.json_response(self._state.commands.get(self._guild_id(request), []))

    async def open_dm(self, request: web.Request) -> web.Response:
        user = self._state.users.get(int(request[REQUEST_BODY].payload["recipient_id"]))
        if user is None or user.bot:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return web.json_response(self._state.dm(user).json(self._state.bot))

    async def channel(self, request: web.Request) -> web.Response:
        return web.json_response(self._find_channel(request).json(self._state.bot))

    async def typing(self, request: web.Request) -> web.Response:
        self._state.require(self._find_channel(request), "send_messages")
        return web.Response(status=204)

    async def history(self, request: web.Request) -> web.Response:
        channel = self._find_channel(request)
        self._state.require(channel, "read_message_history")
        after, before = (
            int(request.query.get(key, default)) for key, default in (("after", 0), ("before", 1 << 63))
        )
        found = [m for m in channel.messages if after < m.id < before and not m.ephemeral]
        limit = int(request.query.get("limit", 50))
        # As Discord: newest first, but after= counts from the oldest.
        chosen = found[:limit] if "after" in request.query else found[-limit:]
        return web.json_response([message.json() for message in reversed(chosen)])

    async def send(self, request: web.Request) -> web.Response:
        channel, body = self._find_channel(request), request[REQUEST_BODY]
        if channel.recipient is not None and not channel.recipient.dms_open:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        self._state.require(channel, "send_messages", *(["attach_files"] if body.files else []))
        nonce = body.payload.get("nonce")
        if nonce is not None and len(str(nonce)) > MAX_NONCE_LENGTH:
            raise ApiError(400, 50035, "Invalid Form Body: nonce: Must be 25 or fewer in length.")
        message = (
            self._state.find_by_nonce(self._state.bot, nonce) if body.payload.get("enforce_nonce") else None
        )
        if message is None:
            attachments = validate_message(self._state, channel, body.payload, body)
            message = self._state.post(channel, self._state.bot, body.payload, attachments)
        return web.json_response(message.json() | {"nonce": message.nonce})

    async def message(self, request: web.Request) -> web.Response:
        message = self._find_message(request)
        self._state.require(message.channel, "read_message_history")
        return web.json_response(message.json())

    async def edit(self, request: web.Request) -> web.Response:
        message, body = self._find_message(request), request[REQUEST_BODY]
        if message.author is not self._state.bot:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        attachments = validate_message(self._state, message.channel, body.payload, body, old=message)
        return web.json_response(self._state.edit(message, body.payload, attachments).json())

    async def delete(self, request: web.Request) -> web.Response:
        message = self._find_message(request)
        if message.author is not self._state.bot:
            raise ApiError(403, 50013, "Missing Permissions")
        self._state.delete(message)
        return web.Response(status=204)

    async def download(self, request: web.Request) -> web.Response:
        attachment = self._state.attachments.get(int(request.match_info["attachment"]))
        if attachment is None or attachment.is_expired:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=attachment.data, content_type=attachment.content_type)

    def _guild_id(self, request: web.Request) -> int | None:
        place = request.match_info.get("guild")
        if place is not None and int(place) != self._state.guild_id:
            raise ApiError(404, 10004, "Unknown Guild")
        return None if place is None else int(place)

    def _find_user(self, request: web.Request) -> User:
        user = self._state.users.get(int(request.match_info["user"]))
        if user is None:
            raise ApiError(404, 10013, "Unknown User")
        return user

    def _find_channel(self, request: web.Request) -> Channel:
        channel = self._state.channels.get(int(request.match_info["channel"]))
        if channel is None:
            raise ApiError(404, 10003, "Unknown Channel")
        self._state.require(channel, "view_channel")
        return channel

    def _find_message(self, request: web.Request) -> Message:
        channel = self._find_channel(request)
        message = self._state.messages.get(int(request.match_info["message"]))
        if message is None or message.channel is not channel or message.deleted or message.ephemeral:
            raise ApiError(404, 10008, "Unknown Message")
        return message
