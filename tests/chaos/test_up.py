"""`outcrop up` keeps a whole family running, and ends it without a trace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bus.embedded.server import EmbeddedServer
from outcrop.exit_codes import EX_CONFIG
from tests.chaos.household import Household
from tests.chaos.scene import SLOW
from tests.chaos.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[Household]:
    async with Household.opened(tmp_path) as house:
        try:
            yield house
        finally:
            print(house.up.said)  # noqa: T201


async def test_it_answers_and_what_is_killed_comes_back(house: Household) -> None:
    await house.up.start()
    await house.answered(await (await house.ask()).job())
    for part in ("bot", "engine", "nats-server"):
        victim = await house.has(part)
        victim.kill()
        await house.has(part, instead_of=victim.pid)
        await house.answered(await (await house.ask()).job())
    house.check_logs([house.up], house.bus_token)


async def test_it_says_how_to_invite_the_bot(house: Household) -> None:
    await house.up.start()
    invitation = "Invite it with https://discord.com/oauth2/authorize?client_id="
    await until(lambda: invitation in house.up.said)


async def test_asked_to_stop_it_hands_its_job_back_and_leaves_no_process(house: Household) -> None:
    await house.up.start()
    job = await (await house.ask(**SLOW)).job()
    await until(lambda: house.rows.job(job)["started_at"])
    everybody = house.children()
    assert await house.up.stop() == 0
    assert not [process for process in everybody if process.is_running()]
    assert "Traceback" not in house.up.said
    await house.up.start()
    await house.answered(job)
    attempts = house.rows.all("SELECT handed_back FROM attempts WHERE job_id = ?", job)
    assert sorted(row["handed_back"] for row in attempts) == [False, True]


async def test_killed_itself_it_leaves_no_orphan(house: Household) -> None:
    await house.up.start()
    for part in ("bot", "engine", "nats-server"):
        await house.has(part)
    everybody = house.children()
    await house.up.kill()
    await until(lambda: not [process for process in everybody if process.is_running()])


async def test_started_twice_says_so_in_one_line(house: Household) -> None:
    await house.up.start()
    await house.has("nats-server")
    second = house.supervisor("second")
    await second.start()
    assert await second.ended() == EX_CONFIG
    assert second.said == (
        f"outcrop: `outcrop up` is already running on the data folder {house.folder}. "
        "Stop it first, or set OUTCROP_DATA to another folder.\n"
    )


async def test_a_wrong_token_is_said_once(house: Household) -> None:
    house.up.environment["DISCORD_TOKEN"] = "not.the.token"
    await house.up.start()
    assert await house.up.ended() == EX_CONFIG
    assert house.up.said.count("outcrop: Discord does not accept DISCORD_TOKEN.\n") == 1
    assert "Traceback" not in house.up.said
    assert "not.the.token" not in house.up.said


async def test_a_history_that_is_none_is_one_line(house: Household) -> None:
    house.folder.mkdir()
    (house.folder / "history.sqlite").write_text("a shopping list, long enough to be read as a head" * 20)
    await house.up.start()
    assert await house.up.ended() == EX_CONFIG
    assert house.up.said.count("history.sqlite is not an Outcrop history (file is not a database)") == 1
    assert "Traceback" not in house.up.said


@pytest.mark.parametrize("place", ["a file", "a place where nothing can be made"])
async def test_a_data_folder_that_cannot_be_written_is_one_line(house: Household, place: str) -> None:
    folder = house.folder if place == "a file" else Path("/proc/outcrop")
    if place == "a file":
        folder.write_text("in the way")
    house.up.environment["OUTCROP_DATA"] = str(folder)
    await house.up.start()
    assert await house.up.ended() == EX_CONFIG
    [line] = house.up.said.splitlines()
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
async def test_a_wrong_setting_is_one_line_that_names_it(house: Household, name: str, value: str) -> None:
    house.up.environment[name] = value
    await house.up.start()
    assert await house.up.ended() == EX_CONFIG
    [line] = house.up.said.splitlines()
    assert line.startswith(f"outcrop: Invalid {name}: it must be ")
    assert value in line


async def test_a_bus_that_refuses_us_is_said_once_by_each_part(house: Household, tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "elsewhere")
    url = await server.start()
    try:
        house.up.environment["OUTCROP_BUS_URL"] = url.replace("nats://", "nats://not-")
        await house.up.start()
        told = "outcrop: The message bus refused access. Check the token, user or credentials in its URL. "
        await until(lambda: house.up.said.count(told) == len(("bot", "engine")))
        assert await house.up.stop() == 0
        assert house.up.said.count(told) == len(("bot", "engine")), "they ask again without a word"
    finally:
        await server.stop()
    assert "Traceback" not in house.up.said
    assert "not-" not in house.up.said
