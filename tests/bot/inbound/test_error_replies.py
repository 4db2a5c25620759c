import pytest

from bot.errors import StorageFailed
from bot.inbound.error_replies import user_message
from bot.texts.errors import STORAGE_FAILED, UNEXPECTED
from options.errors import UserError
from pictures.errors import DamagedPicture, NothingToPaint


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UserError("Attach a picture."), "Attach a picture."),
        (NothingToPaint("Name a side."), "Name a side."),
        (
            DamagedPicture("PNG"),
            "This PNG file is damaged or incomplete. Please export it again and send the new file.",
        ),
        (StorageFailed("disk full at /secret/path"), STORAGE_FAILED),
        (RuntimeError("a token"), UNEXPECTED),
    ],
)
def test_an_error_is_explained_without_what_is_inside(error: Exception, sentence: str) -> None:
    assert user_message(error) == sentence
