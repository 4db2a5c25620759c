"""The address of the embedded server: where it listens, its port and its token."""

import errno
import os
import random
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bus.errors import ServerFailed

LOOPBACK = "127.0.0.1"

WILDCARD_HOSTS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, never bound here
"""Hosts that mean every interface of this machine."""

PORTS = range(20_000, 32_000)
"""Below the ephemeral ports of Linux (32768 and up), which an outgoing connection could take from us."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListenAddress:
    """Where the server listens for other machines, with the certificate and key (PEM files) of its TLS."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def connect_host(self) -> str:
        """The host that this machine itself connects to."""
        return LOOPBACK if self.host in WILDCARD_HOSTS else self.host


class Address(BaseModel):
    """Where the embedded server of one data folder listens, and the token that it asks for."""

    model_config = ConfigDict(frozen=True)

    port: int = Field(ge=1, le=65_535)
    token: str = Field(pattern=r"^[A-Za-z0-9_-]{20,}$", repr=False)
    host: str = LOOPBACK
    """By which this machine connects."""
    certificate: Path | None = None
    """Of the server, if it uses TLS."""

    @property
    def url(self) -> str:
        """The URL for a client, with the token."""
        if self.certificate is None:
            return f"nats://{self.token}@{self.host}:{self.port}"
        return f"tls://{self.token}@{self.host}:{self.port}?{urlencode({'pin': self.certificate})}"

    @classmethod
    def new(cls) -> Self:
        """Return an address with a free port and a new token."""
        return cls(port=_free_port(), token=secrets.token_urlsafe(24))

    def at(self, listen: ListenAddress | None) -> Self:
        """Return the same token at a listen address; None means this port on loopback."""
        if listen is None:
            return self.model_copy(update={"host": LOOPBACK, "certificate": None})
        return self.model_copy(
            update={"host": listen.connect_host, "port": listen.port, "certificate": listen.certificate}
        )

    def with_new_port(self) -> Self:
        """Return the same token at another free port."""
        return self.model_copy(update={"port": _free_port()})

    def is_free(self) -> bool:
        """Whether nothing else listens on the port."""
        return _is_free(self.port, self.host)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return the address in a file; None if there is no file, or it is damaged."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def write(self, path: Path) -> None:
        """Write the address to a file that only its owner may read."""
        write_private(path, self.model_dump_json(exclude_defaults=True))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, atomically: a crash leaves the old one or the new one."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _free_port() -> int:
    for port in random.sample(PORTS, 200):
        if _is_free(port):
            return port
    raise ServerFailed(f"No free port from {PORTS.start} to {PORTS.stop} on {LOOPBACK}. Stop another server.")


def _is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as nats-server does
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            return False
    return True
