"""Files that carry texts as other programs write them, made without our own writers."""

import json
import struct
from io import BytesIO

from PIL import Image

from tests.pictures.files import RGB, chunk, noise, png

SAMPLES = noise(4, 4)


def png_with(**texts: object) -> bytes:
    """Return a PNG with a tEXt chunk for each text, or iTXt where Latin-1 is not enough; objects as JSON."""
    return png(SAMPLES, RGB, *(text_chunk(keyword, text) for keyword, text in texts.items()))


def text_chunk(keyword: str, text: object) -> bytes:
    """Return the chunk of one text."""
    words = text if isinstance(text, str) else json.dumps(text)
    try:
        return chunk(b"tEXt", keyword.encode() + b"\0" + words.encode("latin-1"))
    except UnicodeEncodeError:
        return chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0" + words.encode())


def exif_with(tags: dict[int, bytes], *, comment: bytes | None = None, order: str = ">") -> bytes:
    """Return a TIFF block with ASCII tags, and a UserComment in its EXIF directory."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    # A text of more than 4 bytes never lies inside its entry.
    entries = [(number, 2, text.ljust(5, b"\0")) for number, text in sorted(tags.items())]
    start = 8 + 2 + 12 * (len(entries) + (comment is not None)) + 4
    directory, content = b"", b""
    for number, kind, body in entries:
        directory += struct.pack(f"{order}HHII", number, kind, len(body), start + len(content))
        content += body
    if comment is not None:
        deeper = start + len(content)
        directory += struct.pack(f"{order}HHII", 0x8769, 4, 1, deeper)
        content += struct.pack(f"{order}HHHII", 1, 0x9286, 7, len(comment), deeper + 18) + bytes(4) + comment
    count = len(entries) + (comment is not None)
    return mark + struct.pack(f"{order}IH", 8, count) + directory + bytes(4) + content


def saved_with(kind: str, exif: bytes) -> bytes:
    """Return a JPEG, WebP, AVIF or PNG with this EXIF block."""
    buffer = BytesIO()
    Image.fromarray(SAMPLES).save(buffer, kind, exif=b"Exif\0\0" + exif)
    return buffer.getvalue()
