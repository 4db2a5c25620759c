"""Many pictures, one painter, in this process."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pictures.encode import encode_png
from pictures.picture import Picture
from tests.outcrop.fix.test_command import PATIENCE, png, run
from tests.pictures.files import noise

__all__ = ["png"]


@pytest.fixture
def folder(tmp_path: Path, png: bytes) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.png", "d.png"):
        (folder / name).write_bytes(png)
    return folder


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_goes_in_and_its_results_come_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(folder, "-c", "top", "64", "-S", "1", "-o", f"{out}/") == 0
    assert written(out) == ["a.1.outcrop.png", "b.1.outcrop.png", "d.1.outcrop.png"]
    said = capsys.readouterr()
    assert said.out.count("seed 1") == 3
    assert [line for line in said.err.splitlines() if line.startswith("painting")] == [
        "painting a.png (1 of 3)", "painting b.png (2 of 3)", "painting d.png (3 of 3)",
    ]  # fmt: skip
    assert said.err.count("Draft quality") == 1, "a note about all pictures is printed once"


def test_without_a_place_each_result_lies_beside_its_picture_and_is_none_itself(folder: Path) -> None:
    for _ in range(2):
        assert run(folder, "-c", "top", "1", "--exact", "-S", "1") == 0
    assert written(folder) == sorted(
        name
        for each in "abd"
        for name in (f"{each}.png", f"{each}.1.outcrop.png", f"{each}.1.outcrop-01.png")
    )


def test_a_pattern_in_quotes_is_understood(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder / "[ab].png", "-c", "top", "1", "--exact", "--json") == 0
    paths = [json.loads(line)["path"] for line in capsys.readouterr().out.splitlines()]
    assert [Path(path).name[0] for path in paths] == ["a", "b"]


def test_one_bad_picture_does_not_hold_up_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.png").write_bytes(b"only words")
    assert run(folder, "-c", "top", "1", "--exact", "--json") == 1
    said = capsys.readouterr()
    assert [Path(json.loads(line)["path"]).name[0] for line in said.out.splitlines()] == ["a", "b", "d"]
    assert f"outcrop fix: {folder / 'c.png'}: " in said.err
    assert said.err.endswith("1 of 4 pictures failed.\n")


def test_one_file_is_no_place_for_many_results(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "-c", "top", "64", "-o", tmp_path / "one.png") == 2
    assert "one.png is one file, but there are 3 pictures; name a folder" in capsys.readouterr().err


def test_an_unknown_model_is_said_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "-c", "top", "64", "--model", "oil") == 1
    assert capsys.readouterr().err.count("no painter called 'oil'") == 1


@pytest.mark.parametrize(
    "options", [("-c", "top", "1"), ("-D", "top"), ("-D", "top", "9"), ("--outcrop", "left", "2")]
)
def test_pictures_may_stand_behind_the_sides(folder: Path, options: tuple[str, ...]) -> None:
    assert run("--exact", "-S", "1", *options, folder / "a.png", folder / "b.png") == 0
    assert written(folder) == ["a.1.outcrop.png", "a.png", "b.1.outcrop.png", "b.png", "d.png"]


def test_a_terminal_gets_one_bar_over_all(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encode_png(Picture(pixels=noise(40, 40))))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "outcrop", "fix", tmp_path, "-c", "top", "64", "-o", f"{tmp_path}/out/"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(theirs)
        process.communicate(timeout=PATIENCE)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:
        pass  # Linux says so when the other end is closed
    os.close(ours)
    assert process.returncode == 0
    assert b"painting b.png (2 of 2)" in shown
    assert b"100%" in shown
