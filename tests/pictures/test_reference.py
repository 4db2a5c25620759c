"""Every sample of a file is what decoders find that are not Pillow: libpng, libtiff and their like."""

import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pictures.decode import decode
from pictures.limits import Limits
from pictures.picture import Pixels
from tests.pictures import files
from tests.pictures.files import chunk, noise, png, saved

CHANNELS = {files.GREY: 1, files.RGB: 3, files.PALETTE: 1, files.GREY_ALPHA: 2, files.RGBA: 4}
PNGS = [
    *((files.GREY, depth) for depth in (1, 2, 4, 8, 16)),
    *((files.PALETTE, depth) for depth in (1, 2, 4, 8)),
    *((colour, depth) for colour in (files.RGB, files.GREY_ALPHA, files.RGBA) for depth in (8, 16)),
]
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
"""Of each pass the first column and row, and the steps between columns and rows (PNG 1.2, 2.6)."""
ODD = (37, 29)


def ours(data: bytes) -> Pixels:
    return decode(data, Limits()).picture.pixels


def in_colour(samples: NDArray[Any]) -> NDArray[Any]:
    """Return RGB or RGBA of what may be grey, with or without alpha."""
    channels = np.atleast_3d(samples)
    return channels if channels.shape[2] > 2 else channels[..., [0, 0, 0, 1][: 2 + channels.shape[2]]]


def random_png(colour: int, depth: int, *, interlaced: bool = False) -> bytes:
    width, height = ODD
    bits = np.random.default_rng(depth).integers(0, 2**depth, (height, width, CHANNELS[colour]), np.uint16)
    samples = bits if depth == 16 else bits.astype(np.uint8)
    palette = [chunk(b"PLTE", noise(2**depth, 1).tobytes())] if colour == files.PALETTE else []
    if not interlaced:
        return png(samples, colour, *palette, depth=depth)
    passes = (samples[top::down, left::across] for left, top, across, down in ADAM7)
    rows = b"".join(packed(each, colour, depth) for each in passes if each.size)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 1)
    return files.png_of([chunk(b"IHDR", head), *palette, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND")])


def packed(samples: files.Samples, colour: int, depth: int) -> bytes:
    """Return the unfiltered rows of one pass, taken from a PNG of its own."""
    whole = png(samples, colour, depth=depth)
    start = whole.index(b"IDAT")
    return zlib.decompress(whole[start + 4 : start + 4 + struct.unpack_from(">I", whole, start - 4)[0]])


@pytest.mark.parametrize("interlaced", [False, True], ids=["", "interlaced"])
@pytest.mark.parametrize(("colour", "depth"), PNGS)
def test_png(colour: int, depth: int, interlaced: bool) -> None:
    data = random_png(colour, depth, interlaced=interlaced)
    theirs = in_colour(imagecodecs.png_decode(data))
    high = theirs >> 8 if depth == 16 else theirs
    assert np.array_equal(ours(data), high), "of 16 bits the higher 8 are taken, the others cut off"


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA", "I;16"])
def test_tiff(mode: str, compression: str | None) -> None:
    width, height = ODD
    if mode == "I;16":
        image = Image.fromarray(np.random.default_rng(1).integers(0, 2**16, (height, width), np.uint16))
    else:
        image = Image.fromarray(noise(width, height, 4 if mode == "RGBA" else 3)).convert(mode)
    data = saved(image, "TIFF", compression=compression)
    theirs = imagecodecs.tiff_decode(data)
    if mode == "P":
        theirs = np.asarray(image.getpalette(), np.uint8).reshape(-1, 3)[theirs]
    elif mode == "I;16":
        theirs = theirs >> 8
    assert np.array_equal(ours(data), in_colour(theirs))


@pytest.mark.parametrize("channels", [3, 4])
def test_lossless_webp(channels: int) -> None:
    samples = noise(*ODD, channels)
    data = bytes(imagecodecs.webp_encode(samples, lossless=True))
    theirs = imagecodecs.webp_decode(data)
    assert np.array_equal(ours(data), theirs)
    assert np.array_equal(theirs[theirs[..., -1] > 0], samples[theirs[..., -1] > 0])


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_bmp(mode: str) -> None:
    data = saved(Image.fromarray(noise(*ODD)).convert(mode), "BMP")
    assert np.array_equal(ours(data), in_colour(imagecodecs.bmp_decode(data)))


def test_the_first_frame_of_a_gif() -> None:
    frames = [Image.fromarray(noise(*ODD, seed=seed)).quantize(200) for seed in (1, 2)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert np.array_equal(ours(data), imagecodecs.gif_decode(data, index=0))


@pytest.mark.parametrize("subsampling", ["444", "420"])
@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg(channels: int, subsampling: str) -> None:
    """Pillow's decoder and this one are both libjpeg-turbo, whose arithmetic is the same everywhere."""
    samples = noise(*ODD, channels).squeeze()
    data = bytes(imagecodecs.jpeg8_encode(samples, level=90, subsampling=subsampling))
    assert np.array_equal(ours(data), in_colour(imagecodecs.jpeg8_decode(data)))


@pytest.mark.parametrize("channels", [3, 4])
def test_lossless_avif(channels: int) -> None:
    samples = noise(*ODD, channels)
    data = bytes(imagecodecs.avif_encode(samples, level=100, pixelformat="444"))
    assert np.array_equal(ours(data), imagecodecs.avif_decode(data))
    assert np.array_equal(ours(data), samples)


@pytest.mark.parametrize("level", [50, 90])
def test_lossy_avif(level: int) -> None:
    """One level: decoders turn YUV into RGB each with their own rounding."""
    data = bytes(imagecodecs.avif_encode(noise(*ODD), level=level))
    difference = ours(data).astype(np.int16) - imagecodecs.avif_decode(data)
    assert np.abs(difference).max() <= 1
