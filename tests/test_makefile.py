"""Which Python the Makefile takes, and when it makes the environment again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FAKE = '''#!{python} -I
"""A Python of another version, as far as the Makefile can tell."""
import pathlib, shutil, sys
sys.version_info, sys.version, sys.base_prefix = {version}, "{version}", "/opt/{version}"
match sys.argv[1:]:
    case ["-c", code]:
        if not {has_ensurepip}:
            sys.modules["ensurepip"] = None
        exec(code)
    case ["-m", "venv", "--clear", folder]:
        shutil.rmtree(folder, ignore_errors=True)
        (bin := pathlib.Path(folder, "bin")).mkdir(parents=True)
        shutil.copy(__file__, bin / "python")
        pathlib.Path(folder, "pyvenv.cfg").touch()
    case ["-m", "pip", *arguments]:
        with open("pip.log", "a") as log:
            print({version}, *arguments, file=log)
        sys.exit(pathlib.Path("offline").exists())
'''


class Machine:
    """A checkout on a machine with no Pythons but those that are installed on it here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "path"
        self._path.mkdir()
        for tool in ("awk", "env", "touch"):
            (self._path / tool).symlink_to(shutil.which(tool) or tool)
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder)

    def install(self, name: str, version: tuple[int, int, int], *, has_ensurepip: bool = True) -> Path:
        file = self._path / name
        file.write_text(
            FAKE.format(python=sys.executable, version=version, has_ensurepip=has_ensurepip), encoding="utf-8"
        )
        file.chmod(0o755)
        return file

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        make = shutil.which("make")
        assert make
        return subprocess.run(
            [make, *arguments],
            cwd=self._folder,
            env={"PATH": str(self._path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def go_offline(self) -> None:
        (self._folder / "offline").touch()

    def go_online(self) -> None:
        (self._folder / "offline").unlink()

    @property
    def installations(self) -> list[str]:
        log = self._folder / "pip.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def chosen(self, *arguments: str) -> str:
        """Return the version whose pip installed the product, run by run."""
        result = self.make(".venv/product", *arguments)
        assert result.returncode == 0, result.stderr
        return self.installations[-1].partition(")")[0] + ")"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_newest_suitable_python_is_taken(machine: Machine) -> None:
    machine.install("python3.15", (3, 15, 0))
    machine.install("python3.13", (3, 13, 2))
    machine.install("python3.12", (3, 12, 9))
    machine.install("python3", (3, 10, 12))
    assert machine.chosen() == "(3, 13, 2)"


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 0), (3, 14, 3)])
def test_the_plain_python_is_taken_if_it_is_suitable(machine: Machine, version: tuple[int, int, int]) -> None:
    machine.install("python3", version)
    assert machine.chosen() == str(version)


def test_a_python_that_cannot_make_environments_is_passed_over(machine: Machine) -> None:
    machine.install("python3.13", (3, 13, 2), has_ensurepip=False)
    machine.install("python3.11", (3, 11, 2))
    assert machine.chosen() == "(3, 11, 2)"


def test_a_command_that_only_stands_for_a_python_is_passed_over(machine: Machine) -> None:
    machine.install("python3.13", (3, 13, 2)).write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    machine.install("python3", (3, 12, 2))
    assert machine.chosen() == "(3, 12, 2)"


@pytest.mark.parametrize("version", [(3, 10, 12), (3, 15, 0)])
def test_one_sentence_says_what_to_install(machine: Machine, version: tuple[int, int, int]) -> None:
    machine.install("python3", version)
    result = machine.make("run")
    assert result.returncode
    assert "Outcrop needs Python 3.11, 3.12, 3.13 or 3.14" in result.stderr
    assert machine.installations == []


def test_a_named_python_must_be_suitable_too(machine: Machine) -> None:
    machine.install("python3.10", (3, 10, 12))
    machine.install("python3.12", (3, 12, 1))
    assert "Outcrop needs" in machine.make("run", "PYTHON=python3.10").stderr


def test_a_named_python_has_the_say(machine: Machine) -> None:
    machine.install("python3.13", (3, 13, 2))
    machine.install("python3.12", (3, 12, 1))
    assert machine.chosen("PYTHON=python3.12") == "(3, 12, 1)"


def test_a_complete_environment_is_kept(machine: Machine) -> None:
    machine.install("python3.12", (3, 12, 1))
    assert machine.chosen() == "(3, 12, 1)"
    machine.install("python3.13", (3, 13, 2))
    assert machine.chosen() == "(3, 12, 1)"
    assert machine.chosen("PYTHON=python3.12") == "(3, 12, 1)"
    assert len(machine.installations) == 1


def test_an_environment_of_another_python_is_made_again(machine: Machine) -> None:
    machine.install("python3.12", (3, 12, 1))
    machine.install("python3.13", (3, 13, 2))
    assert machine.chosen("PYTHON=python3.12") == "(3, 12, 1)"
    assert machine.chosen("PYTHON=python3.13") == "(3, 13, 2)"


def test_an_environment_of_an_unsuitable_python_is_made_again(machine: Machine, tmp_path: Path) -> None:
    old = machine.install("python3.10", (3, 10, 12))
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(old, tmp_path / ".venv" / "bin" / "python")
    for stamp in ("pyvenv.cfg", "product"):
        (tmp_path / ".venv" / stamp).touch()
    machine.install("python3.12", (3, 12, 1))
    assert machine.chosen() == "(3, 12, 1)"


def test_a_half_made_environment_is_made_again(machine: Machine) -> None:
    machine.install("python3.12", (3, 12, 1))
    machine.go_offline()
    assert machine.make(".venv/product").returncode
    machine.install("python3.13", (3, 13, 2))
    machine.go_online()
    assert machine.chosen() == "(3, 13, 2)"


def test_new_constraints_are_installed_into_the_same_environment(machine: Machine, tmp_path: Path) -> None:
    machine.install("python3.12", (3, 12, 1))
    assert machine.chosen() == "(3, 12, 1)"
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    machine.install("python3.13", (3, 13, 2))
    assert machine.chosen() == "(3, 12, 1)"
    assert len(machine.installations) == 2


def test_the_first_installation_announces_itself(machine: Machine) -> None:
    machine.install("python3.12", (3, 12, 1))
    assert "Installing Outcrop into .venv, about a minute…" in machine.make(".venv/product").stdout


def test_pytorch_comes_without_cuda_where_there_is_no_gpu(machine: Machine) -> None:
    machine.install("python3.12", (3, 12, 1))
    assert machine.make(".venv/developer").returncode == 0
    torch = [line for line in machine.installations if line.endswith(" torch")]
    assert len(torch) == 1
    assert "--no-deps" in torch[0]


def test_pytorch_comes_from_the_ordinary_index_where_there_is_a_gpu(machine: Machine) -> None:
    machine.install("python3.12", (3, 12, 1))
    machine.install("nvidia-smi", (3, 12, 1))
    assert machine.make(".venv/developer").returncode == 0
    assert not [line for line in machine.installations if line.endswith(" torch")]


def test_help_lists_every_target(machine: Machine) -> None:
    listed = machine.make("help").stdout
    for target in ("run", "check", "test", "test-short", "bench", "bench-gpu", "format"):
        assert f"  make {target} " in listed
