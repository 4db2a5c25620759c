"""What a request is about: an attachment in Discord, or a picture in the store."""

from dataclasses import dataclass
from typing import TypeAlias

import discord

from bus.jobs import JobId
from pictures.recipe import Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPicture:
    """A picture that is in the store already."""

    sha256: Sha256
    name: str
    parent: JobId
    """The job that used or made it."""
    painter: str | None = None
    """The painter that must paint it again; None = any that paints now."""


Source: TypeAlias = discord.Attachment | StoredPicture
