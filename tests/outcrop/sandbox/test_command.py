"""`outcrop sandbox`: its folder, its port, and what it says when something is missing."""

import re
from pathlib import Path

import pytest

from bus.embedded.address import Address
from outcrop.data_dir import exclusive_lock
from outcrop.errors import DataDirUnusable
from outcrop.sandbox import command
from outcrop.sandbox.command import delete_contents, open_sandbox
from outcrop.sandbox.local_timezone import local_timezone
from outcrop.settings import read_settings
from tests.outcrop.sandbox.process import SandboxProcess


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTCROP_DATA", str(tmp_path))
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


async def test_its_history_outlives_it_until_it_is_reset(tmp_path: Path) -> None:
    async with SandboxProcess.opened(tmp_path) as first:
        kept = Address.read(first.folder / "nats.json")
        assert (first.folder / "history.sqlite").exists()
        assert await first.stop() == 0
    async with SandboxProcess.opened(tmp_path) as second:
        assert Address.read(second.folder / "nats.json") == kept
    async with SandboxProcess.opened(tmp_path, "sandbox", "--port", "0", "--reset") as third:
        assert Address.read(third.folder / "nats.json") != kept


async def test_a_second_one_prints_the_address_of_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SandboxProcess.opened(tmp_path) as sandbox:
        for file in ("page-secret", "page-url"):
            assert (sandbox.folder / file).stat().st_mode & 0o777 == 0o600
        monkeypatch.setenv("OUTCROP_DATA", str(sandbox.folder.parent))
        assert open_sandbox(read_settings(), port=0) == 0
        assert capsys.readouterr().out == f"The sandbox is already running at {sandbox.url}\n"


async def test_up_without_a_token_opens_it(tmp_path: Path) -> None:
    async with SandboxProcess.opened(tmp_path, "up") as sandbox:
        assert re.match(r"http://127\.0\.0\.1:\d+/#", sandbox.url)
        assert await sandbox.stop() == 0


def test_reset_leaves_nothing_but_the_lock(tmp_path: Path) -> None:
    (tmp_path / "nats").mkdir()
    (tmp_path / "nats" / "store").write_text("messages")
    (tmp_path / "history.sqlite").write_text("rows")
    with exclusive_lock(tmp_path, "sandbox"):
        delete_contents(tmp_path)
        assert [left.name for left in tmp_path.iterdir()] == ["sandbox.lock"]


def test_a_second_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    with (
        exclusive_lock(folder, "sandbox"),
        pytest.raises(DataDirUnusable, match="`outcrop sandbox` is already running"),
    ):
        open_sandbox(read_settings(), port=0)


def test_without_its_packages_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "is_installed", lambda: False)
    assert open_sandbox(read_settings(), port=0) == 78
    assert "--editable '.[sandbox]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "zone"), [("Europe/Berlin", "Europe/Berlin"), (":Asia/Tokyo", "Asia/Tokyo")]
)
def test_the_page_shows_the_time_on_the_wall(said: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", said)
    assert local_timezone() == zone
