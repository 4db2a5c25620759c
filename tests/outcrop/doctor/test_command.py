"""`outcrop doctor`: a line for each check, and exit code 1 if one fails."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.history.migration import upgrade
from bot.invite_link import invite_link
from bus.connection import Bus
from bus.embedded.server import EmbeddedServer, embedded_server
from bus.notices import Presence
from outcrop.doctor import discord
from outcrop.doctor.bus import check_bus
from outcrop.doctor.check import CheckResult, Status
from outcrop.doctor.machine import check_data_dir, check_gpu, check_history, check_python
from outcrop.settings import Settings, read_settings
from tests.outcrop.commands import TOKEN, outcrop


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    monkeypatch.chdir(tmp_path)

    def configure(**settings: str) -> Settings:
        for name, value in {"DISCORD_TOKEN": "", "OUTCROP_DATA": str(tmp_path), **settings}.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return configure


def test_on_a_new_machine_nothing_fails(configured: Callable[..., Settings], tmp_path: Path) -> None:
    configured(HF_HUB_CACHE=str(tmp_path / "no weights"))
    code, output, error = outcrop("doctor")
    assert (code, error) == (0, "")
    assert [line[0] for line in output.splitlines()] == ["✓", "✓", "–", "–", "–", "–", "–", "–"]


def test_a_failed_check_exits_with_1(configured: Callable[..., Settings], tmp_path: Path) -> None:
    configured(DISCORD_TOKEN="not a token")
    (tmp_path / "history.sqlite").write_text("no database")
    code, output, error = outcrop("doctor")
    assert (code, error) == (1, "")
    assert "✗ History" in output
    assert "✗ Token" in output
    assert "not a token" not in output


def test_every_required_package_is_installed() -> None:
    assert check_python().status is Status.OK


def test_a_folder_that_cannot_be_written_is_named(
    configured: Callable[..., Settings], tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    result = check_data_dir(configured(OUTCROP_DATA=str(file)))
    assert result.status is Status.FAILED
    assert str(file) in result.text


@pytest.mark.parametrize(
    ("revision", "status"),
    [("0000", Status.SKIPPED), ("", Status.OK), ("9999", Status.FAILED)],
    ids=["old", "newest", "newer"],
)
def test_the_schema_of_the_history_is_compared(
    revision: str, status: Status, configured: Callable[..., Settings], tmp_path: Path
) -> None:
    file = tmp_path / "history.sqlite"
    upgrade(file)
    if revision:
        with closing(sqlite3.connect(file)) as history, history:
            history.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    assert check_history(configured()).status is status


async def test_engines_on_the_bus_are_listed(configured: Callable[..., Settings], tmp_path: Path) -> None:
    presence = Presence(
        engine="e1", name="attic", device="H100", free_memory=70 * 2**30, profiles=("sdxl-inpaint", "draft")
    )
    async with embedded_server(tmp_path) as url, Bus.connect(url, name="engine") as bus:
        settings = configured()
        assert statuses(await check_bus(settings)) == [Status.OK, Status.FAILED]
        async with asyncio.TaskGroup() as tasks:

            def answer() -> None:
                tasks.create_task(bus.notices.announce(presence))

            await bus.notices.on_ping(answer)
            [_, engines] = await check_bus(settings)
    assert engines.text == "attic · H100, 70.0 GiB free · sdxl-inpaint, draft"


async def test_a_configured_bus_must_answer_and_a_stopped_embedded_one_need_not(
    configured: Callable[..., Settings], tmp_path: Path
) -> None:
    server = EmbeddedServer(tmp_path)
    url = await server.start()
    await server.stop()
    assert statuses(await check_bus(configured())) == [Status.SKIPPED, Status.SKIPPED]
    assert statuses(await check_bus(configured(OUTCROP_BUS_URL=url))) == [Status.FAILED, Status.SKIPPED]


def test_a_gpu_is_reported_with_its_free_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA H100 80GB HBM3, 81559, 40960'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "NVIDIA H100 80GB HBM3, 40.0 GiB free" in check_gpu().text


async def test_discord_is_asked_only_with_online(
    configured: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    headers: list[str] = []

    async def me(request: web.Request) -> web.Response:
        headers.append(request.headers["Authorization"])
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.json_response({"id": "42", "name": "Outcrop"}, status=200 if known else 401)

    application = web.Application()
    application.router.add_get("/me", me)
    async with TestServer(application) as server:
        monkeypatch.setattr(discord, "API", str(server.make_url("/me")))
        assert discord.check_token(configured(DISCORD_TOKEN=TOKEN)).status is Status.OK
        assert not headers
        [_, invite] = await discord.check_discord(configured(DISCORD_TOKEN=TOKEN))
        assert invite.text == invite_link(42)
        [refused] = await discord.check_discord(configured(DISCORD_TOKEN=TOKEN[:-1]))
        assert refused.status is Status.FAILED


def statuses(results: list[CheckResult]) -> list[Status]:
    return [result.status for result in results]
