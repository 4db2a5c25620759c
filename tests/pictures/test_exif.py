"""The tags of an EXIF block."""

from hypothesis import given
from hypothesis import strategies as st

from pictures.exif import MAX_TAGS, walk
from tests.pictures.recipe.texts import exif_with


def test_tags_of_both_directories_come_in_their_order() -> None:
    block = exif_with({0x010F: b"maker", 0x0110: b"model"}, comment=b"a comment")
    assert [(tag.number, bytes(tag.content)) for tag in walk(b"Exif\0\0" + block) if tag.kind != 4] == [
        (0x010F, b"maker"),
        (0x0110, b"model"),
        (0x9286, b"a comment"),
    ]


@given(st.binary(max_size=200), st.sampled_from([b"", b"II*\0", b"MM\0*", b"MM\0*\0\0\0\x08"]))
def test_whatever_the_block_holds_no_error_comes_out(body: bytes, mark: bytes) -> None:
    assert all(len(tag.content) <= len(body) + 8 for tag in walk(mark + body))


def test_a_directory_that_never_ends_is_left() -> None:
    block = b"MM\0*\0\0\0\x08\xff\xff" + bytes.fromhex("010f0002000000050000000a") * 70_000
    assert sum(1 for _ in walk(block)) == MAX_TAGS
