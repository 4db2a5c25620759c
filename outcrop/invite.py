"""Say how an engine on another machine joins the bus."""

import platform
from urllib.parse import urlsplit, urlunsplit

from bus.embedded.address import WILDCARD_HOSTS, ListenAddress

CERTIFICATE = "bus.pem"
"""What the bus's certificate is called where the engine runs."""


def engine_command(url: str, listen: ListenAddress | None) -> str:
    """Return what to do on the other machine; it holds what opens the bus.

    The URL is the one by which this machine connects; `listen` is where its own server listens, if any.
    """
    parts = urlsplit(url)
    if listen is None:
        return _line(url)
    host = platform.node() if listen.host in WILDCARD_HOSTS else listen.host
    key, _, _ = parts.netloc.rpartition("@")
    query = f"pin={CERTIFICATE}" if listen.certificate else ""
    copy = f"# first copy {listen.certificate} there, as {CERTIFICATE}\n" if listen.certificate else ""
    return copy + _line(urlunsplit((parts.scheme, f"{key}@{host}:{listen.port}", "", query, "")))


def _line(url: str) -> str:
    return f"OUTCROP_BUS_URL='{url}' outcrop engine\n"
