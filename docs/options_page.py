"""Write the page of options from the option table."""

from pathlib import Path

from options.option import PAINT_COMMANDS, Group, Option, Where
from options.table import OPTIONS

OPTIONS_PAGE = Path(__file__).with_name("options.md")

HEAD = """\
# Options

<!-- Written by `make docs` from options/table.py; change it there. -->

What you leave out comes from the picture's own recipe, or else is the default. A message is a reply to the
bot, a mention of it, or the last field of the **Outcrop…** form.

Discord allows a command 25 options, so the rarest are left out of some commands; messages and `outcrop fix`
have all of them. In a message, InvokeAI's short switches work as well: `-c top 64 -s 30 -S 42`.
"""

COLUMNS = """
## {heading}

| option | does | values | default | in Discord | in a message | `outcrop fix` | in InvokeAI |
|---|---|---|---|---|---|---|---|
"""


def options_page() -> str:
    """Return the page: a table for each group, a row for each option in the order of the option table."""
    groups = (
        COLUMNS.format(heading=group.capitalize())
        + "".join(_row(option) for option in OPTIONS if option.group is group)
        for group in Group
    )
    return HEAD + "".join(groups)


def _row(option: Option) -> str:
    default = "; on the command line, ".join(filter(None, (option.default, option.cli_default)))
    cells = (
        f"`{option.name}`",
        option.help,
        OPTIONS.values(option),
        default,
        _slash(option),
        _message(option),
        _command_line(option),
        f"`{option.invokeai}`" if option.invokeai.startswith("-") else option.invokeai,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |\n"


def _slash(option: Option) -> str:
    if Where.SLASH not in option.where:
        return ""
    if option.commands == PAINT_COMMANDS:
        return f"`{option.name}:`"
    return f"`{option.name}:` of {', '.join(f'`/{command}`' for command in option.commands)}"


def _message(option: Option) -> str:
    if Where.TEXT not in option.where:
        return ""
    example = f"{option.name if option.word is None else option.word} {option.example}".strip()
    return f"`{example}`, `{option.name} off`" if option.negatable else f"`{example}`"


def _command_line(option: Option) -> str:
    if Where.COMMAND_LINE not in option.where:
        return ""
    switches = option.switches or (f"--{option.name}",)
    negated = (f"--no-{option.name}",) if option.negatable else ()
    return ", ".join(f"`{switch}`" for switch in (*switches, *negated))


if __name__ == "__main__":
    OPTIONS_PAGE.write_text(options_page(), encoding="utf-8")
