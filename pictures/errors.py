"""What can be wrong with a picture.

PictureError            show it to the person: the sentence says what is wrong and what to do
├── NotAPicture         the bytes are no picture that we read
│   └── DamagedPicture  the bytes begin as one, then end too soon or make no sense
├── DecodingFailed      the decoder's process died of the file, or was kept too long by it
├── PictureTooLarge     more bytes, pixels or metadata than the limits allow, or than a format holds
└── NothingToPaint      no side and no hole, a side that is out of bounds, or nothing that is kept
"""


class PictureError(Exception):
    """A picture or a request that cannot be painted; its text is for the person who sent it."""


class NotAPicture(PictureError):
    """The bytes are no picture that we read."""


class DamagedPicture(NotAPicture):
    """The bytes begin as a picture, then end too soon or make no sense; takes the format's name."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"This {kind} file is damaged or incomplete. Export it again and send the new file.")


class DecodingFailed(PictureError):
    """The decoder's process died of the file, or was kept too long by it."""


class PictureTooLarge(PictureError):
    """More bytes, pixels or metadata than the limits allow, or than a format holds."""


class NothingToPaint(PictureError):
    """No side and no hole, a side that is out of bounds, or nothing that is kept."""
