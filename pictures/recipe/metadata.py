"""Find the texts in a picture's metadata that may say how it was made."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape

from pictures.errors import PictureError
from pictures.exif import Tag
from pictures.exif import walk as walk_exif
from pictures.formats import jpeg, png_chunks, webp
from pictures.formats.avif import is_avif
from pictures.formats.png import is_png

MAX_TEXT_BYTES = 2**20
"""Of one text; a ComfyUI graph of a hundred nodes has 100 KB."""

OWN_KEYWORD = "outcrop"

KEYWORDS = frozenset((
    OWN_KEYWORD, "invokeai_metadata", "sd-metadata", "invokeai", "dream", "Dream", "parameters", "prompt",
    "Software", "Description", "Comment", "Source",
))  # fmt: skip
"""The keywords of the PNG chunks that are read: our own and other programs'."""

USER_COMMENT = "UserComment"
"""The key for EXIF's tag of this name: A1111 writes its parameters there, cameras write anything."""

XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
"""The prefix of a JPEG's APP1 segment with XMP."""

_XMP_KEYWORD = "XML:com.adobe.xmp"
_READ_KEYWORDS = KEYWORDS | {_XMP_KEYWORD, ""}
"""The empty one is for eXIf chunks, which have none."""

_XMP_RECIPE = re.compile(r"<outcrop:recipe>([^<]*)</outcrop:recipe>|\boutcrop:recipe=\"([^\"<]*)\"")
_USER_COMMENT = 0x9286
_COMFYUI_TAGS = frozenset((0x010E, 0x010F, 0x0110))
"""ImageDescription, Make and Model: ComfyUI writes its graph into one of them in a WebP, mostly Model."""
_COMFYUI_PREFIX = b"prompt:"
"""Stands before the graph in such a tag."""
_EXIF_STARTS = (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08")
"""The start of an EXIF block in either byte order, with the tags right after it as in every file seen."""


def read_texts(data: bytes) -> Mapping[str, str]:
    """Return the texts by the keyword of their PNG chunk, or by its counterpart in another format.

    No pixels are decoded. A damaged file gives the texts before the damage; if a keyword occurs several
    times, the first counts.
    """
    texts: dict[str, str] = {}
    read = next((read for recognises, read in _READERS if recognises(data)), None)
    if read is None:
        return texts
    try:
        for keyword, text in read(data):
            texts.setdefault(keyword, text)
    except PictureError:
        pass
    return texts


def _read_png(data: bytes) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for chunk in png_chunks.walk(data):
        if chunk.kind not in {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}:
            continue
        exif = chunk.kind == b"eXIf"
        keyword = "" if exif else bytes(chunk.body[:80]).partition(b"\0")[0].decode("latin-1")
        if keyword in seen or keyword not in _READ_KEYWORDS or not chunk.intact:
            continue
        seen.add(keyword)
        if exif:
            yield from _read_exif(bytes(chunk.body[:MAX_TEXT_BYTES]))
            continue
        _, content = png_chunks.read_text_chunk(chunk, MAX_TEXT_BYTES)
        if len(content) > MAX_TEXT_BYTES:
            continue
        if keyword == _XMP_KEYWORD:
            yield from _read_xmp(content)
        else:
            yield keyword, _decode(content, unicode=chunk.kind == b"iTXt")


def _read_jpeg(data: bytes) -> Iterator[tuple[str, str]]:
    for segment in jpeg.walk(data):
        if segment.code == jpeg.START_OF_SCAN:
            return
        if segment.code != jpeg.APP1:
            continue
        body = bytes(segment.body)
        if body.startswith(jpeg.EXIF_PREFIX):
            yield from _read_exif(body)
        elif body.startswith(XMP_PREFIX):
            yield from _read_xmp(body)


def _read_webp(data: bytes) -> Iterator[tuple[str, str]]:
    for kind, body in webp.walk(data):
        if kind == b"EXIF":
            yield from _read_exif(bytes(body[:MAX_TEXT_BYTES]))
        elif kind == b"XMP ":
            yield from _read_xmp(bytes(body[:MAX_TEXT_BYTES]))


def _read_avif(data: bytes) -> Iterator[tuple[str, str]]:
    """Search for the EXIF block and for our own recipe, which saves a parser for the tables of items."""
    for block in _EXIF_STARTS:
        start = data.find(block)
        if start >= 0:
            yield from _read_exif(data[start : start + MAX_TEXT_BYTES])
    start = data.find(b"<outcrop:recipe>")
    if start >= 0:
        yield from _read_xmp(data[start : start + MAX_TEXT_BYTES])


def _read_exif(exif: bytes) -> Iterator[tuple[str, str]]:
    tags: dict[int, Tag] = {}
    for tag in walk_exif(exif):
        tags.setdefault(tag.number, tag)  # of thousands that repeat the whole block, one is read
    if _USER_COMMENT in tags:
        yield USER_COMMENT, _user_comment(tags[_USER_COMMENT])
    for number in _COMFYUI_TAGS & tags.keys():
        content = bytes(tags[number].content).rstrip(b"\0")
        if content[: len(_COMFYUI_PREFIX)].lower() == _COMFYUI_PREFIX:
            yield "prompt", _decode(content[len(_COMFYUI_PREFIX) :])


def _read_xmp(xmp: bytes) -> Iterator[tuple[str, str]]:
    """Search for our own recipe alone: no untrusted XML is parsed."""
    match = _XMP_RECIPE.search(xmp.decode(errors="replace"))
    if match is not None:
        yield OWN_KEYWORD, unescape(match[1] or match[2] or "")


def _user_comment(tag: Tag) -> str:
    """Return the text of a UserComment, whose first 8 bytes name its encoding (EXIF 2.32, 4.6.5).

    Programs disagree about the byte order of UTF-16 here. Most characters have a zero high byte, which tells.
    """
    content = bytes(tag.content)
    code, text = content[:8], content[8:]
    if not code.startswith(b"UNICODE"):
        return _decode(text if code.rstrip(b"\0") in {b"", b"ASCII", b"JIS"} else content).strip("\0")
    if text.startswith((b"\xfe\xff", b"\xff\xfe")):
        return text.decode("utf-16", "replace")
    high, low = text[::2].count(0), text[1::2].count(0)
    if high == low:
        return text.decode("utf-16-le" if tag.order == "<" else "utf-16-be", "replace")
    return text.decode("utf-16-be" if high > low else "utf-16-le", "replace")


def _decode(content: bytes, *, unicode: bool = False) -> str:
    """Return a text in UTF-8, or else in Latin-1, as tEXt chunks are, unless it must be Unicode."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode(errors="replace") if unicode else content.decode("latin-1")


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Iterator[tuple[str, str]]]], ...] = (
    (is_png, _read_png),
    (jpeg.is_jpeg, _read_jpeg),
    (webp.is_webp, _read_webp),
    (is_avif, _read_avif),
)
