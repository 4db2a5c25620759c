"""What the message menu Show recipe says."""

from collections.abc import Iterable

from bot.texts.formatting import MAX_MESSAGE_LENGTH, escape, shorten

MAX_VALUE_LENGTH = 700
"""Characters: prompt, negative prompt and all else stay under the 2,000 of a message."""


def recipe(facts: Iterable[tuple[str, str]]) -> str:
    """Return names and values as one message."""
    lines = (f"**{name}** {_value(value)}" for name, value in facts)
    return shorten("\n".join(lines), MAX_MESSAGE_LENGTH)


def _value(value: str) -> str:
    return escape(shorten(" ".join(value.split()), MAX_VALUE_LENGTH))
