"""Find the name of this machine's time zone."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")
"""On Linux and macOS a link to the zone's file in the time zone database."""


def local_timezone() -> str:
    """Return the name, such as Europe/Berlin; UTC where the machine does not say."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked()):
        try:
            return ZoneInfo(name).key
        except (ValueError, OSError, LookupError):
            continue
    return "UTC"


def _linked() -> str:
    return str(LOCALTIME.resolve()).partition("zoneinfo/")[2]
