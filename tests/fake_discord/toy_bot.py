"""A minimal bot for the fake Discord's own tests."""

from __future__ import annotations

import asyncio
import io
import os

import discord
from discord import app_commands, ui


class Form(ui.Modal, title="More"):
    """A form with a text field, a select and a file upload."""

    top = ui.TextInput[ui.Modal](label="Top", default="64")
    side = ui.Label[ui.Modal](
        text="Side",
        component=ui.Select(
            options=[discord.SelectOption(label=side, default=side == "left") for side in ("left", "right")]
        ),
    )
    picture = ui.Label[ui.Modal](text="Picture", component=ui.FileUpload(required=False))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.side.component, ui.Select)
        assert isinstance(self.picture.component, ui.FileUpload)
        names = [attachment.filename for attachment in self.picture.component.values]
        await interaction.response.send_message(f"{self.top.value} {self.side.component.values} {names}")


class AgainButton(ui.DynamicItem[ui.Button[ui.View]], template=r"toy:again:(?P<number>\d+)"):
    """A button that works after a restart."""

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label="Again", custom_id=f"toy:again:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[ui.View], match: object
    ) -> AgainButton:
        assert isinstance(item, ui.Button)
        assert item.custom_id is not None
        return cls(int(item.custom_id.rpartition(":")[2]))

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"again {self.number}")


class ToyBot(discord.Client):
    """A client that echoes pictures."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.1,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="echo", description="The same picture")(echo)
        self.tree.command(name="tell", description="Twice in the channel, once in a direct message")(tell)
        self.tree.command(name="form", description="A form")(form)
        self.tree.context_menu(name="Look…")(look)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(AgainButton)
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            await message.channel.send(f"read {message.content!r} and {len(message.attachments)} files")


async def echo(
    interaction: discord.Interaction, image: discord.Attachment, top: app_commands.Range[int, 0, 1024]
) -> None:
    """Defer, read the attachment, edit the response with a file and a button."""
    await interaction.response.defer(thinking=True)
    data = await image.read()
    view = ui.View(timeout=None)
    view.add_item(AgainButton(top))
    await interaction.edit_original_response(
        content=f"{image.width}×{image.height} top {top}",
        attachments=[discord.File(io.BytesIO(data), "echo.png")],
        view=view,
    )


async def tell(interaction: discord.Interaction) -> None:
    """Answer ephemerally, then post with the bot's token."""
    await interaction.response.send_message("well", ephemeral=True)
    assert isinstance(interaction.channel, discord.TextChannel)
    for _ in range(2):
        await interaction.channel.send(f"{interaction.user.mention} @everyone", nonce="job.1")
    try:
        await interaction.user.send("psst")
    except discord.Forbidden as refusal:
        await interaction.edit_original_response(content=f"refused {refusal.code}")


async def form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Form())


async def look(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(
        f"{message.content} {message.attachments[0].filename}", ephemeral=True
    )


async def main() -> None:
    """Run until killed."""
    async with ToyBot() as toy:
        await toy.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
