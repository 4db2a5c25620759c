"""What can be wrong with a picture.

PictureError            show it to the person: the sentence says what is wrong and what to do
├── NotAPicture         the bytes are no picture that we read
├── PictureTooLarge     more bytes, pixels or metadata than the limits allow
└── NothingToPaint      no side was asked for, or a side is out of bounds
"""


class PictureError(Exception):
    """A picture or a request that cannot be painted; its text is for the person who sent it."""


class NotAPicture(PictureError):
    """The bytes are no picture that we read."""


class PictureTooLarge(PictureError):
    """More bytes, pixels or metadata than the limits allow."""


class NothingToPaint(PictureError):
    """No side was asked for, or a side is out of bounds."""
