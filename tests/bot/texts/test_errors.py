"""Sentences for channels keep up with the errors that they reword."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.texts.errors import WORDING, in_channel
from options.errors import UserError

ROOT = Path(__file__).parents[3]
PACKAGES = ("bot", "options", "pictures", "engine")


def raised() -> Iterator[tuple[str, set[str]]]:
    """Yield the code and the names of the values of every call with a `code=`."""
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    arguments = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                    code = arguments.pop("code", None)
                    if isinstance(code, ast.Constant):
                        yield str(code.value), set(arguments)


@pytest.mark.parametrize("code", WORDING)
def test_a_rewording_is_for_an_error_that_is_raised_with_its_values(code: str) -> None:
    values = [names for raised_code, names in raised() if raised_code == code]
    assert values, f"nothing raises {code}"
    placeholders = {name for _, name, _, _ in string.Formatter().parse(WORDING[code]) if name}
    assert all(placeholders <= names for names in values)


def test_an_error_is_reworded_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.texts.errors.WORDING", {"wrong_steps": "At most {limit:,} steps, please."})
    assert in_channel(UserError("steps <= {limit}", code="wrong_steps", limit=1500)) == (
        "At most 1,500 steps, please."
    )
    assert in_channel(UserError("steps <= {limit}", code="another", limit=1500)) == "steps <= 1500"
