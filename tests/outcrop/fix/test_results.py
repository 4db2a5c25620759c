"""Result files."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outcrop.fix.results import result_name, write_new


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
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


def test_a_second_file_gets_a_number_and_the_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "photo.42.outcrop.png"
    places = [write_new(path, data) for data in (b"one", b"two", b"three")]
    assert [place.name for place in places] == [
        "photo.42.outcrop.png",
        "photo.42.outcrop-01.png",
        "photo.42.outcrop-02.png",
    ]
    assert [place.read_bytes() for place in places] == [b"one", b"two", b"three"]
    assert sorted(tmp_path.iterdir()) == sorted(places)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    with files_of_at_most(1000), pytest.raises(OSError, match="large"):
        write_new(tmp_path / "photo.png", bytes(5000))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_new(tmp_path / "missing" / "photo.png", b"")
