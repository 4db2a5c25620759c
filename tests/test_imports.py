"""The import contracts of pyproject.toml break when they should, and know every package."""

import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]

NOT_PRODUCT = {"benchmarks", "docker", "docs", "tests"}

FORBIDDEN = {
    "bot.texts.result": "sqlalchemy",
    "bot.client": "alembic",
    "bus.jobs": "discord",
    "bus.event_log": "nats",
    "engine.worker": "sqlalchemy",
    "engine.models.profiles": "torch",
    "engine.planning.planner": "diffusers",
    "engine.imaging.mask": "transformers",
    "engine.errors": "nats",
    "options.errors": "bus.jobs",
    "outcrop.settings": "simcord",
    "pictures.geometry": "options.shift",
    "pictures.errors": "bot.errors",
    "migrations.env": "engine.errors",
}
"""What is planted in a copy, one import in a module."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what import-linter reports about a copy with forbidden imports and unplaced modules."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for module, imported in FORBIDDEN.items():
        path = copy.joinpath(*module.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        file.write_text(f"{file.read_text(encoding='utf-8')}\nimport {imported}\n", encoding="utf-8")
    for package in exhaustive():
        copy.joinpath(*package.split("."), "unplaced.py").write_text('"""Placed in no layer."""\n')
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=copy, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 1, run.stderr
    return run.stdout


def exhaustive() -> list[str]:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    return [
        container
        for contract in contracts
        if contract.get("exhaustive")
        for container in contract["containers"]
    ]


@pytest.mark.parametrize(("module", "imported"), FORBIDDEN.items())
def test_a_forbidden_import_breaks_a_contract(broken: str, module: str, imported: str) -> None:
    assert f"{module} -> {imported}" in broken


@pytest.mark.parametrize("package", exhaustive())
def test_a_new_module_must_be_given_a_layer(broken: str, package: str) -> None:
    assert f"{package}.unplaced" in broken


def test_every_top_level_folder_is_known_to_the_contracts() -> None:
    folders = {file.parent.relative_to(ROOT).parts[0] for file in ROOT.glob("*/*.py")}
    assert folders - NOT_PRODUCT == set(PACKAGES)


def test_no_top_level_folder_is_named_like_an_installed_package() -> None:
    installed = {
        name for name, distributions in packages_distributions().items() if set(distributions) != {"outcrop"}
    }
    assert not {*PACKAGES, *NOT_PRODUCT} & (installed | sys.stdlib_module_names)


def test_the_installed_packages_are_those_of_the_tree() -> None:
    tree = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
    }
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(tree)


@pytest.mark.parametrize("tool", ["ruff", "mypy"])
def test_tools_know_every_package(tool: str) -> None:
    known = {
        "ruff": PROJECT["tool"]["ruff"]["lint"]["isort"]["known-first-party"],
        "mypy": PROJECT["tool"]["mypy"]["packages"],
    }[tool]
    assert set(known) == {*PACKAGES, "tests", "benchmarks", "docs"}


@pytest.mark.parametrize("image", sorted((ROOT / "docker").glob("*.Dockerfile")), ids=lambda file: file.name)
def test_images_hold_every_package(image: Path) -> None:
    lines = image.read_text(encoding="utf-8").splitlines()
    assert {f"COPY {package} {package}" for package in PACKAGES} <= set(lines)
