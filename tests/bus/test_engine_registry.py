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
class RegistryUnderTest:
    """A registry with a clock that the test sets, and a count of the changes that it reported."""

    clock: Clock = field(default_factory=Clock)
    changes: int = 0

    def __post_init__(self) -> None:
        self.registry = EngineRegistry(self._count_change, self.clock)

    def _count_change(self) -> None:
        self.changes += 1


@pytest.fixture
def subject() -> RegistryUnderTest:
    return RegistryUnderTest()


def presence(engine: str, *profiles: str, leaving: bool = False) -> Presence:
    return Presence(
        engine=engine, name="here", device="cpu", profiles=profiles or ("draft",), leaving=leaving
    )


def test_an_engine_is_online_until_it_is_silent_for_too_long(subject: RegistryUnderTest) -> None:
    subject.registry.on_presence(presence("a"))
    subject.clock.now += PRESENCE_TIMEOUT
    assert subject.registry.engines.keys() == {"a"}
    subject.clock.now += 0.1
    assert not subject.registry.engines


def test_an_engine_that_leaves_is_offline_at_once(subject: RegistryUnderTest) -> None:
    subject.registry.on_presence(presence("a"))
    subject.registry.on_presence(presence("a", leaving=True))
    assert not subject.registry.engines


def test_only_changes_are_reported(subject: RegistryUnderTest) -> None:
    for notice in (
        presence("a"),
        presence("a"),
        presence("b"),
        presence("a", "sd15"),
        presence("b", leaving=True),
    ):
        subject.registry.on_presence(notice)
    assert subject.changes == 4


def test_capacity_counts_the_engines_that_have_the_profile(subject: RegistryUnderTest) -> None:
    for notice in (presence("a", "sdxl", "draft"), presence("b", "draft"), presence("c", "sdxl")):
        subject.registry.on_presence(notice)
    assert subject.registry.capacity_for("draft") == {"draft": 2}
    assert subject.registry.capacity_for("sdxl") == {"sdxl": 2}
    assert subject.registry.capacity_for("flux") == {}


def test_capacity_for_auto_counts_each_engine_for_its_preferred_profile(subject: RegistryUnderTest) -> None:
    for notice in (presence("a", "sdxl", "draft"), presence("b", "draft")):
        subject.registry.on_presence(notice)
    assert subject.registry.capacity_for("auto") == {"sdxl": 1, "draft": 1}
