"""One deployment for all tests of a module; killed processes are started again before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict

import pytest
import pytest_asyncio

from tests.chaos.separate_processes import SeparateProcesses
from tests.fake_discord import Channel


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SeparateProcesses]:
    async with SeparateProcesses.open(tmp_path_factory.mktemp("deployment")) as deployment:
        yield deployment
        deployment.check()


@pytest_asyncio.fixture(loop_scope="module")
async def deployment(shared: SeparateProcesses) -> AsyncIterator[SeparateProcesses]:
    """Return the deployment; when a test fails, the output of its processes meanwhile is shown."""
    limits = asdict(shared.discord.limits)
    lengths = {process: len(process.output) for process in shared.processes}
    try:
        await shared.start()
        yield shared
    finally:
        shared.reset_faults()
        vars(shared.discord.limits).update(limits)
        for process, length in lengths.items():
            print(f"--- {process.name}\n{process.output[length:]}")  # noqa: T201


@pytest.fixture
def channel(deployment: SeparateProcesses, request: pytest.FixtureRequest) -> Channel:
    """Return a channel that no other test uses."""
    return deployment.discord.channel(request.node.name)
