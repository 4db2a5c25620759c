"""Where results are written, under which names and in which file format."""

import resource
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outcrop.errors import UsageError
from outcrop.fix.destination import Destination, add_destination, result_name, write_new
from pictures.output_format import FileFormat, OutputFormat

PHOTO = Path("folder/photo.jpg")


def parse(*words: str) -> Destination:
    parser = ArgumentParser()
    add_destination(parser)
    return Destination.of(parser.parse_args(words))


def test_by_default_a_png_is_written_next_to_the_picture() -> None:
    assert parse().path(PHOTO, 42) == Path("folder/photo.42.outcrop.png")
    assert parse().output == OutputFormat()


@pytest.mark.parametrize(
    ("suffix", "form"),
    [("png", "png"), ("webp", "webp"), ("jpg", "jpeg"), ("JPEG", "jpeg")],
)
def test_the_suffix_chooses_the_format(tmp_path: Path, suffix: str, form: str) -> None:
    destination = parse("-o", str(tmp_path / f"new.{suffix}"))
    assert destination.path(PHOTO, 42) == tmp_path / f"new.{suffix}"
    assert destination.output == OutputFormat(format=FileFormat(form))


def test_format_and_quality_apply_in_a_folder(tmp_path: Path) -> None:
    destination = parse("-o", str(tmp_path), "--format", "webp", "--quality", "90")
    assert destination.path(PHOTO, 42) == tmp_path / "photo.42.outcrop.webp"
    assert destination.output == OutputFormat(format=FileFormat.WEBP, quality=90)


@pytest.mark.parametrize(
    ("words", "lossless"),
    [((), True), (("--format", "webp"), True), (("--format", "webp", "--quality", "9"), False),
     (("--format", "jpeg"), False)],
)  # fmt: skip
def test_a_lossy_format_is_noted(words: tuple[str, ...], lossless: bool) -> None:
    assert bool(parse(*words).notes) != lossless


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("-o", "new.gif"),
            "neither a folder nor a .png, .webp or .jpg file; for a new folder write new.gif/",
        ),
        (("-o", "new.png", "--format", "jpeg"), "new.png is not a jpeg file"),
        (("--quality", "90"), "--quality: PNG is lossless"),
        (("--format", "jpeg", "--quality", "0"), "--quality: “quality” must be between 1 and 100"),
    ],
)
def test_a_destination_that_cannot_be_used_says_why(words: tuple[str, ...], reason: str) -> None:
    with pytest.raises(UsageError, match=r".+") as error:
        parse(*words)
    assert reason in str(error.value)


@contextmanager
def max_file_size(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("photo.png", "photo.42.outcrop.png"),
        ("holiday.2024.jpeg", "holiday.2024.42.outcrop.png"),
        ("photo", "photo.42.outcrop.png"),
        ("photo.7.outcrop.png", "photo.42.outcrop.png"),
        ("photo.7.outcrop-01.png", "photo.42.outcrop.png"),
    ],
)
def test_a_result_is_named_after_its_picture_and_seed(source: str, name: str) -> None:
    assert result_name(Path("pictures", source), 42) == name


def test_a_second_file_is_numbered_and_the_first_is_kept(tmp_path: Path) -> None:
    first = tmp_path / "photo.42.outcrop.png"
    paths = [write_new(first, data) for data in (b"one", b"two", b"three")]
    assert [path.name for path in paths] == [
        "photo.42.outcrop.png",
        "photo.42.outcrop-01.png",
        "photo.42.outcrop-02.png",
    ]
    assert [path.read_bytes() for path in paths] == [b"one", b"two", b"three"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    with max_file_size(1000), pytest.raises(OSError, match="large"):
        write_new(tmp_path / "photo.png", bytes(5000))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_new(tmp_path / "missing" / "photo.png", b"")
