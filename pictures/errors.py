"""What can be wrong with a picture, and the base of every error that a person reads.

UserFacingError             a sentence for a person, with a code and values to word it in another way
└── PictureError            show it to the person: the sentence says what is wrong and what to do
    ├── NotAPicture         the bytes are not a picture that we read
    │   └── DamagedPicture  the bytes begin as a picture, then end too soon or make no sense
    ├── DecodingFailed      the decoder's process died of the file, or was kept too long by it
    ├── PictureTooLarge     more bytes, pixels or metadata than the limits allow, or than a format holds
    └── NothingToPaint      no side and no hole, a side that is out of bounds, or nothing that is kept
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
    """The bytes are no picture that we read."""


class DamagedPicture(NotAPicture):
    """The bytes begin as a picture, then end too soon or make no sense; takes the format's name."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            "This {kind} file is damaged or incomplete. Export it again and send the new file.",
            code="damaged_picture",
            kind=kind,
        )


class DecodingFailed(PictureError):
    """The decoder's process died of the file, or was kept too long by it."""


class PictureTooLarge(PictureError):
    """More bytes, pixels or metadata than the limits allow, or than a format holds."""


class NothingToPaint(PictureError):
    """No side and no hole, a side that is out of bounds, or nothing that is kept."""
