"""The form that the message menu opens."""

import discord

from bot.context import context_of
from bot.inbound.error_replies import replying_on_error
from bot.inbound.source import Source
from bot.texts import form
from options.text_parser import parse
from pictures.recipe.settings import MAX_PROMPT_LENGTH

FORM_TIMEOUT = 3600.0
"""Seconds that a form is kept for; Discord does not tell a bot that a form was closed unsent."""


class OutcropForm(discord.ui.Modal, title=form.TITLE):
    """Asks for sides and prompt."""

    sides: discord.ui.Label["OutcropForm"] = discord.ui.Label(
        text=form.SIDES,
        description=form.SIDES_HINT,
        component=discord.ui.TextInput(custom_id="sides", placeholder=form.SIDES_EXAMPLE, max_length=100),
    )
    prompt: discord.ui.Label["OutcropForm"] = discord.ui.Label(
        text=form.PROMPT,
        component=discord.ui.TextInput(
            custom_id="prompt",
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=MAX_PROMPT_LENGTH,
        ),
    )
    numbers: discord.ui.Label["OutcropForm"] = discord.ui.Label(
        text=form.SETTINGS,
        description=form.SETTINGS_HINT,
        component=discord.ui.TextInput(
            custom_id="numbers",
            placeholder=form.SETTINGS_EXAMPLE,
            required=False,
            max_length=200,
        ),
    )

    def __init__(self, source: Source) -> None:
        super().__init__(timeout=FORM_TIMEOUT)
        self._source = source

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Handle the request."""
        async with replying_on_error(interaction):
            parsed = parse(f"{_text(self.sides)} {_text(self.numbers)}").options
            options = parsed.model_copy(update={"prompt": _text(self.prompt) or None})
            await context_of(interaction).requests.handle_interaction(interaction, options, self._source)


def _text(label: "discord.ui.Label[OutcropForm]") -> str:
    assert isinstance(label.component, discord.ui.TextInput)
    return label.component.value
