"""What users do in the fake Discord: write, run commands, press buttons, submit forms."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from tests.fake_discord import client_payloads
from tests.fake_discord.change_signal import DEFAULT_TIMEOUT, ChangeSignal
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.models import (
    ALL_PERMISSIONS,
    COMMAND,
    COMPONENT,
    FORM,
    Attachment,
    Channel,
    Interaction,
    Json,
    Message,
    User,
)
from tests.fake_discord.state import DiscordState, File

Upload = tuple[str, bytes]  # file name, bytes
SLASH, MESSAGE_MENU = 1, 3  # command types


class UserActions:
    """The actions of users; those that address the bot first wait until it is online."""

    def __init__(self, state: DiscordState, gateway: Gateway, changes: ChangeSignal) -> None:
        self._state, self._gateway, self._changes = state, gateway, changes

    async def until(self, condition: Callable[[], object], *, within: float = DEFAULT_TIMEOUT) -> None:
        """Return as soon as the condition holds; it is evaluated again after every change."""
        await self._changes.until(condition, within=within)

    @property
    def bot(self) -> User:
        return self._state.bot

    @property
    def online(self) -> bool:
        """Whether the bot is connected to the gateway."""
        return self._gateway.online

    def user(self, name: str) -> User:
        """Return the member of that name; create them if needed."""
        for user in self._state.users.values():
            if user.name == name:
                return user
        user = User(id=self._state.ids.next(), name=name)
        self._state.users[user.id] = user
        return user

    def channel(self, name: str = "general") -> Channel:
        """Return the text channel of that name; create it if needed."""
        for channel in self._state.channels.values():
            if channel.name == name:
                return channel
        return self._state.add_channel(name)

    def dm(self, user: User) -> Channel:
        """Return the DM channel of the bot and that user; create it if needed."""
        return self._state.dm(user)

    async def send(
        self,
        user: User,
        channel: Channel,
        content: str = "",
        *,
        files: Sequence[Upload] = (),
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Message:
        """Post a message; a reply mentions the author of the original unless `ping` is False."""
        payload: Json = {"content": content, "allowed_mentions": {"parse": ["users"], "replied_user": ping}}
        if reply_to is not None:
            payload["message_reference"] = {"message_id": str(reply_to.id)}
        to_the_bot = (
            channel.recipient or self.bot.mention in content or (ping and reply_to and reply_to.author.bot)
        )
        if to_the_bot:
            await self.until(lambda: self.online)
        attachments = [self._upload(channel, upload) for upload in files]
        return self._state.post(channel, user, payload, attachments)

    async def slash(self, user: User, channel: Channel, name: str, **options: object) -> Interaction:
        """Run a slash command; an attachment is (file name, bytes)."""
        command = await self._command(SLASH, name)
        return self._interact(
            user, channel, COMMAND, client_payloads.command_data(command, self._uploaded(channel, options))
        )

    async def menu(self, user: User, name: str, message: Message) -> Interaction:
        """Run a command of a message's context menu."""
        command = await self._command(MESSAGE_MENU, name)
        return self._interact(user, message.channel, COMMAND, client_payloads.menu_data(command, message))

    async def click(
        self, user: User, message: Message, wanted: str, values: Sequence[str] = ()
    ) -> Interaction:
        """Press the button with that label or custom id prefix, once it is there."""
        if message.ephemeral and (message.interaction is None or message.interaction.user is not user):
            raise client_payloads.NotAllowedByClient(f"{user.name} cannot see that message")
        await self.until(
            lambda: self.online and not message.deleted and client_payloads.find_component(message, wanted)
        )
        component = client_payloads.find_component(message, wanted)
        assert component is not None
        return self._interact(
            user, message.channel, COMPONENT, client_payloads.click_data(component, values), message
        )

    async def submit(
        self, interaction: Interaction, values: Mapping[str, object] | None = None
    ) -> Interaction:
        """Submit the form that an interaction opened, once it is there; values by label or custom id."""
        await self.until(lambda: self.online and interaction.modal is not None)
        assert interaction.modal is not None
        data = client_payloads.form_data(interaction.modal, self._uploaded(interaction.channel, values or {}))
        return self._interact(interaction.user, interaction.channel, FORM, data, interaction.message)

    async def _command(self, kind: int, name: str) -> Json:
        def found() -> Json | None:
            everywhere = (command for commands in self._state.commands.values() for command in commands)
            return next((one for one in everywhere if (one["type"], one["name"]) == (kind, name)), None)

        await self.until(lambda: self.online and found())
        command = found()
        assert command is not None
        return command

    def _upload(self, channel: Channel, upload: Upload) -> Attachment:
        return self._state.add_attachment(channel, File(filename=upload[0], data=upload[1]))

    def _uploaded(self, channel: Channel, values: Mapping[str, object]) -> dict[str, object]:
        return {
            name: self._upload(channel, (value[0], value[1])) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    def _interact(
        self, user: User, channel: Channel, kind: int, data: Json, message: Message | None = None
    ) -> Interaction:
        now, limits, number = time.monotonic(), self._state.limits, self._state.ids.next()
        interaction = Interaction(
            id=number,
            token=secrets.token_urlsafe(24),
            application=self.bot,
            user=user,
            channel=channel,
            kind=kind,
            data=data,
            message=message,
            sent_at=now,
            deadline=now + limits.interaction_timeout,
            token_dies_at=now + limits.token_life,
        )
        self._state.interactions[interaction.token] = interaction
        asyncio.get_running_loop().call_later(
            limits.interaction_timeout, self._changes.notify
        )  # interaction.failed
        self._gateway.dispatch("INTERACTION_CREATE", self._interaction_json(interaction))
        return interaction

    def _interaction_json(self, interaction: Interaction) -> Json:
        channel, guild_id = interaction.channel, interaction.channel.guild_id
        who: Json = {
            "user": interaction.user.user_json(),
            "context": 1,
            "authorizing_integration_owners": {"0": "0"},
        }
        if guild_id is not None:
            member = interaction.user.member_json() | {
                "user": interaction.user.user_json(),
                "permissions": str(ALL_PERMISSIONS),
            }
            guild = {"id": str(guild_id), "locale": "en-US", "features": []}
            where = {"guild_id": str(guild_id), "guild": guild, "guild_locale": "en-US"}
            who = {
                "member": member,
                "context": 0,
                "authorizing_integration_owners": {"0": str(guild_id)},
                **where,
            }
        return who | {
            "id": str(interaction.id),
            "application_id": str(self.bot.id),
            "type": interaction.kind,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": channel.json(self.bot),
            "token": interaction.token,
            "version": 1,
            "locale": "en-US",
            "app_permissions": str(ALL_PERMISSIONS & ~channel.denied),
            "entitlements": [],
            "attachment_size_limit": self._state.limits.announced_file_bytes,
            **({"message": interaction.message.json()} if interaction.message else {}),
        }
