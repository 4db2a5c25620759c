"""Parse the URL of the bus into a server and the credentials for it."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from bus.errors import InvalidBusUrl

DEFAULT_PORT = 4222

INVALID_URL = (
    "Invalid bus URL. Expected nats://TOKEN@host:port or nats://USER:PASSWORD@host:port, "
    "or tls:// in place of nats://."
)

_FILE_PARAMETERS = ("ca", "pin", "credentials")
"""Query parameters; each names a file: authorities to trust, one certificate to trust, NATS credentials."""


def parse_bus_url(url: str) -> tuple[str, dict[str, Any]]:
    """Return the server's own URL and nats-py's connect options; raises InvalidBusUrl.

    `?ca=FILE` trusts the authorities in a PEM file as well as the system's, `?pin=FILE` trusts exactly the
    certificate in it whatever name that has, and `?credentials=FILE` is a NATS credentials file. User,
    password and token are percent-encoded.
    """
    parts = urlsplit(url)
    try:
        server = f"{parts.scheme}://{_bracketed(parts.hostname or '')}:{parts.port or DEFAULT_PORT}"
    except ValueError as error:
        raise InvalidBusUrl(INVALID_URL) from error
    if parts.scheme not in ("nats", "tls") or not parts.hostname or parts.path.strip("/"):
        raise InvalidBusUrl(INVALID_URL)
    options: dict[str, Any] = {}
    if parts.password is not None:
        options |= {"user": unquote(parts.username or ""), "password": unquote(parts.password)}
    elif parts.username:
        options["token"] = unquote(parts.username)
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        options |= _file_option(name, Path(value).expanduser())
    return server, options


def _file_option(name: str, file: Path) -> dict[str, Any]:
    if name not in _FILE_PARAMETERS:
        raise InvalidBusUrl(
            f"Invalid bus URL: unknown parameter {name!r} after the `?`; "
            f"the known ones are {', '.join(_FILE_PARAMETERS)}."
        )
    if not file.is_file():
        raise InvalidBusUrl(f"Invalid bus URL: {name} is {file}, and there is no such file.")
    if name == "credentials":
        return {"user_credentials": file}
    return {"tls": _tls_context(file, pinned=name == "pin")}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host  # IPv6


def _tls_context(file: Path, *, pinned: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if pinned:
            context = ssl.create_default_context(cafile=file)
            context.check_hostname = False
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a pinned certificate need not be a root
        else:
            context.load_verify_locations(cafile=file)
    except ssl.SSLError as error:
        raise InvalidBusUrl(f"{file} is not a certificate in PEM format.") from error
    return context
