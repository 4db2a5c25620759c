"""What a row of the option table says, and what follows from it with the request's fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, Flag, StrEnum, auto
from types import NoneType
from typing import Any, get_args

from options.request import PaintRequest
from pictures.recipe.settings import MaxLength, Range

PAINT_COMMANDS = ("outcrop", "outpaint", "shift")
"""The slash commands that paint."""


class Where(Flag):
    """Ways to give an option."""

    SLASH = auto()
    TEXT = auto()
    """Words in a message to the bot, or in the last field of the Outcrop… form."""
    COMMAND_LINE = auto()


EVERYWHERE = Where.SLASH | Where.TEXT | Where.COMMAND_LINE


class Group(StrEnum):
    """What options are about: a heading each in `outcrop fix --help` and in docs/options.md."""

    FRAME = "how to extend the frame"
    INSIDE = "what to paint inside the picture"
    SETTINGS = "how to paint"
    OUTPUT = "what to write"


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One row."""

    name: str
    """The word for it in slash commands and messages."""
    group: Group
    help: str
    """What it does, in a few words: Discord shows 100 characters, the default among them."""
    example: str = ""
    """A value for it, as people write it."""
    metavar: str = "N"
    """What its value is, in `outcrop fix --help`."""
    default: str = ""
    """What counts where it is left out, in words."""
    cli_default: str = ""
    """The same on the command line, where that differs."""
    absent: object = None
    """The value that it has where it is left out."""
    switches: tuple[str, ...] = ()
    """Of `outcrop fix`, InvokeAI's among them; the short ones work in messages, too. Else it is the name."""
    aliases: tuple[str, ...] = ()
    """Other words for it in messages."""
    word: str | None = None
    """What a switch becomes in a message, if not the name."""
    invokeai: str = ""
    """What InvokeAI 2.3 calls it."""
    where: Where = EVERYWHERE
    commands: tuple[str, ...] = PAINT_COMMANDS
    """The slash commands that have it: Discord allows each 25 options."""
    field: str = ""
    """The field of PaintRequest, if it has another name."""
    negatable: bool = False
    """Whether it can also be switched off: `guide off`, `--no-guide`."""
    kind: Any = None
    """The type of its value, where that is not a field of PaintRequest."""
    bounds: Range | None = None
    """The bounds of its value, where that is not a field of PaintRequest."""
    choices: Sequence[str] = ()
    """The values that a text may have, under any of their names."""
    length: tuple[int, int] | None = None
    """The fewest and most characters that Discord lets people type."""

    @property
    def target(self) -> str:
        """The field of PaintRequest that its value goes into."""
        return self.field or self.name

    @property
    def summary(self) -> str:
        """What it does, with its default."""
        return f"{self.help} (default: {self.default})" if self.default else self.help


@dataclass(frozen=True, slots=True)
class OptionTable:
    """The rows, with the request whose fields they fill."""

    request: type[PaintRequest]
    rows: Sequence[Option]

    def __iter__(self) -> Iterator[Option]:
        return iter(self.rows)

    def __getitem__(self, name: str) -> Option:
        return next(option for option in self.rows if option.name == name)

    def given_in(self, where: Where) -> Iterator[Option]:
        """Yield the options that can be given in some way."""
        return (option for option in self.rows if where in option.where)

    def kind(self, option: Option) -> Any:
        """Return the type of an option's value: int, float, bool, str, an enum, or what its row says."""
        if option.kind is not None:
            return option.kind
        # Most fields are written `int | None`, and the type of a value is the other one.
        annotation = self.request.model_fields[option.target].annotation
        return next((kind for kind in get_args(annotation) if kind is not NoneType), annotation)

    def bounds(self, option: Option) -> Range | MaxLength | None:
        """Return what an option's value may be; None where its type says it all."""
        return option.bounds or self.request.limits().get(option.target)

    def values(self, option: Option) -> str:
        """Return in words what an option's value may be; empty where anything goes."""
        kind, bounds = self.kind(option), self.bounds(option)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return ", ".join(kind)
        if option.choices:
            return ", ".join(option.choices)
        return "" if bounds is None else str(bounds)
