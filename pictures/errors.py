"""What can be wrong with a picture, and the base of every error that a person reads.

UserFacingError             a sentence for a person, with a code and values to word it in another way
└── PictureError            show it to the person: the sentence says what is wrong and what to do
    ├── NotAPicture         the bytes are not a picture in a format that is read
    │   └── DamagedPicture  the bytes start as a picture, then end too soon or make no sense
    ├── DecodingFailed      the file crashed the decoder's process, or kept it busy for too long
    ├── PictureTooLarge     more bytes, pixels or metadata than a limit or a format allows
    └── NothingToPaint      no sides and nothing transparent, a side out of bounds, or nothing that is kept
DecoderUnavailable          try again: the decoder's process does not start, or was closed (an OSError)
"""


class UserFacingError(Exception):
    """An error whose sentence is for the person who asked.

    The sentence may have {placeholders} for the values; the command line and the log show it as it is. The
    code names it, so that bot/texts can word it for a channel, or in another language, from the same values.
    """

    def __init__(self, sentence: str, /, *, code: str = "", **values: object) -> None:
        super().__init__(sentence.format(**values) if values else sentence)
        self.code = code
        self.values = values


class PictureError(UserFacingError):
    """A picture or a request that cannot be painted; its text is for the person who sent it."""


class NotAPicture(PictureError):
    """The bytes are not a picture in a format that is read."""


class DamagedPicture(NotAPicture):
    """The bytes start as a picture, then end too soon or make no sense; takes the format's name."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            "This {kind} file is damaged or incomplete. Export it again and send the new file.",
            code="damaged_picture",
            kind=kind,
        )


class DecodingFailed(PictureError):
    """The file crashed the decoder's process, or kept it busy for too long."""


class PictureTooLarge(PictureError):
    """More bytes, pixels or metadata than a limit or a format allows."""


class NothingToPaint(PictureError):
    """No sides and nothing transparent, a side out of bounds, or nothing that is kept."""


class DecoderUnavailable(OSError):
    """The decoder's process does not start, or was closed: no picture is to blame."""
