"""Error messages for channels: the error's own sentence, or one that fits a channel better."""

from collections.abc import Mapping

from pictures.errors import UserFacingError

UNEXPECTED = "Something went wrong on our side. Please try again."
STORAGE_FAILED = "I can’t save anything right now: our disk doesn’t work. Please try again later."
FORM_EXPIRED = "This form has expired. Please open **Outcrop…** again."
COMMAND_CHANGED = "This command has changed. Please reload Discord and enter it again."

WORDING: Mapping[str, str] = {
    "damaged_picture": (
        "This {kind} file is damaged or incomplete. Please export it again and send the new file."
    ),
}
"""The sentence of each error, by its code, whose own sentence is for the command line; with its values."""


def in_channel(error: UserFacingError) -> str:
    """Return the message for a channel about an error."""
    template = WORDING.get(error.code)
    return str(error) if template is None else template.format(**error.values)
