"""Untrusted pictures are decoded in a process that they may crash."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from PIL import Image

from pictures.decode import PictureInfo, decode, out_of_memory
from pictures.decoder_process.client import CRASHED, Decoder
from pictures.decoder_process.protocol import RESPONSE_HEADER, Response
from pictures.encode import encode_png
from pictures.errors import DecoderUnavailable, DecodingFailed, PictureError
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Recipe
from tests.pictures.decoder_process import faulty_process
from tests.pictures.files import RGB, RGBA, exif, noise, png, saved

PROGRAM = "tests.pictures.decoder_process.faulty_process"
GOOD = png(noise(40, 30), RGB)
TIMEOUT = 20.0


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(Limits(), program=PROGRAM) as decoder:
        yield decoder


def can_decode(decoder: Decoder) -> bool:
    return np.array_equal(decoder.decode(GOOD).picture.pixels, noise(40, 30))


def process() -> psutil.Process:
    """Return the process of the decoder under test."""
    return psutil.Process().children()[-1]


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        png(noise(333, 7, 4), RGBA),
        png(noise(5, 5).astype(np.uint16) * 257, RGB),
        saved(Image.fromarray(noise(64, 48)), "JPEG", exif=b"Exif\0\0" + exif(6)),
        saved(Image.fromarray(noise(64, 48)).convert("CMYK"), "JPEG"),
        saved(Image.fromarray(noise(64, 48)), "PNG", icc_profile=bytes(36) + b"acsp" + bytes(200)),
        saved(Image.fromarray(noise(2000, 1500)), "WEBP"),
    ],
)
def test_a_picture_is_decoded_as_in_process(decoder: Decoder, data: bytes) -> None:
    expected, decoded = decode(data, Limits()), decoder.decode(data)
    assert np.array_equal(decoded.picture.pixels, expected.picture.pixels)
    assert decoded.picture.icc == expected.picture.icc
    assert (decoded.notes, decoded.format) == (expected.notes, expected.format)


def test_verifying_returns_the_recipe_and_no_pixels(decoder: Decoder) -> None:
    recipe = Recipe(sides=Outcrop(top=8), seed=5, prompt="a lake — at dusk", source_sha256="0" * 64)
    data = encode_png(Picture(pixels=noise(30, 20)), recipe)
    assert decoder.verify(data) == PictureInfo(
        size=Size(width=30, height=20), format="PNG", notes=(), embedded=recipe
    )
    turned = saved(Image.fromarray(noise(64, 48)).convert("CMYK"), "JPEG", exif=b"Exif\0\0" + exif(6))
    assert decoder.verify(turned) == PictureInfo(
        size=Size(width=48, height=64), format="JPEG", notes=("CMYK was converted to RGB.",)
    )


@pytest.mark.parametrize("data", [b"", b"Dear all", GOOD[:200], png(noise(4, 4), RGB) + bytes(26 * 2**20)])
def test_a_file_is_refused_with_the_same_error_as_in_process(decoder: Decoder, data: bytes) -> None:
    with pytest.raises(PictureError) as expected:
        decode(data, Limits())
    assert expected.value.code
    for method in (decoder.decode, decoder.verify):
        with pytest.raises(PictureError) as refused:
            method(data)
        assert str(refused.value) == str(expected.value)
        assert (refused.value.code, refused.value.values) == (expected.value.code, expected.value.values)
    assert can_decode(decoder)


@pytest.mark.parametrize("fault", [faulty_process.CRASH, faulty_process.SPIN, faulty_process.HAVE_BUG])
def test_a_picture_that_crashes_the_process_is_refused_and_the_next_is_decoded(
    decoder: Decoder, fault: bytes
) -> None:
    for method in (decoder.decode, decoder.verify):
        with pytest.raises(DecodingFailed) as failed:
            method(fault)
        assert str(failed.value) == CRASHED
        assert can_decode(decoder)


def test_a_picture_that_hangs_is_refused_and_the_next_is_decoded() -> None:
    with Decoder(Limits(), program=PROGRAM, seconds=1) as decoder:
        with pytest.raises(DecodingFailed):
            decoder.decode(faulty_process.HANG)
        assert can_decode(decoder)


def test_a_picture_that_takes_all_memory_is_refused(decoder: Decoder) -> None:
    assert can_decode(decoder)
    before = process().pid
    with pytest.raises(PictureError) as refused:
        decoder.decode(faulty_process.TAKE_MEMORY)
    assert str(refused.value) == str(out_of_memory())
    assert can_decode(decoder)
    assert process().pid == before


def test_the_rest_of_a_response_is_not_taken_for_the_next(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    assert can_decode(decoder)
    with monkeypatch.context() as patched:
        patched.setattr(np, "empty", full)
        with pytest.raises(MemoryError):
            decoder.decode(png(noise(50, 50, seed=9), RGB))
    assert can_decode(decoder)


def test_the_largest_picture_of_each_format_fits_the_memory_limit() -> None:
    limits = Limits(pixels=2**22)
    image = Image.fromarray(np.tile(noise(64, 64, 4), (32, 32, 1)))
    with Decoder(limits) as decoder:
        for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
            assert (
                decoder.verify(saved(image.convert("RGB") if kind == "JPEG" else image, kind)).size.pixels
                == 2**22
            )
        assert decoder.verify(saved(image, "AVIF", speed=10)).size.pixels == 2**22


def test_a_process_killed_between_two_pictures_is_replaced(decoder: Decoder) -> None:
    assert can_decode(decoder)
    idle = process()
    idle.kill()
    psutil.wait_procs([idle], timeout=TIMEOUT)
    assert can_decode(decoder)


def test_many_threads_take_turns_and_a_crash_affects_one_picture_only(decoder: Decoder) -> None:
    pictures = {n: noise(50 + n, 40, seed=n) for n in range(24)}

    def decode_one(n: int) -> bool:
        if n % 6 == 5:
            with pytest.raises(DecodingFailed):
                decoder.decode(faulty_process.CRASH)
            return True
        return np.array_equal(decoder.decode(png(pictures[n], RGB)).picture.pixels, pictures[n])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(decode_one, pictures))


def test_no_secret_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    with Decoder(Limits(), program=PROGRAM) as decoder, pytest.raises(PictureError) as refused:
        decoder.decode(faulty_process.LIST_ENVIRONMENT)
    assert "PYTHONPATH" in str(refused.value)
    assert "DISCORD_TOKEN" not in str(refused.value)


@pytest.mark.parametrize(
    "response",
    [
        b"\xff\xff\xff\xff",
        RESPONSE_HEADER.pack(4) + b"junk",
        RESPONSE_HEADER.pack(2) + b"{}" + b"x",
        *(
            RESPONSE_HEADER.pack(len(text)) + text
            for text in (
                Response(
                    info=PictureInfo(size=Size(width=9000, height=9000), format="PNG", notes=()), channels=3
                ).model_dump_json().encode(),
                Response(
                    info=PictureInfo(size=Size(width=4, height=4), format="PNG", notes=()), icc=2**31
                ).model_dump_json().encode(),
                Response(
                    info=PictureInfo(size=Size(width=4, height=4), format="PNG", notes=()), channels=3
                ).model_dump_json().encode(),
            )
        ),
    ],
)  # fmt: skip
def test_a_response_that_makes_no_sense_is_refused(response: bytes) -> None:
    with Decoder(Limits(), program="tests.pictures.decoder_process.echoing_process") as decoder:
        with pytest.raises(PictureError) as refused:
            decoder.decode(response)
        assert str(refused.value) == CRASHED


def test_a_process_that_does_not_start_is_not_the_picture_s_fault() -> None:
    with Decoder(Limits(), program="tests.pictures.decoder_process.no_such_program") as decoder:
        for _ in range(2):
            with pytest.raises(DecoderUnavailable):
                decoder.decode(GOOD)


def test_closing_the_decoder_is_not_the_picture_s_fault() -> None:
    decoder = Decoder(Limits(), program=PROGRAM)
    with ThreadPoolExecutor(1) as threads:
        with decoder:
            assert can_decode(decoder)
            pending = threads.submit(decoder.decode, faulty_process.HANG)
        with pytest.raises(DecoderUnavailable):
            pending.result(TIMEOUT)
    with pytest.raises(DecoderUnavailable):
        decoder.decode(GOOD)


def test_stop_signals_to_the_process_group_are_ignored(decoder: Decoder) -> None:
    assert can_decode(decoder)
    busy = process()
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        busy.send_signal(stop_signal)
    assert can_decode(decoder)
    assert process().pid == busy.pid


def test_standard_error_has_our_own_failures_but_not_those_of_libraries(
    capfd: pytest.CaptureFixture[str],
) -> None:
    broken = saved(Image.fromarray(noise(9, 9)), "TIFF", compression="tiff_deflate").replace(b"\x78", b"\x79")
    with Decoder(Limits(), program=PROGRAM) as decoder:
        with pytest.raises(PictureError, match="TIFF file is damaged"):
            decoder.decode(broken)
        assert capfd.readouterr().err == ""
        with pytest.raises(DecodingFailed):
            decoder.decode(faulty_process.HAVE_BUG)
        assert "AssertionError: a bug" in capfd.readouterr().err


PARENT = f"""
import sys
from pictures.decoder_process.client import Decoder
from pictures.limits import Limits
with Decoder(Limits(), program={PROGRAM!r}) as decoder:
    decoder.verify(sys.stdin.buffer.read({len(GOOD)}))
    print(flush=True)
    decoder.verify(sys.stdin.buffer.read({len(faulty_process.SPIN)}))
"""


@pytest.mark.parametrize("busy", [False, True])
def test_the_process_ends_with_its_killed_parent(busy: bool) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    with parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(GOOD)
        parent.stdout.readline()
        (child,) = psutil.Process(parent.pid).children()
        if busy:
            parent.stdin.write(faulty_process.SPIN)
        parent.kill()
        gone, left = psutil.wait_procs([child], timeout=TIMEOUT)
        assert (gone, left) == ([child], [])
