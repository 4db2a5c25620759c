"""Write a recipe into a file's metadata so that we, and other programs, can read it."""

from html import escape

from PIL.Image import Exif
from PIL.PngImagePlugin import PngInfo

from pictures.recipe.dialects import a1111, invokeai
from pictures.recipe.metadata import OWN_KEYWORD, USER_COMMENT, read_texts
from pictures.recipe.recipe import Recipe

NAMESPACE = "https://outcrop.invalid/recipe/1/"
"""The XML namespace of our XMP property; a name, not an address."""

MAX_XMP_BYTES = 65_000
"""A JPEG segment holds 65,533 bytes with its prefix."""

_EXIF_DIRECTORY, _USER_COMMENT = 0x8769, 0x9286  # EXIF tag numbers


def png_info(recipe: Recipe) -> PngInfo:
    """Return a PNG's text chunks, for Pillow: our JSON, and the same in A1111's and InvokeAI's dialects."""
    info = PngInfo()
    info.add_itxt(OWN_KEYWORD, recipe.model_dump_json())
    info.add_text(a1111.KEYWORD, a1111.write(recipe).replace("\0", ""))
    info.add_text(invokeai.KEYWORD, invokeai.write(recipe))
    return info


def copied_metadata(file: bytes) -> PngInfo:
    """Return the text chunks, for Pillow, of a PNG that replaces a file: all that says how that was made."""
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
    """Return an XMP packet with our JSON, without ancestors if it would be too long; empty if it still is."""
    packet = _packet(recipe)
    if len(packet) > MAX_XMP_BYTES:
        packet = _packet(recipe.descended_from(None))
    return packet if len(packet) <= MAX_XMP_BYTES else b""


def _packet(recipe: Recipe) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:outcrop="{NAMESPACE}">'
        f"<outcrop:recipe>{escape(recipe.model_dump_json(), quote=False)}</outcrop:recipe>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
