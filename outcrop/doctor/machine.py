"""Check this machine: Python and packages, data folder, history, GPU."""

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from engine.device import nvidia_gpus
from outcrop.data_dir import ensure_data_dir
from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.errors import INSTALL, DataDirUnusable
from outcrop.settings import Settings

MIN_PYTHON = (3, 11)

REPORTED_PACKAGES = ("outcrop", "discord.py", "nats-py", "SQLAlchemy", "pillow", "numpy")
"""Packages whose versions are printed: the first that one asks for in a bug report."""

MIN_FREE_BYTES = 2**30
"""Free bytes that the data folder should have: the bus stops accepting messages when its disk is full."""


def check_python() -> CheckResult:
    """Check the version of Python and that every required package is installed."""
    if sys.version_info < MIN_PYTHON:
        return failed("Python", f"{platform.python_version()} is too old; install 3.11 or newer.")
    missing = [name for name in _required_packages() if _installed_version(name) is None]
    if missing:
        command = INSTALL.format(extra="sandbox")
        return failed("Python", f"{', '.join(missing)} not installed; run `{command}`.")
    versions = " · ".join(f"{name} {_installed_version(name)}" for name in REPORTED_PACKAGES)
    return passed("Python", f"{platform.python_version()} · {versions}")


def check_data_dir(settings: Settings) -> CheckResult:
    """Check that the data folder can be written and has room."""
    try:
        folder = ensure_data_dir(settings.data)
    except DataDirUnusable as error:
        return failed("Data", str(error))
    free = shutil.disk_usage(folder).free
    text = f"{folder} · {free / 2**30:.1f} GiB free"
    return (
        passed("Data", text)
        if free >= MIN_FREE_BYTES
        else failed("Data", f"{text}; free at least {MIN_FREE_BYTES / 2**30:g} GiB.")
    )


def check_history(settings: Settings) -> CheckResult:
    """Check the schema of the history database."""
    file = settings.data.expanduser() / "history.sqlite"
    if not file.exists():
        return skipped("History", "none yet; the bot creates it when it first starts.")
    from bot.errors import HistoryUnusable
    from bot.history.migration import newest_revision, read_revision

    try:
        current, newest = read_revision(file), newest_revision()
    except HistoryUnusable as error:
        return failed("History", f"{error} Move {file} away, or restore it from a backup.")
    if current == newest:
        return passed("History", f"schema {current}, the newest.")
    if current < newest:
        return skipped("History", f"schema {current}; the bot upgrades it to {newest} when it next starts.")
    return failed(
        "History", f"schema {current} is newer than this version’s ({newest}); install a newer Outcrop."
    )


def check_gpu() -> CheckResult:
    """Check for a GPU, and for PyTorch to use it."""
    torch = _installed_version("torch")
    text = f"torch {torch}" if torch else f"torch is not installed; run `{INSTALL.format(extra='diffusion')}`"
    gpus = nvidia_gpus()
    if not gpus:
        return skipped("GPU", f"no NVIDIA GPU found · {text} · the draft painter needs neither.")
    names = " · ".join(f"{gpu.name}, {gpu.free_memory / 2**30:.1f} GiB free" for gpu in gpus)
    return passed("GPU", f"{names} · {text}") if torch else failed("GPU", f"{names} · {text}")


def _required_packages() -> Iterator[str]:
    for requirement in requires("outcrop") or ():
        # The requirement of an extra has a marker, as in `torch; extra == "diffusion"`.
        if "extra ==" not in requirement and (match := re.match(r"[\w.-]+", requirement)):
            yield match[0]


def _installed_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
