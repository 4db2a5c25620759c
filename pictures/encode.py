"""Encode pictures with their recipes, as PNG, WebP or JPEG."""

from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pictures.errors import PictureTooLarge
from pictures.picture import Picture
from pictures.recipe import Recipe, write

PNG_LEVEL = 4  # zlib's compression level
"""A 2048² mosaic of photographs, Pillow 13 with zlib-ng, one core: level 1 263 ms 5.4 MB, level 4 427 ms
4.8 MB, level 6 875 ms 4.7 MB, level 9 4,233 ms 4.6 MB."""

WEBP_EFFORT = 50
"""The same mosaic: effort 50 1,337 ms 3.56 MB, effort 80 (the default) 2,630 ms 3.56 MB, 100 slower still."""

WEBP_MAX_SIDE = 16_383
"""14 bits in the format (RFC 9649, section 2.4)."""

JPEG_MAX_SIDE = 65_500
"""libjpeg's limit (JPEG_MAX_DIMENSION, jmorecfg.h)."""


def encode_png(picture: Picture, recipe: Recipe | None = None, *, level: int = PNG_LEVEL) -> bytes:
    """Return a PNG with the picture's profile and recipe; the same input always gives the same bytes."""
    return _png(picture, write.png_info(recipe) if recipe else None, level)


def encode_source(picture: Picture, file: bytes) -> bytes:
    """Return a PNG of an edited source, with the metadata in its file that says how it was made."""
    return _png(picture, write.copied_metadata(file), PNG_LEVEL)


def encode_webp(picture: Picture, recipe: Recipe | None = None, *, quality: int | None = None) -> bytes:
    """Return a WebP: lossless, also RGB under alpha 0, or with a quality of 1 to 100.

    Raises PictureTooLarge past 16,383 pixels a side.
    """
    _check_side(picture, "WebP", WEBP_MAX_SIDE)
    buffer = BytesIO()
    Image.fromarray(picture.pixels).save(
        buffer,
        "WEBP",
        lossless=quality is None,
        # Or libwebp changes the colours under alpha 0, where they compress better.
        exact=True,
        quality=WEBP_EFFORT if quality is None else quality,
        icc_profile=picture.icc,
        **_metadata(recipe),
    )
    return buffer.getvalue()


def encode_jpeg(picture: Picture, quality: int, recipe: Recipe | None = None) -> bytes:
    """Return a JPEG on white, of quality 1 to 100; raises PictureTooLarge past 65,500 pixels a side."""
    _check_side(picture, "JPEG", JPEG_MAX_SIDE)
    image = Image.fromarray(picture.pixels)
    if picture.has_alpha:
        # JPEG has no alpha: Pillow refuses to write RGBA, and dropping it would show hidden colours.
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality, icc_profile=picture.icc, **_metadata(recipe))
    return buffer.getvalue()


def _png(picture: Picture, info: PngInfo | None, level: int) -> bytes:
    buffer = BytesIO()
    image = Image.fromarray(picture.pixels)
    image.save(buffer, "PNG", compress_level=level, icc_profile=picture.icc, pnginfo=info)
    return buffer.getvalue()


def _metadata(recipe: Recipe | None) -> dict[str, bytes]:
    return {"exif": write.exif(recipe), "xmp": write.xmp(recipe)} if recipe else {}


def _check_side(picture: Picture, kind: str, limit: int) -> None:
    if max(picture.size.width, picture.size.height) > limit:
        raise PictureTooLarge(
            "The picture is too large for a {kind}: {size} (max. {limit:,} pixels a side).",
            code="side_too_long_for_format",
            kind=kind,
            size=str(picture.size),
            limit=limit,
        )
