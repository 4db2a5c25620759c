"""Read out of the bus's address what opens it."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from bus.errors import InvalidBusUrl

DEFAULT_PORT = 4222

INVALID_URL = (
    "The address of the bus is not of the form nats://TOKEN@host:port or nats://USER:PASSWORD@host:port, "
    "or with tls:// in place of nats://."
)

_FILES = ("ca", "pin", "credentials")
"""What may be named after the `?`, each a file: whom to trust, the one certificate to trust, who we are."""


def parse_bus_url(address: str) -> tuple[str, dict[str, Any]]:
    """Return the server's own URL, and the options by which nats-py opens it; raises InvalidBusUrl.

    `?ca=FILE` trusts the authorities in a PEM file beside those of the system, `?pin=FILE` trusts exactly the
    certificate in it whatever name that has, and `?credentials=FILE` is a NATS credentials file. What has a
    meaning in URLs is percent-encoded in user, password and token.
    """
    parts = urlsplit(address)
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
        options |= _by_file(name, Path(value).expanduser())
    return server, options


def _by_file(name: str, file: Path) -> dict[str, Any]:
    if name not in _FILES:
        raise InvalidBusUrl(
            f"The address of the bus has {name!r} after its `?`; it may have {', '.join(_FILES)}."
        )
    if not file.is_file():
        raise InvalidBusUrl(f"The address of the bus names {file} as {name}, and there is no such file.")
    if name == "credentials":
        return {"user_credentials": file}
    return {"tls": _trusting(file, pinned=name == "pin")}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _trusting(file: Path, *, pinned: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if pinned:
            context = ssl.create_default_context(cafile=file)
            context.check_hostname = False
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it need not be its own authority
        else:
            context.load_verify_locations(cafile=file)
    except ssl.SSLError as error:
        raise InvalidBusUrl(f"{file} is no certificate in PEM form.") from error
    return context
