"""What a command does when nobody reads on, as after `| head -1`."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.embedded.server import embedded_server
from outcrop.broken_pipe import exit_on_broken_pipe
from outcrop.exit_codes import BROKEN_PIPE
from pictures.encode import encode_png
from pictures.geometry import Outcrop
from pictures.picture import Picture
from tests.bot.backend import run_engine
from tests.engine.pictures import recipe
from tests.outcrop.fix.test_command import photo, png
from tests.pictures.files import noise

__all__ = ["photo", "png"]

RESULT = "result.png"
"""Stands for the path of a picture with a recipe."""


@pytest.fixture
def closed() -> Iterator[int]:
    """Give a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def outcrop(
    *words: str | Path, data: Path, out: int, unbuffered: str = "", stderr: int = subprocess.PIPE
) -> tuple[int, str]:
    """Run a command that prints into a pipe; return its exit code and what it complained about."""
    environment = os.environ | {"OUTCROP_DATA": str(data), "PYTHONUNBUFFERED": unbuffered}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "outcrop", *map(str, words)],
        stdout=out, stderr=stderr, env=environment, timeout=60, check=False, text=True,
    )  # fmt: skip
    return ran.returncode, ran.stderr or ""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words", [("recipe", RESULT), ("recipe", RESULT, "--json"), ("models",), ("doctor",)], ids=" ".join
)
def test_a_command_ends_quietly(words: tuple[str, ...], unbuffered: str, closed: int, tmp_path: Path) -> None:
    result = tmp_path / RESULT
    result.write_bytes(encode_png(Picture(pixels=noise(8, 8)), recipe(Outcrop(top=4))))
    arguments = [result if word == RESULT else word for word in words]
    assert outcrop(*arguments, data=tmp_path, out=closed, unbuffered=unbuffered) == (BROKEN_PIPE, "")


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("fix", "--help")], ids=" ".join)
def test_help_ends_quietly(words: tuple[str, ...], closed: int, tmp_path: Path) -> None:
    assert outcrop(*words, data=tmp_path, out=closed) == (BROKEN_PIPE, "")


def test_complaints_may_go_into_the_same_pipe(closed: int, tmp_path: Path) -> None:
    assert outcrop("recipe", tmp_path / "none", data=tmp_path, out=closed, stderr=closed) == (
        BROKEN_PIPE,
        "",
    )


def test_what_is_painted_already_stays(photo: Path, closed: int, tmp_path: Path) -> None:
    words = ("fix", photo, "-c", "top", "8", "--exact", "-n", "2", "-S", "3", "-o", f"{tmp_path}/out/")
    code, said = outcrop(*words, data=tmp_path, out=closed)
    assert code == BROKEN_PIPE
    assert "pipe" not in said
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["photo.3.outcrop.png"]


async def test_jobs_on_a_bus_end_as_quietly(photo: Path, closed: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    words = ("fix", photo, "-c", "top", "8", "--exact", "--jobs", "-o", f"{tmp_path}/out/")
    async with embedded_server(data), run_engine(data):
        code, said = await asyncio.to_thread(outcrop, *words, data=data, out=closed)
    assert code == BROKEN_PIPE
    assert "Traceback" not in said


def test_another_broken_pipe_is_a_failure_like_any_other(closed: int) -> None:
    with pytest.raises(BrokenPipeError), exit_on_broken_pipe():
        os.write(closed, b"to a process of ours")


def program(body: str, *, out: int | None) -> tuple[int, str]:
    """Run some lines in our care; return the exit code and what is said on standard error."""
    lines = (
        "import socket\n"
        "from outcrop.broken_pipe import exit_on_broken_pipe\n"
        f"with exit_on_broken_pipe():\n    {body}"
    )
    ran = subprocess.run(
        [sys.executable, "-c", lines],
        stdout=out, stderr=subprocess.PIPE, timeout=60, check=False, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        preexec_fn=(lambda: os.close(1)) if out is None else None,
    )  # fmt: skip
    return ran.returncode, ran.stderr


def test_a_worse_error_is_told_all_the_same(closed: int) -> None:
    code, said = program("print('so far so good'); raise RuntimeError('then not')", out=closed)
    assert code == 1
    assert "RuntimeError: then not" in said
    assert "BrokenPipe" not in said


def test_without_any_standard_output_a_broken_connection_is_still_told() -> None:
    broken = "one, other = socket.socketpair(); other.close(); one.send(b'hello')"
    code, said = program(broken, out=None)
    assert code == 1
    assert "BrokenPipeError" in said
