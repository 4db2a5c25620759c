"""Take numbers, words and JSON from a text that nobody vouches for."""

import json
import unicodedata
from typing import Any

LONGEST_WORDS = 10_000
"""Characters of a prompt or a name; no text encoder reads a tenth of them."""

_LONGEST_NUMBER = 40
"""Characters of a number in words."""

_NEVER_SHOWN = frozenset(("Cc", "Cs"))
"""Control characters, and halves of surrogate pairs, which no file can take."""


def as_text(value: object) -> str | None:
    """Return a text without what cannot be shown, cut to LONGEST_WORDS; None where there is none."""
    if not isinstance(value, str):
        return None
    lines = value[:LONGEST_WORDS].replace("\r\n", "\n").replace("\t", " ")
    return "".join(char for char in lines if char == "\n" or _shown(char)).strip() or None


def as_number(value: object, lowest: float, highest: float) -> float | None:
    """Return a number in this range, which may come in words; None otherwise, for NaN as well."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value[:_LONGEST_NUMBER] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if lowest <= found <= highest else None


def as_int(value: object, lowest: int, highest: int) -> int | None:
    """Return a whole number in this range, every digit of it; it may come in words or as 20.0."""
    if isinstance(value, str):
        try:
            value = int(value[:_LONGEST_NUMBER])
        except ValueError:
            return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if lowest <= value <= highest else None


def json_object(text: str | None) -> dict[str, Any] | None:
    """Return a JSON object; None for any other text, and for one nested too deeply to be read."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def get_path(value: object, *names: str) -> object:
    """Return what lies under these names, one inside the other; None where the way ends."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _shown(char: str) -> bool:
    return unicodedata.category(char) not in _NEVER_SHOWN
