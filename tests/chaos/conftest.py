"""One family for all tests of a module, complete again for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict

import pytest
import pytest_asyncio

from tests.chaos.family import Family
from tests.fake_discord import Channel


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Family]:
    async with Family.opened(tmp_path_factory.mktemp("family")) as family:
        yield family
        family.check()


@pytest_asyncio.fixture(loop_scope="module")
async def family(shared: Family) -> AsyncIterator[Family]:
    """Give a test the family; what its parts said meanwhile is shown when the test fails."""
    limits = asdict(shared.discord.limits)
    before = {part: len(part.said) for part in shared.parts}
    try:
        await shared.start()
        yield shared
    finally:
        shared.heal()
        vars(shared.discord.limits).update(limits)
        for part, said in before.items():
            print(f"--- {part.name}\n{part.said[said:]}")  # noqa: T201


@pytest.fixture
def channel(family: Family, request: pytest.FixtureRequest) -> Channel:
    """Make a place of the test's own."""
    return family.discord.channel(request.node.name)
