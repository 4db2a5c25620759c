"""Errors of the commands.

CommandError        each is one line that says what is wrong and what to do
├── UsageError      the command line was not understood
├── InvalidSetting  a setting has a value that cannot be used
├── DataDirUnusable the data folder cannot be written, or another process holds it
├── FileFailed      a file cannot be read, painted or written
├── NoEngineError   no bus answers, or none of its engines has the painter
└── SandboxFailed   the sandbox page cannot be opened
"""

INSTALL = ".venv/bin/pip install --constraint constraints.txt --editable '.[{extra}]'"
"""How to install an extra, from a checkout: Outcrop is on no package index, so pip does not know its name."""


class CommandError(Exception):
    """Base class of this package's errors."""


class UsageError(CommandError):
    """The command line was not understood."""


class InvalidSetting(CommandError):
    """A setting has a value that cannot be used; the message names the setting."""


class DataDirUnusable(CommandError):
    """The data folder cannot be written, or another process holds it."""


class FileFailed(CommandError):
    """A file cannot be read, painted or written."""


class NoEngineError(CommandError):
    """No bus answers, or none of its engines has the painter."""


class SandboxFailed(CommandError):
    """The sandbox page cannot be opened."""
