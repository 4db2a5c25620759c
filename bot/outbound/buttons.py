"""The buttons under messages, with everything that a press needs in their custom ids.

Messages carry plain buttons, so that they work after any restart; bot/views/ has the items that discord.py
makes from the custom id of a pressed button. Messages in channels keep these ids: their form must not change.
"""

from typing import Any, TypeAlias

import discord

from bot.texts import history
from bus.jobs import JobId

Button: TypeAlias = discord.ui.Button[Any]

CANCEL_ID = r"outcrop:cancel:(?P<job>[0-9a-f]{16})"
RERUN_ID = r"outcrop:rerun:(?P<job>[0-9a-f]{16})"
PAGE_ID = r"outcrop:history:(?P<page>\d{1,6})"
FETCH_ID = r"outcrop:fetch:(?P<job>[0-9a-f]{16})"
FORGET_ID = r"outcrop:forget:(?P<user>\d+)"


def cancel_button(job: JobId) -> Button:
    """Return the ✖ under a status message."""
    return discord.ui.Button(label=history.CANCEL, emoji="✖️", custom_id=f"outcrop:cancel:{job}")


def rerun_button(job: JobId) -> Button:
    """Return the 🎲 under a result: the same recipe with a new seed."""
    return discord.ui.Button(
        label=history.RERUN,
        emoji="🎲",
        style=discord.ButtonStyle.primary,
        custom_id=f"outcrop:rerun:{job}",
    )


def page_button(page: int, label: str) -> Button:
    """Return a button that shows another page of /history; the first is 0."""
    return discord.ui.Button(label=label, custom_id=f"outcrop:history:{page}")


def fetch_button(job: JobId, result: str) -> Button:
    """Return the 📬 that shows a result to its owner in /history."""
    return discord.ui.Button(
        label=history.FETCH.format(result=result), emoji="📬", custom_id=f"outcrop:fetch:{job}"
    )


def forget_button(user_id: int) -> Button:
    """Return the button that confirms /forget."""
    return discord.ui.Button(
        label=history.DELETE_EVERYTHING,
        style=discord.ButtonStyle.danger,
        custom_id=f"outcrop:forget:{user_id}",
    )
