"""Look at this machine: Python and packages, data folder, history, GPU."""

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from engine.device import nvidia_gpus
from outcrop.data_dir import FolderUnusable, ensure_data_dir
from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.settings import Settings

OLDEST_PYTHON = (3, 11)

NAMED = ("outcrop", "discord.py", "nats-py", "SQLAlchemy", "pillow", "numpy")
"""Packages whose versions are worth a word in every report."""

ROOM = 2**30
"""Free bytes that the data folder should have: the bus stops writing when its disk is full."""


def check_python() -> CheckResult:
    """Return which Python and packages run."""
    missing = [name for name in _needed() if _version(name) is None]
    if sys.version_info < OLDEST_PYTHON:
        return failed("Python", f"{platform.python_version()} is too old; install 3.11 or newer.")
    if missing:
        return failed("Python", f"{', '.join(missing)} not installed; run: pip install outcrop")
    versions = " · ".join(f"{name} {_version(name)}" for name in NAMED)
    return passed("Python", f"{platform.python_version()} · {versions}")


def check_data_dir(settings: Settings) -> CheckResult:
    """Return whether the data folder can be written and has room."""
    try:
        folder = ensure_data_dir(settings.data)
    except FolderUnusable as unusable:
        return failed("Data", str(unusable))
    free = shutil.disk_usage(folder).free
    text = f"{folder} · {free / 2**30:.1f} GiB free"
    return passed("Data", text) if free >= ROOM else failed("Data", f"{text}; make room, 1 GiB at least.")


def check_history(settings: Settings) -> CheckResult:
    """Return whether the history has the newest schema."""
    file = settings.data.expanduser() / "history.sqlite"
    if not file.exists():
        return skipped("History", "none yet; the bot makes it at its first start.")
    from bot.errors import HistoryUnusable
    from bot.history.migration import newest_revision, read_revision

    try:
        found, newest = read_revision(file), newest_revision()
    except HistoryUnusable as error:
        return failed("History", f"{error} Move {file} away, or restore it from a copy.")
    if found == newest:
        return passed("History", f"schema {found}, the newest.")
    if found < newest:
        return skipped("History", f"schema {found}; the bot brings it to {newest} at its next start.")
    return failed(
        "History", f"schema {found} is newer than this Outcrop knows ({newest}); install the newer one."
    )


def check_gpu() -> CheckResult:
    """Return which GPU is there, and whether torch is."""
    torch = _version("torch")
    seen = f"torch {torch}" if torch else "torch is not installed (pip install 'outcrop[diffusion]')"
    gpus = nvidia_gpus()
    if not gpus:
        return skipped("GPU", f"no NVIDIA GPU seen · {seen} · the draft painter needs neither.")
    named = " · ".join(f"{gpu.name}, {gpu.free_memory / 2**30:.1f} GiB free" for gpu in gpus)
    return passed("GPU", f"{named} · {seen}") if torch else failed("GPU", f"{named} · {seen}")


def _needed() -> Iterator[str]:
    for requirement in requires("outcrop") or ():
        if "extra ==" not in requirement and (found := re.match(r"[\w.-]+", requirement)):
            yield found[0]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
