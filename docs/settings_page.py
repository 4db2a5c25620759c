"""Write the page of settings from the class that reads them."""

import ast
import inspect
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from outcrop.settings import Settings

SETTINGS_PAGE = Path(__file__).with_name("settings.md")

HEAD = """\
# Settings

<!-- Written by `python -m docs.settings_page` from outcrop/settings.py; change it there. -->

From the environment, or from a file named `.env` in the folder where a command runs; the environment
takes precedence. An empty value counts as none.

| setting | default | values | meaning |
|---|---|---|---|
"""

FOOT = """
The forms of a bus URL, and how to open the embedded bus to other machines, are in
[Deployment](deployment.md#engines-on-other-machines); models are in [Models](models.md).
"""

WORDS = {
    "bool": "yes or no",
    "Path": "a path",
    "int": "a number",
    "float": "a number",
    "str": "text",
    "SecretStr": "text",
}
"""What people call the types."""


def settings_page() -> str:
    """Return the page, one row for each setting in the order of the class."""
    meanings = _docstrings()
    rows = [
        f"| `{env_name(name)}` | {_default(field)} | {_values(field)} | {meanings[name]} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "".join(rows) + FOOT


def env_name(name: str) -> str:
    """Return the environment variable of a field of Settings."""
    return str(Settings.model_fields[name].validation_alias or f"OUTCROP_{name.upper()}")


def _default(field: FieldInfo) -> str:
    match field.default:
        case None:
            return "–"
        case bool():
            return "`yes`" if field.default else "`no`"
        case _:
            return f"`{field.default}`"


def _values(field: FieldInfo) -> str:
    kinds = [kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind is not NoneType]
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    bounds: dict[type, Any] = {type(bound): bound for bound in field.metadata}
    if Ge in bounds and Le in bounds:
        return f"{bounds[Ge].ge:,} to {bounds[Le].le:,}"
    if Gt in bounds:
        return f"more than {bounds[Gt].gt:,}"
    if any(hasattr(bound, "pattern") for bound in field.metadata):
        return "`host:port`"
    kind = get_args(kinds[0])[0] if get_origin(kinds[0]) is Annotated else kinds[0]
    return WORDS[kind.__name__]


def _docstrings() -> dict[str, str]:
    """Return the docstring under each field, on one line."""
    tree = ast.parse(Path(inspect.getfile(Settings)).read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    found = {}
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(docstring))):
                found[name] = " ".join(docstring.split())
            case _:
                pass
    return found


if __name__ == "__main__":
    SETTINGS_PAGE.write_text(settings_page(), encoding="utf-8")
