"""The form that the message menu opens."""

import discord

from bot.answering import answering
from bot.desk import Known
from bot.grammar import parse
from bot.options import LONGEST_PROMPT
from bot.views.house import desk_of

FORM_IDS = "outcrop:form:"

FORGOTTEN = "This form was opened before the bot was restarted. Please open **Outcrop…** again."


class OutcropForm(discord.ui.Modal, title="Outcrop"):
    """Asks for sides and prompt."""

    sides: discord.ui.Label["OutcropForm"] = discord.ui.Label(
        text="Pixels to add per side",
        description="top, right, bottom, left; rounded up to 64 unless you write exact",
        component=discord.ui.TextInput(placeholder="top 128 right 64", max_length=100),
    )
    prompt: discord.ui.Label["OutcropForm"] = discord.ui.Label(
        text="What to paint there",
        component=discord.ui.TextInput(
            style=discord.TextStyle.paragraph, required=False, max_length=LONGEST_PROMPT
        ),
    )
    numbers: discord.ui.Label["OutcropForm"] = discord.ui.Label(
        text="Seed and variations",
        description="none draws a seed and paints one picture",
        component=discord.ui.TextInput(placeholder="seed 42 variations 2", required=False, max_length=60),
    )

    def __init__(self, source: discord.Attachment | Known, *, custom_id: str) -> None:
        super().__init__(custom_id=custom_id)
        self._source = source

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Take the request."""
        async with answering(interaction):
            said = parse(f"{_text(self.sides)} {_text(self.numbers)}").options
            options = said.model_copy(update={"prompt": _text(self.prompt) or None})
            await desk_of(interaction).take_interaction(interaction, options, self._source)


def _text(label: "discord.ui.Label[OutcropForm]") -> str:
    assert isinstance(label.component, discord.ui.TextInput)
    return label.component.value
