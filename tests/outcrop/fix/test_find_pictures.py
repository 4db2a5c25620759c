"""Files, folders and patterns become pictures."""

from pathlib import Path

import pytest

from outcrop.errors import FileFailed
from outcrop.fix.find_pictures import find_pictures, looks_like_a_picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.png",
        "a.JPG",
        "c.webp",
        "notes.txt",
        ".hidden.png",
        "a.7.outcrop.png",
        "a.7.outcrop-01.png",
    ):
        (tmp_path / name).touch()
    (tmp_path / "deeper.png").mkdir()
    (tmp_path / "deeper.png" / "d.png").touch()
    return tmp_path


def names(*named: str | Path) -> list[str]:
    return [path.name for path in find_pictures(map(str, named))]


def test_a_folder_is_its_pictures_without_results_of_ours(folder: Path) -> None:
    assert names(folder) == ["a.JPG", "b.png", "c.webp"]


def test_a_pattern_is_what_it_matches_results_too(folder: Path) -> None:
    assert names(folder / "a*") == ["a.7.outcrop-01.png", "a.7.outcrop.png", "a.JPG"]
    assert names(folder / "**" / "d.png") == ["d.png"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(folder: Path) -> None:
    assert names(folder / "notes.txt", folder / "a.7.outcrop.png") == ["notes.txt", "a.7.outcrop.png"]
    assert names(folder / "missing.png") == ["missing.png"], "reading it will tell"


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].png").touch()
    assert names(tmp_path / "a[1].png") == ["a[1].png"]


def test_each_picture_is_taken_once_in_the_order_of_the_names(folder: Path) -> None:
    assert names(folder / "c.webp", folder, folder / "*.png") == [
        "c.webp", "a.JPG", "b.png", "a.7.outcrop-01.png", "a.7.outcrop.png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "reason"), [("empty", "no picture in the folder"), ("*.tif", "No file matches")]
)
def test_what_stands_for_no_picture_is_told(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileFailed, match=reason):
        find_pictures([str(tmp_path / name)])


@pytest.mark.parametrize(
    ("word", "picture"), [("a.png", True), ("photos/", True), ("*", True), ("up", False), ("64", False)]
)
def test_a_path_is_told_from_a_word(word: str, picture: bool) -> None:
    assert looks_like_a_picture(word) is picture
