"""What people do in the loopback Discord, with their hands and their client."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from tests.fake_discord import forms
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.news import PATIENCE, News
from tests.fake_discord.things import (
    COMMAND,
    COMPONENT,
    EVERYTHING,
    FORM,
    Attachment,
    Channel,
    Json,
    Message,
    Person,
    Press,
)
from tests.fake_discord.world import File, World

Upload = tuple[str, bytes]  # file name, bytes
SLASH, MESSAGE_MENU = 1, 3  # command types


class People:
    """Their verbs; each waits until the bot is online where it speaks to the bot."""

    def __init__(self, world: World, gateway: Gateway, news: News) -> None:
        self._world, self._gateway, self._news = world, gateway, news

    async def until(self, condition: Callable[[], object], *, within: float = PATIENCE) -> None:
        """Return as soon as the condition holds; it is asked again at every change in here, and only then."""
        await self._news.until(condition, within=within)

    @property
    def bot(self) -> Person:
        return self._world.bot

    @property
    def online(self) -> bool:
        """Whether the bot is connected to the gateway."""
        return self._gateway.online

    def person(self, name: str) -> Person:
        """Find or make the member of that name."""
        for person in self._world.people.values():
            if person.name == name:
                return person
        person = Person(id=self._world.ids.next(), name=name)
        self._world.people[person.id] = person
        return person

    def channel(self, name: str = "general") -> Channel:
        """Find or make the text channel of that name."""
        for channel in self._world.channels.values():
            if channel.name == name:
                return channel
        return self._world.add_channel(name)

    def dm(self, person: Person) -> Channel:
        """Find or make the direct messages between the bot and that person."""
        return self._world.dm(person)

    async def send(
        self,
        person: Person,
        channel: Channel,
        content: str = "",
        *,
        files: Sequence[Upload] = (),
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Message:
        """Write a message; a reply pings its author unless told not to."""
        payload: Json = {"content": content, "allowed_mentions": {"parse": ["users"], "replied_user": ping}}
        if reply_to is not None:
            payload["message_reference"] = {"message_id": str(reply_to.id)}
        to_the_bot = (
            channel.recipient or self.bot.mention in content or (ping and reply_to and reply_to.author.bot)
        )
        if to_the_bot:
            await self.until(lambda: self.online)
        attachments = [self._upload(channel, upload) for upload in files]
        return self._world.post(channel, person, payload, attachments)

    async def slash(self, person: Person, channel: Channel, name: str, **options: object) -> Press:
        """Use a slash command; an attachment is (file name, bytes)."""
        command = await self._command(SLASH, name)
        return self._press(
            person, channel, COMMAND, forms.command_data(command, self._uploaded(channel, options))
        )

    async def menu(self, person: Person, name: str, message: Message) -> Press:
        """Use a command of a message's menu."""
        command = await self._command(MESSAGE_MENU, name)
        return self._press(person, message.channel, COMMAND, forms.menu_data(command, message))

    async def click(self, person: Person, message: Message, wanted: str, values: Sequence[str] = ()) -> Press:
        """Press the button with that label, or whose custom id begins so; waits until it is there."""
        if message.ephemeral and (message.press is None or message.press.person is not person):
            raise forms.NotPossible(f"{person.name} cannot see that message")
        await self.until(lambda: self.online and not message.deleted and forms.pressable(message, wanted))
        component = forms.pressable(message, wanted)
        assert component is not None
        return self._press(person, message.channel, COMPONENT, forms.click_data(component, values), message)

    async def submit(self, press: Press, values: Mapping[str, object] | None = None) -> Press:
        """Send the form that a press opened, with values by label or custom id; waits until it is there."""
        await self.until(lambda: self.online and press.modal is not None)
        assert press.modal is not None
        data = forms.form_data(press.modal, self._uploaded(press.channel, values or {}))
        return self._press(press.person, press.channel, FORM, data, press.message)

    async def _command(self, kind: int, name: str) -> Json:
        def found() -> Json | None:
            everywhere = (command for commands in self._world.commands.values() for command in commands)
            return next((one for one in everywhere if (one["type"], one["name"]) == (kind, name)), None)

        await self.until(lambda: self.online and found())
        command = found()
        assert command is not None
        return command

    def _upload(self, channel: Channel, upload: Upload) -> Attachment:
        return self._world.add_attachment(channel, File(filename=upload[0], data=upload[1]))

    def _uploaded(self, channel: Channel, values: Mapping[str, object]) -> dict[str, object]:
        return {
            name: self._upload(channel, (value[0], value[1])) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    def _press(
        self, person: Person, channel: Channel, kind: int, data: Json, message: Message | None = None
    ) -> Press:
        now, limits, number = time.monotonic(), self._world.limits, self._world.ids.next()
        press = Press(
            id=number,
            token=secrets.token_urlsafe(24),
            application=self.bot,
            person=person,
            channel=channel,
            kind=kind,
            data=data,
            message=message,
            sent_at=now,
            deadline=now + limits.acknowledge_within,
            token_dies_at=now + limits.token_life,
        )
        self._world.presses[press.token] = press
        asyncio.get_running_loop().call_later(limits.acknowledge_within, self._news.spread)  # press.failed
        self._gateway.dispatch("INTERACTION_CREATE", self._interaction(press))
        return press

    def _interaction(self, press: Press) -> Json:
        channel, guild_id = press.channel, press.channel.guild_id
        who: Json = {"user": press.person.user(), "context": 1, "authorizing_integration_owners": {"0": "0"}}
        if guild_id is not None:
            member = press.person.member() | {"user": press.person.user(), "permissions": str(EVERYTHING)}
            guild = {"id": str(guild_id), "locale": "en-US", "features": []}
            where = {"guild_id": str(guild_id), "guild": guild, "guild_locale": "en-US"}
            who = {
                "member": member,
                "context": 0,
                "authorizing_integration_owners": {"0": str(guild_id)},
                **where,
            }
        return who | {
            "id": str(press.id),
            "application_id": str(self.bot.id),
            "type": press.kind,
            "data": press.data,
            "channel_id": str(channel.id),
            "channel": channel.json(self.bot),
            "token": press.token,
            "version": 1,
            "locale": "en-US",
            "app_permissions": str(EVERYTHING & ~channel.denied),
            "entitlements": [],
            "attachment_size_limit": self._world.limits.announced_file_bytes,
            **({"message": press.message.json()} if press.message else {}),
        }
