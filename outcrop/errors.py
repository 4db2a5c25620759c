"""The error of a command line that was not understood."""


class UsageError(Exception):
    """The command was not understood; the text says why."""
