"""`outcrop up` keeps bot, engine and bus running, and stops them without a trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bus.embedded.server import EmbeddedServer
from outcrop.exit_codes import EX_CONFIG
from tests.chaos.deployment import SLOW_OPTIONS
from tests.chaos.polling import wait_until
from tests.chaos.supervised import Supervised

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def deployment(tmp_path: Path) -> AsyncIterator[Supervised]:
    async with Supervised.open(tmp_path) as deployment:
        try:
            yield deployment
        finally:
            print(deployment.supervisor.output)  # noqa: T201


async def test_killed_processes_are_restarted(deployment: Supervised) -> None:
    await deployment.supervisor.start()
    await deployment.answer(await deployment.submit_job())
    for name in ("bot", "engine", "nats-server"):
        victim = await deployment.running_child(name)
        victim.kill()
        await deployment.running_child(name, not_pid=victim.pid)
        await deployment.answer(await deployment.submit_job())
    deployment.assert_no_secrets_logged([deployment.supervisor], deployment.bus_token)


async def test_the_invite_link_is_printed(deployment: Supervised) -> None:
    await deployment.supervisor.start()
    invitation = "Invite it with https://discord.com/oauth2/authorize?client_id="
    await wait_until(lambda: invitation in deployment.supervisor.output)


async def test_on_sigterm_the_job_is_handed_back_and_no_process_is_left(deployment: Supervised) -> None:
    await deployment.supervisor.start()
    job = await deployment.submit_job(**SLOW_OPTIONS)
    await wait_until(lambda: deployment.history.job(job)["started_at"])
    children = deployment.children()
    assert await deployment.supervisor.stop() == 0
    assert not [process for process in children if process.is_running()]
    assert "Traceback" not in deployment.supervisor.output
    await deployment.supervisor.start()
    await deployment.answer(job)
    attempts = deployment.history.query("SELECT handed_back FROM attempts WHERE job_id = ?", job)
    assert sorted(row["handed_back"] for row in attempts) == [False, True]


async def test_a_killed_supervisor_leaves_no_orphans(deployment: Supervised) -> None:
    await deployment.supervisor.start()
    for name in ("bot", "engine", "nats-server"):
        await deployment.running_child(name)
    children = deployment.children()
    await deployment.supervisor.kill()
    await wait_until(lambda: not [process for process in children if process.is_running()])


async def test_a_second_start_on_the_same_folder_prints_one_line(deployment: Supervised) -> None:
    await deployment.supervisor.start()
    await deployment.running_child("nats-server")
    second = deployment.new_supervisor("second")
    await second.start()
    assert await second.wait() == EX_CONFIG
    assert second.output == (
        f"outcrop: `outcrop up` is already running on the data folder {deployment.folder}. "
        "Stop it first, or set OUTCROP_DATA to another folder.\n"
    )


async def test_a_wrong_token_is_reported_once(deployment: Supervised) -> None:
    deployment.supervisor.environment["DISCORD_TOKEN"] = "not.the.token"
    await deployment.supervisor.start()
    assert await deployment.supervisor.wait() == EX_CONFIG
    assert deployment.supervisor.output.count("outcrop: Discord does not accept DISCORD_TOKEN.\n") == 1
    assert "Traceback" not in deployment.supervisor.output
    assert "not.the.token" not in deployment.supervisor.output


async def test_a_file_that_is_not_a_history_is_reported_in_one_line(deployment: Supervised) -> None:
    deployment.folder.mkdir()
    (deployment.folder / "history.sqlite").write_text(
        "a shopping list, long enough to be read as a head" * 20
    )
    await deployment.supervisor.start()
    assert await deployment.supervisor.wait() == EX_CONFIG
    assert (
        deployment.supervisor.output.count(
            "history.sqlite is not an Outcrop history (file is not a database)"
        )
        == 1
    )
    assert "Traceback" not in deployment.supervisor.output


@pytest.mark.parametrize("place", ["a file", "a place where nothing can be made"])
async def test_a_data_folder_that_cannot_be_written_is_reported_in_one_line(
    deployment: Supervised, place: str
) -> None:
    folder = deployment.folder if place == "a file" else Path("/proc/outcrop")
    if place == "a file":
        folder.write_text("in the way")
    deployment.supervisor.environment["OUTCROP_DATA"] = str(folder)
    await deployment.supervisor.start()
    assert await deployment.supervisor.wait() == EX_CONFIG
    [line] = deployment.supervisor.output.splitlines()
    assert line.startswith(f"outcrop: Can’t write to the data folder {folder}: ")
    assert line.endswith("Make it writable, or set OUTCROP_DATA to another folder.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTCROP_ACK_WAIT", "soon"),
        ("OUTCROP_ACK_WAIT", "0"),
        ("OUTCROP_USER_LIMIT", "-1"),
        ("OUTCROP_KEEP_DAYS", "0"),
        ("OUTCROP_GUILD", "my server"),
        ("OUTCROP_MODEL", "Stable Diffusion"),
        ("OUTCROP_LOG_LEVEL", "loud"),
    ],
)
async def test_a_wrong_setting_is_reported_in_one_line_that_names_it(
    deployment: Supervised, name: str, value: str
) -> None:
    deployment.supervisor.environment[name] = value
    await deployment.supervisor.start()
    assert await deployment.supervisor.wait() == EX_CONFIG
    [line] = deployment.supervisor.output.splitlines()
    assert line.startswith(f"outcrop: Invalid {name}: it must be ")
    assert value in line


async def test_a_bus_that_refuses_access_is_reported_once_by_each_process(
    deployment: Supervised, tmp_path: Path
) -> None:
    server = EmbeddedServer(tmp_path / "elsewhere")
    url = await server.start()
    try:
        deployment.supervisor.environment["OUTCROP_BUS_URL"] = url.replace("nats://", "nats://not-")
        await deployment.supervisor.start()
        message = "outcrop: The message bus refused access. Check the token, user or credentials in its URL. "
        await wait_until(lambda: deployment.supervisor.output.count(message) == len(("bot", "engine")))
        assert await deployment.supervisor.stop() == 0
        assert deployment.supervisor.output.count(message) == len(("bot", "engine")), "retries are silent"
    finally:
        await server.stop()
    assert "Traceback" not in deployment.supervisor.output
    assert "not-" not in deployment.supervisor.output
