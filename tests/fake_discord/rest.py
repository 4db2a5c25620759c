"""The loopback Discord's REST routes that a bot calls with its token, and the CDN."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fake_discord.drafts import admit
from tests.fake_discord.faults import API, SENT
from tests.fake_discord.things import Channel, Json, Message, Person
from tests.fake_discord.world import Refused, World

NONCE_LENGTH = 25
WITH_OWN_TOKEN = (f"{API}/interactions/", f"{API}/webhooks/")


class Rest:
    """Answers what discord.py asks about the bot, places, commands and messages."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        """All routes of this part."""
        message = API + "/channels/{channel}/messages/{message}"
        return [
            web.get(API + "/users/@me", self.me),
            web.get(API + "/oauth2/applications/@me", self.application),
            web.get(API + "/users/{person}", self.person),
            web.get(API + "/guilds/{guild}", self.guild),
            web.get(API + "/guilds/{guild}/members/{person}", self.member),
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
        """Refuse a wrong token, except where the path holds a token of its own."""
        open_to_all = not request.path.startswith(API) or request.path.startswith(WITH_OWN_TOKEN)
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self._token}":
            raise Refused(401, 0, "401: Unauthorized")
        return await handler(request)

    async def me(self, _request: web.Request) -> web.Response:
        return web.json_response(self._world.bot.user())

    async def application(self, _request: web.Request) -> web.Response:
        bot, owner = self._world.bot, self._world.owner
        about = {"id": str(bot.id), "name": bot.name, "description": "", "icon": None, "owner": owner.user()}
        return web.json_response(
            about | {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "flags": 0}
        )

    async def person(self, request: web.Request) -> web.Response:
        return web.json_response(self._person(request).user())

    async def guild(self, request: web.Request) -> web.Response:
        self._guild_id(request)
        return web.json_response(self._world.guild())

    async def member(self, request: web.Request) -> web.Response:
        self._guild_id(request)
        person = self._person(request)
        return web.json_response(person.member() | {"user": person.user()})

    async def register(self, request: web.Request) -> web.Response:
        place = self._guild_id(request)
        world = self._world
        ids = {(known["type"], known["name"]): known["id"] for known in world.commands.get(place, [])}
        commands: list[Json] = []
        for wanted in request[SENT].payload:
            command = {
                "type": 1,
                "description": "",
                **wanted,
                "application_id": str(world.bot.id),
                "version": "1",
            }
            command["id"] = ids.get((command["type"], command["name"])) or str(world.ids.next())
            commands.append(command | ({"guild_id": str(place)} if place else {}))
        world.commands[place] = commands
        world.registrations += 1
        world.changed()
        return web.json_response(commands)

    async def registered(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.commands.get(self._guild_id(request), []))

    async def open_dm(self, request: web.Request) -> web.Response:
        person = self._world.people.get(int(request[SENT].payload["recipient_id"]))
        if person is None or person.bot:
            raise Refused(400, 50033, "Invalid Recipient(s)")
        return web.json_response(self._world.dm(person).json(self._world.bot))

    async def channel(self, request: web.Request) -> web.Response:
        return web.json_response(self._channel(request).json(self._world.bot))

    async def typing(self, request: web.Request) -> web.Response:
        self._world.require(self._channel(request), "send_messages")
        return web.Response(status=204)

    async def history(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        self._world.require(channel, "read_message_history")
        after, before = (
            int(request.query.get(key, default)) for key, default in (("after", 0), ("before", 1 << 63))
        )
        found = [m for m in channel.messages if after < m.id < before and not m.ephemeral]
        limit = int(request.query.get("limit", 50))
        # As Discord: newest first, but after= counts from the oldest.
        chosen = found[:limit] if "after" in request.query else found[-limit:]
        return web.json_response([message.json() for message in reversed(chosen)])

    async def send(self, request: web.Request) -> web.Response:
        channel, sent = self._channel(request), request[SENT]
        if channel.recipient is not None and not channel.recipient.dms_open:
            raise Refused(403, 50007, "Cannot send messages to this user")
        self._world.require(channel, "send_messages", *(["attach_files"] if sent.files else []))
        nonce = sent.payload.get("nonce")
        if nonce is not None and len(str(nonce)) > NONCE_LENGTH:
            raise Refused(400, 50035, "Invalid Form Body: nonce: Must be 25 or fewer in length.")
        again = self._world.by_nonce(self._world.bot, nonce) if sent.payload.get("enforce_nonce") else None
        if again is None:
            attachments = admit(self._world, channel, sent.payload, sent)
            again = self._world.post(channel, self._world.bot, sent.payload, attachments)
        return web.json_response(again.json() | {"nonce": again.nonce})

    async def message(self, request: web.Request) -> web.Response:
        message = self._message(request)
        self._world.require(message.channel, "read_message_history")
        return web.json_response(message.json())

    async def edit(self, request: web.Request) -> web.Response:
        message, sent = self._message(request), request[SENT]
        if message.author is not self._world.bot:
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        attachments = admit(self._world, message.channel, sent.payload, sent, old=message)
        return web.json_response(self._world.edit(message, sent.payload, attachments).json())

    async def delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author is not self._world.bot:
            raise Refused(403, 50013, "Missing Permissions")
        self._world.delete(message)
        return web.Response(status=204)

    async def download(self, request: web.Request) -> web.Response:
        attachment = self._world.attachments.get(int(request.match_info["attachment"]))
        if attachment is None or attachment.dead:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=attachment.data, content_type=attachment.content_type)

    def _guild_id(self, request: web.Request) -> int | None:
        place = request.match_info.get("guild")
        if place is not None and int(place) != self._world.guild_id:
            raise Refused(404, 10004, "Unknown Guild")
        return None if place is None else int(place)

    def _person(self, request: web.Request) -> Person:
        person = self._world.people.get(int(request.match_info["person"]))
        if person is None:
            raise Refused(404, 10013, "Unknown User")
        return person

    def _channel(self, request: web.Request) -> Channel:
        channel = self._world.channels.get(int(request.match_info["channel"]))
        if channel is None:
            raise Refused(404, 10003, "Unknown Channel")
        self._world.require(channel, "view_channel")
        return channel

    def _message(self, request: web.Request) -> Message:
        channel = self._channel(request)
        message = self._world.messages.get(int(request.match_info["message"]))
        if message is None or message.channel is not channel or message.deleted or message.ephemeral:
            raise Refused(404, 10008, "Unknown Message")
        return message
