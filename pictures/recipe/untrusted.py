"""Read numbers, text and JSON from untrusted metadata."""

import json
import unicodedata
from typing import Any

MAX_TEXT_LENGTH = 10_000
"""Characters of a prompt or a name; text encoders read less than a tenth of them."""

_MAX_NUMBER_LENGTH = 40
"""Characters of a number written as text."""

_UNPRINTABLE = frozenset(("Cc", "Cs"))
"""Unicode categories: control characters, and lone surrogates, which UTF-8 cannot encode."""


def as_text(value: object) -> str | None:
    """Return a text without unprintable characters, cut to MAX_TEXT_LENGTH; None for anything else."""
    if not isinstance(value, str):
        return None
    lines = value[:MAX_TEXT_LENGTH].replace("\r\n", "\n").replace("\t", " ")
    return "".join(char for char in lines if char == "\n" or _is_printable(char)).strip() or None


def as_number(value: object, lowest: float, highest: float) -> float | None:
    """Return a number in this range, given as a number or as text; None for anything else, NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value[:_MAX_NUMBER_LENGTH] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if lowest <= number <= highest else None


def as_int(value: object, lowest: int, highest: int) -> int | None:
    """Return an integer in this range, exactly, given as a number (also 20.0) or as text; None otherwise."""
    if isinstance(value, str):
        try:
            value = int(value[:_MAX_NUMBER_LENGTH])
        except ValueError:
            return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if lowest <= value <= highest else None


def json_object(text: str | None) -> dict[str, Any] | None:
    """Return a JSON object; None for any other text, and for one nested too deeply to parse."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def get_path(value: object, *names: str) -> object:
    """Return the value at a path of keys through nested objects; None if there is none."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _is_printable(char: str) -> bool:
    return unicodedata.category(char) not in _UNPRINTABLE
