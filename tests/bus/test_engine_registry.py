from dataclasses import dataclass, field

import pytest

from bus.engine_registry import PRESENCE_TIMEOUT, EngineRegistry
from bus.notices import Presence


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Watched:
    """A roster with a clock in our hands, that counts how often it said it has changed."""

    clock: Clock = field(default_factory=Clock)
    changes: int = 0

    def __post_init__(self) -> None:
        self.roster = EngineRegistry(self._count, self.clock)

    def _count(self) -> None:
        self.changes += 1


@pytest.fixture
def watched() -> Watched:
    return Watched()


def present(engine: str, *profiles: str, leaving: bool = False) -> Presence:
    return Presence(
        engine=engine, name="here", device="cpu", profiles=profiles or ("draft",), leaving=leaving
    )


def test_an_engine_is_there_until_it_is_silent_for_too_long(watched: Watched) -> None:
    watched.roster.on_presence(present("a"))
    watched.clock.now += PRESENCE_TIMEOUT
    assert watched.roster.engines.keys() == {"a"}
    watched.clock.now += 0.1
    assert not watched.roster.engines


def test_an_engine_that_says_goodbye_is_gone_at_once(watched: Watched) -> None:
    watched.roster.on_presence(present("a"))
    watched.roster.on_presence(present("a", leaving=True))
    assert not watched.roster.engines


def test_only_news_rings(watched: Watched) -> None:
    for presence in (
        present("a"),
        present("a"),
        present("b"),
        present("a", "sd15"),
        present("b", leaving=True),
    ):
        watched.roster.on_presence(presence)
    assert watched.changes == 4


def test_engines_are_counted_for_the_profile_that_is_wished(watched: Watched) -> None:
    for presence in (present("a", "sdxl", "draft"), present("b", "draft"), present("c", "sdxl")):
        watched.roster.on_presence(presence)
    assert watched.roster.capacity_for("draft") == {"draft": 2}
    assert watched.roster.capacity_for("sdxl") == {"sdxl": 2}
    assert watched.roster.capacity_for("flux") == {}


def test_without_a_wish_every_engine_paints_what_it_likes_best(watched: Watched) -> None:
    for presence in (present("a", "sdxl", "draft"), present("b", "draft")):
        watched.roster.on_presence(presence)
    assert watched.roster.capacity_for("auto") == {"sdxl": 1, "draft": 1}
