"""Which engines are online, and what they can paint."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bus.notices import Presence
from pictures.recipe import AUTO

PRESENCE_TIMEOUT = 10.0
"""Seconds without a presence notice after which an engine counts as gone: several may be lost."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    presence: Presence
    at: float


class EngineRegistry:
    """The engines that are online, known from their presence notices alone."""

    def __init__(self, on_change: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._on_change = on_change
        self._clock = clock
        self._sightings: dict[str, _Sighting] = {}

    def on_presence(self, presence: Presence) -> None:
        """Take in a presence notice; calls back if it says anything new."""
        before = self._sightings.get(presence.engine)
        if presence.leaving:
            self._sightings.pop(presence.engine, None)
        else:
            self._sightings[presence.engine] = _Sighting(presence, self._clock())
        if before is None or presence.leaving or before.presence != presence:
            self._on_change()

    @property
    def engines(self) -> Mapping[str, Presence]:
        """The engines that are online, by their id."""
        oldest = self._clock() - PRESENCE_TIMEOUT
        return {engine: seen.presence for engine, seen in self._sightings.items() if seen.at >= oldest}

    def capacity_for(self, painter: str) -> Mapping[str, int]:
        """Return how many engines can paint, by profile, for a painter: a profile's name, or "auto".

        For "auto" every engine counts once, for its preferred profile.
        """
        counts: dict[str, int] = {}
        for engine in self.engines.values():
            profiles = engine.profiles[:1] if painter == AUTO else engine.profiles
            for profile in profiles:
                if painter in (AUTO, profile):
                    counts[profile] = counts.get(profile, 0) + 1
        return counts
