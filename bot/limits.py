"""How much the bot takes on."""

from dataclasses import dataclass, field
from datetime import timedelta

from pictures.limits import Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class BotLimits:
    """How much the bot takes on; the numbers that the person who runs it may change are settings."""

    pictures: Limits = field(default_factory=Limits)
    unfinished_jobs: int = 10
    """A person's."""
    jobs_per_engine: int = 2
    """On the bus at once: one being painted, one ready so that the engine never waits for us."""
    crashes: int = 3
    """Engines that a job may take down before it is given up."""
    downloads: int = 3
    """At once; each holds up to one attachment in memory, with its mask."""
    keep: timedelta | None = None
    """How long results stay; None = for ever."""
