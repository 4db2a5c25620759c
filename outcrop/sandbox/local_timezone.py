"""The IANA name of this machine's time zone."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALTIME = Path("/etc/localtime")
"""On Linux and macOS, a link to the zone's file in the time zone database."""


def local_timezone() -> str:
    """Return the name, such as Europe/Berlin; UTC if it cannot be determined."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked_zone()):
        try:
            return ZoneInfo(name).key
        except (ValueError, OSError, LookupError):
            continue
    return "UTC"


def _linked_zone() -> str:
    return str(LOCALTIME.resolve()).partition("zoneinfo/")[2]
