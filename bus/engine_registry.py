"""Who is there to paint."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bus.notices import Presence
from pictures.recipe import AUTO

PRESENCE_TIMEOUT = 10.0
"""Seconds after which an engine that says nothing is gone: several of its announcements."""


@dataclass(frozen=True, slots=True)
class _Heard:
    presence: Presence
    at: float


class EngineRegistry:
    """The engines that announced themselves lately."""

    def __init__(self, changed: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._changed = changed
        self._clock = clock
        self._heard: dict[str, _Heard] = {}

    def on_presence(self, presence: Presence) -> None:
        """Note an engine's announcement."""
        before = self._heard.get(presence.engine)
        if presence.leaving:
            self._heard.pop(presence.engine, None)
        else:
            self._heard[presence.engine] = _Heard(presence, self._clock())
        if before is None or presence.leaving or before.presence != presence:
            self._changed()

    @property
    def engines(self) -> Mapping[str, Presence]:
        """The engines that are there, by their id."""
        latest = self._clock() - PRESENCE_TIMEOUT
        return {engine: heard.presence for engine, heard in self._heard.items() if heard.at >= latest}

    def capacity_for(self, painter: str) -> Mapping[str, int]:
        """Return how many engines paint each profile that fits the wish (a profile's name, or "auto").

        For "auto" every engine counts once, for the profile that it likes best.
        """
        counts: dict[str, int] = {}
        for engine in self.engines.values():
            profiles = engine.profiles[:1] if painter == AUTO else engine.profiles
            for profile in profiles:
                if painter in (AUTO, profile):
                    counts[profile] = counts.get(profile, 0) + 1
        return counts
