"""The secret of the sandbox page, kept between runs, and the page's URL while it is open."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bus.embedded.address import write_private

SECRET_FILE, URL_FILE = "page-secret", "page-url"
"""In the sandbox's data folder; only its owner may read them, as whoever has the secret can use the page."""


def page_secret(folder: Path) -> str:
    """Return the secret of the page's URL; kept, so that an open tab survives a restart of the sandbox."""
    file = folder / SECRET_FILE
    secret = file.read_text(encoding="ascii", errors="replace") if file.exists() else ""
    if not re.fullmatch(r"[\w-]{32,}", secret, re.ASCII):
        secret = secrets.token_urlsafe(32)
        write_private(file, secret)
    return secret


@contextmanager
def published_url(folder: Path, url: str) -> Iterator[None]:
    """Let `running_url` return the URL meanwhile."""
    write_private(folder / URL_FILE, url)
    try:
        yield
    finally:
        clear_url(folder)


def clear_url(folder: Path) -> None:
    """Delete the URL that a killed process has left."""
    (folder / URL_FILE).unlink(missing_ok=True)


def running_url(folder: Path) -> str | None:
    """Return the URL of the page that another process has open; None if it is not open yet."""
    try:
        return (folder / URL_FILE).read_text(encoding="ascii")
    except FileNotFoundError:
        return None
