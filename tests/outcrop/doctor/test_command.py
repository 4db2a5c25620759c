"""`outcrop doctor`: a line for each look, and 1 where something must be mended."""

import asyncio
import os
import sqlite3
import subprocess
import sys
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

ROOT = Path(__file__).parents[3]

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"
"""In the form of a bot's token, for the application 123456789012345678; opens nothing."""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    monkeypatch.chdir(tmp_path)

    def configure(**settings: str) -> Settings:
        for name, value in {"DISCORD_TOKEN": "", "OUTCROP_DATA": str(tmp_path), **settings}.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return configure


def test_a_fresh_machine_is_well(configured: Callable[..., Settings], tmp_path: Path) -> None:
    configured(HF_HUB_CACHE=str(tmp_path / "no weights"))
    code, said = outcrop("doctor")
    assert code == 0
    assert [line[0] for line in said.splitlines()] == ["✓", "✓", "–", "–", "–", "–", "–", "–"]


def test_what_must_be_mended_ends_it_with_1(configured: Callable[..., Settings], tmp_path: Path) -> None:
    configured(DISCORD_TOKEN="not a token")
    (tmp_path / "history.sqlite").write_text("no database")
    code, said = outcrop("doctor")
    assert code == 1
    assert "✗ History" in said
    assert "✗ Token" in said
    assert "not a token" not in said


def test_every_package_that_it_needs_is_there() -> None:
    assert check_python().mark is Status.GOOD


def test_a_folder_that_cannot_be_written_is_named(
    configured: Callable[..., Settings], tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    found = check_data_dir(configured(OUTCROP_DATA=str(in_the_way)))
    assert found.mark is Status.BAD
    assert str(in_the_way) in found.text


@pytest.mark.parametrize(
    ("revision", "mark"),
    [("0000", Status.ASIDE), ("", Status.GOOD), ("9999", Status.BAD)],
    ids=["old", "newest", "newer"],
)
def test_the_schema_is_compared(
    revision: str, mark: Status, configured: Callable[..., Settings], tmp_path: Path
) -> None:
    file = tmp_path / "history.sqlite"
    upgrade(file)
    if revision:
        with closing(sqlite3.connect(file)) as history, history:
            history.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    assert check_history(configured()).mark is mark


async def test_engines_on_the_bus_are_named(configured: Callable[..., Settings], tmp_path: Path) -> None:
    there = Presence(
        engine="e1", name="attic", device="H100", free_memory=70 * 2**30, profiles=("sdxl-inpaint", "draft")
    )
    async with embedded_server(tmp_path) as url, Bus.connect(url, name="engine") as bus:
        settings = configured()
        assert marks(await check_bus(settings)) == [Status.GOOD, Status.BAD]
        async with asyncio.TaskGroup() as tasks:

            def answer() -> None:
                tasks.create_task(bus.notices.announce(there))

            await bus.notices.on_ping(answer)
            [_, engines] = await check_bus(settings)
    assert engines.text == "attic · H100, 70.0 GiB free · sdxl-inpaint, draft"


async def test_a_bus_that_does_not_answer_is_told_from_one_at_rest(
    configured: Callable[..., Settings], tmp_path: Path
) -> None:
    server = EmbeddedServer(tmp_path)
    url = await server.start()
    await server.stop()
    assert marks(await check_bus(configured())) == [Status.ASIDE, Status.ASIDE]
    assert marks(await check_bus(configured(OUTCROP_BUS_URL=url))) == [Status.BAD, Status.ASIDE]


def test_a_gpu_is_named_with_its_free_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA H100 80GB HBM3, 81559, 40960'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "NVIDIA H100 80GB HBM3, 40.0 GiB free" in check_gpu().text


async def test_discord_is_asked_only_when_told_to(
    configured: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def me(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        known = request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.json_response({"id": "42", "name": "Outcrop"}, status=200 if known else 401)

    application = web.Application()
    application.router.add_get("/me", me)
    async with TestServer(application) as server:
        monkeypatch.setattr(discord, "API", str(server.make_url("/me")))
        assert discord.check_token(configured(DISCORD_TOKEN=TOKEN)).mark is Status.GOOD
        assert not asked
        [_, invite] = await discord.check_discord(configured(DISCORD_TOKEN=TOKEN))
        assert invite.text == invite_link(42)
        [refused] = await discord.check_discord(configured(DISCORD_TOKEN=TOKEN[:-1]))
        assert refused.mark is Status.BAD


def test_the_invitation_asks_for_what_the_bot_needs(configured: Callable[..., Settings]) -> None:
    configured(DISCORD_TOKEN=TOKEN)
    code, link = outcrop("invite")
    assert code == 0
    assert "client_id=123456789012345678" in link
    assert "scope=bot+applications.commands" in link
    assert "permissions=274878008320" in link


def outcrop(command: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it said."""
    ran = subprocess.run(
        [sys.executable, "-m", "outcrop", command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )
    assert not ran.stderr
    return ran.returncode, ran.stdout


def marks(findings: list[CheckResult]) -> list[Status]:
    return [finding.mark for finding in findings]
