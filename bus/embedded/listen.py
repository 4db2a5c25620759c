"""Where the embedded server listens when it is opened to other machines."""

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True, kw_only=True, slots=True)
class ListenAddress:
    """An address of this machine, and the certificate and key (PEM files) that TLS is spoken with."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def nearby(self) -> str:
        """The host by which this machine itself connects."""
        return LOOPBACK if self.host in EVERYWHERE else self.host
