"""Put a recipe into a file so that we, and other programs, can read it."""

from html import escape

from PIL.Image import Exif
from PIL.PngImagePlugin import PngInfo

from pictures.recipe.dialects import a1111, invokeai
from pictures.recipe.metadata import OURS, USER_COMMENT, read_texts
from pictures.recipe.recipe import Recipe

NAMESPACE = "https://outcrop.invalid/recipe/1/"
"""Of our XMP property; a name, not an address."""

LARGEST_XMP = 65_000
"""Bytes; a JPEG's segment holds 65,533 with its prefix."""

_EXIF_DIRECTORY, _USER_COMMENT = 0x8769, 0x9286


def png_info(recipe: Recipe) -> PngInfo:
    """Return what Pillow is to write into a PNG: our JSON, and A1111's and InvokeAI's words for it."""
    info = PngInfo()
    info.add_itxt(OURS, recipe.model_dump_json())
    info.add_text(a1111.KEYWORD, a1111.write(recipe).replace("\0", ""))
    info.add_text(invokeai.KEYWORD, invokeai.write(recipe))
    return info


def copied(file: bytes) -> PngInfo:
    """Return what Pillow is to write into a PNG that takes a file's place: all that says how it was made."""
    info = PngInfo()
    texts = dict(read_texts(file))
    comment = texts.pop(USER_COMMENT, "")
    if a1111.KEYWORD not in texts and a1111.read({USER_COMMENT: comment}):
        texts[a1111.KEYWORD] = comment
    for keyword, text in texts.items():
        info.add_itxt(keyword, text)
    return info


def exif(recipe: Recipe) -> bytes:
    """Return an EXIF block with A1111's parameters as its UserComment, for JPEG and WebP."""
    block = Exif()
    comment = a1111.write(recipe).encode("utf-16-be", "replace")
    block.get_ifd(_EXIF_DIRECTORY)[_USER_COMMENT] = b"UNICODE\0" + comment
    return block.tobytes()


def xmp(recipe: Recipe) -> bytes:
    """Return an XMP packet with our JSON; ancestors that do not fit are left out."""
    packet = _packet(recipe)
    if len(packet) > LARGEST_XMP:
        packet = _packet(recipe.descended_from(None))
    return packet if len(packet) <= LARGEST_XMP else b""


def _packet(recipe: Recipe) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:outcrop="{NAMESPACE}">'
        f"<outcrop:recipe>{escape(recipe.model_dump_json(), quote=False)}</outcrop:recipe>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
