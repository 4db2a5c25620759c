"""Limits on the work that the bot accepts."""

from dataclasses import dataclass, field
from datetime import timedelta

from pictures.limits import Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class BotLimits:
    """Limits on the work that the bot accepts; some of them are settings (outcrop/settings.py)."""

    pictures: Limits = field(default_factory=Limits)
    unfinished_jobs: int = 10
    """Unfinished jobs per person."""
    jobs_per_engine: int = 2
    """Jobs on the bus per engine: one being painted, and one ready so that the engine never waits."""
    crashes: int = 3
    """Engines that a job may crash; if it crashes one more, it fails."""
    downloads: int = 3
    """Downloads at the same time; each holds one attachment and its mask in memory."""
    keep: timedelta | None = None
    """How long results are kept; None = no limit."""
