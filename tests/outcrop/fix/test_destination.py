"""Where results go, and as which files."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

from outcrop.errors import UsageError
from outcrop.fix.destination import Destination, add_destination
from pictures.output_format import FileFormat, OutputFormat

PHOTO = Path("there/photo.jpg")


def asked(*words: str) -> Destination:
    parser = ArgumentParser()
    add_destination(parser)
    return Destination.of(parser.parse_args(words))


def test_without_a_word_a_png_lies_beside_the_picture() -> None:
    assert asked().path(PHOTO, 42) == Path("there/photo.42.outcrop.png")
    assert asked().output == OutputFormat()


@pytest.mark.parametrize(
    ("suffix", "form"),
    [("png", "png"), ("webp", "webp"), ("jpg", "jpeg"), ("JPEG", "jpeg")],
)
def test_a_file_name_says_the_format(tmp_path: Path, suffix: str, form: str) -> None:
    wanted = asked("-o", str(tmp_path / f"new.{suffix}"))
    assert wanted.path(PHOTO, 42) == tmp_path / f"new.{suffix}"
    assert wanted.output == OutputFormat(format=FileFormat(form))


def test_format_and_quality_hold_in_a_folder(tmp_path: Path) -> None:
    wanted = asked("-o", str(tmp_path), "--format", "webp", "--quality", "90")
    assert wanted.path(PHOTO, 42) == tmp_path / "photo.42.outcrop.webp"
    assert wanted.output == OutputFormat(format=FileFormat.WEBP, quality=90)


@pytest.mark.parametrize(
    ("words", "lossless"),
    [((), True), (("--format", "webp"), True), (("--format", "webp", "--quality", "9"), False),
     (("--format", "jpeg"), False)],
)  # fmt: skip
def test_what_loses_something_is_said_so(words: tuple[str, ...], lossless: bool) -> None:
    assert bool(asked(*words).notes) != lossless


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("-o", "new.gif"),
            "neither a folder nor a .png, .webp or .jpg file; for a new folder write new.gif/",
        ),
        (("-o", "new.png", "--format", "jpeg"), "new.png is no jpeg"),
        (("--quality", "90"), "--quality: A PNG loses nothing"),
        (("--format", "jpeg", "--quality", "0"), "--quality: A quality goes from 1 to 100."),
    ],
)
def test_what_cannot_be_written_is_told_why(words: tuple[str, ...], why: str) -> None:
    with pytest.raises(UsageError, match=r".+") as wrong:
        asked(*words)
    assert why in str(wrong.value)
