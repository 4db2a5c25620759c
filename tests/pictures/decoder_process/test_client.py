"""Pictures of strangers are decoded in a process that they may kill."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from PIL import Image

from pictures.decode import NO_MEMORY, decode
from pictures.decoder_process.client import FATAL, Decoder, DecoderUnavailable
from pictures.decoder_process.protocol import LENGTH, PictureInfo, Response
from pictures.encode import encode_png
from pictures.errors import DecodingFailed, PictureError
from pictures.geometry import Outcrop, Size
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Recipe
from tests.pictures.decoder_process import stumbling
from tests.pictures.files import RGB, RGBA, exif, noise, png, saved

PROGRAM = "tests.pictures.decoder_process.stumbling"
GOOD = png(noise(40, 30), RGB)
WITHIN = 20.0


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder(Limits(), program=PROGRAM) as decoder:
        yield decoder


def works(decoder: Decoder) -> bool:
    return np.array_equal(decoder.decode(GOOD).picture.pixels, noise(40, 30))


def process() -> psutil.Process:
    """Return the one process of a decoder of this test."""
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
def test_a_picture_comes_out_as_it_does_in_process(decoder: Decoder, data: bytes) -> None:
    here, there = decode(data, Limits()), decoder.decode(data)
    assert np.array_equal(there.picture.pixels, here.picture.pixels)
    assert there.picture.icc == here.picture.icc
    assert (there.notes, there.format) == (here.notes, here.format)


def test_the_facts_come_without_a_pixel_and_with_the_recipe(decoder: Decoder) -> None:
    recipe = Recipe(sides=Outcrop(top=8), seed=5, prompt="a lake — at dusk", source_sha256="0" * 64)
    data = encode_png(Picture(pixels=noise(30, 20)), recipe)
    assert decoder.examine(data) == PictureInfo(
        size=Size(width=30, height=20), format="PNG", notes=(), carried=recipe
    )
    turned = saved(Image.fromarray(noise(64, 48)).convert("CMYK"), "JPEG", exif=b"Exif\0\0" + exif(6))
    assert decoder.examine(turned) == PictureInfo(
        size=Size(width=48, height=64), format="JPEG", notes=("CMYK was converted to RGB.",)
    )


@pytest.mark.parametrize("data", [b"", b"Dear all", GOOD[:200], png(noise(4, 4), RGB) + bytes(26 * 2**20)])
def test_what_is_refused_in_process_is_refused_in_the_same_words(decoder: Decoder, data: bytes) -> None:
    with pytest.raises(PictureError) as here:
        decode(data, Limits())
    for ask in (decoder.decode, decoder.examine):
        with pytest.raises(PictureError) as there:
            ask(data)
        assert str(there.value) == str(here.value)
    assert works(decoder)


@pytest.mark.parametrize("fault", [stumbling.KILLS, stumbling.SPINS, stumbling.FAILS])
def test_a_picture_that_ends_the_process_is_told_so_and_the_next_works(
    decoder: Decoder, fault: bytes
) -> None:
    for ask in (decoder.decode, decoder.examine):
        with pytest.raises(DecodingFailed) as failed:
            ask(fault)
        assert str(failed.value) == FATAL
        assert works(decoder)


def test_a_picture_that_hangs_is_given_up_and_the_next_works() -> None:
    with Decoder(Limits(), program=PROGRAM, seconds=1) as decoder:
        with pytest.raises(DecodingFailed):
            decoder.decode(stumbling.HANGS)
        assert works(decoder)


def test_a_picture_that_wants_all_memory_gets_none(decoder: Decoder) -> None:
    assert works(decoder)
    before = process().pid
    with pytest.raises(PictureError) as refused:
        decoder.decode(stumbling.HOGS)
    assert str(refused.value) == NO_MEMORY
    assert works(decoder)
    assert process().pid == before


def test_no_rest_of_an_answer_is_taken_for_the_next_one(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    assert works(decoder)
    with monkeypatch.context() as patched:
        patched.setattr(np, "empty", full)
        with pytest.raises(MemoryError):
            decoder.decode(png(noise(50, 50, seed=9), RGB))
    assert works(decoder)


def test_the_largest_picture_of_each_format_has_memory_enough() -> None:
    limits = Limits(pixels=2**22)
    image = Image.fromarray(np.tile(noise(64, 64, 4), (32, 32, 1)))
    with Decoder(limits) as decoder:
        for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
            assert (
                decoder.examine(saved(image.convert("RGB") if kind == "JPEG" else image, kind)).size.pixels
                == 2**22
            )
        assert decoder.examine(saved(image, "AVIF", speed=10)).size.pixels == 2**22


def test_a_process_that_was_killed_between_two_pictures_costs_none(decoder: Decoder) -> None:
    assert works(decoder)
    idle = process()
    idle.kill()
    psutil.wait_procs([idle], timeout=WITHIN)
    assert works(decoder)


def test_many_at_once_take_turns_and_a_killer_among_them_hurts_itself_alone(decoder: Decoder) -> None:
    pictures = {n: noise(50 + n, 40, seed=n) for n in range(24)}

    def ask(n: int) -> bool:
        if n % 6 == 5:
            with pytest.raises(DecodingFailed):
                decoder.decode(stumbling.KILLS)
            return True
        return np.array_equal(decoder.decode(png(pictures[n], RGB)).picture.pixels, pictures[n])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, pictures))


def test_no_secret_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    with Decoder(Limits(), program=PROGRAM) as decoder, pytest.raises(PictureError) as told:
        decoder.decode(stumbling.LOOKS_AROUND)
    assert "PYTHONPATH" in str(told.value)
    assert "DISCORD_TOKEN" not in str(told.value)


@pytest.mark.parametrize(
    "lies",
    [
        b"\xff\xff\xff\xff",
        LENGTH.pack(4) + b"junk",
        LENGTH.pack(2) + b"{}" + b"x",
        *(
            LENGTH.pack(len(text)) + text
            for text in (
                Response(
                    facts=PictureInfo(size=Size(width=9000, height=9000), format="PNG", notes=()), channels=3
                ).model_dump_json().encode(),
                Response(
                    facts=PictureInfo(size=Size(width=4, height=4), format="PNG", notes=()), icc=2**31
                ).model_dump_json().encode(),
                Response(
                    facts=PictureInfo(size=Size(width=4, height=4), format="PNG", notes=()), channels=3
                ).model_dump_json().encode(),
            )
        ),
    ],
)  # fmt: skip
def test_a_process_in_the_power_of_a_file_is_not_believed(lies: bytes) -> None:
    with Decoder(Limits(), program="tests.pictures.decoder_process.babbling") as decoder:
        with pytest.raises(PictureError) as refused:
            decoder.decode(lies)
        assert str(refused.value) == FATAL


def test_no_picture_is_blamed_when_the_process_does_not_start() -> None:
    with Decoder(Limits(), program="tests.pictures.decoder_process.no_such_program") as decoder:
        for _ in range(2):
            with pytest.raises(DecoderUnavailable):
                decoder.decode(GOOD)


def test_no_picture_is_blamed_when_the_decoder_is_closed_over_it() -> None:
    decoder = Decoder(Limits(), program=PROGRAM)
    with ThreadPoolExecutor(1) as threads:
        with decoder:
            assert works(decoder)
            asked = threads.submit(decoder.decode, stumbling.HANGS)
        with pytest.raises(DecoderUnavailable):
            asked.result(WITHIN)
    with pytest.raises(DecoderUnavailable):
        decoder.decode(GOOD)


def test_to_be_asked_to_end_with_all_others_costs_no_picture(decoder: Decoder) -> None:
    assert works(decoder)
    busy = process()
    for asked_to_end in (signal.SIGTERM, signal.SIGINT):
        busy.send_signal(asked_to_end)
    assert works(decoder)
    assert process().pid == busy.pid


def test_the_log_hears_of_our_own_failures_and_not_what_a_library_says(
    capfd: pytest.CaptureFixture[str],
) -> None:
    broken = saved(Image.fromarray(noise(9, 9)), "TIFF", compression="tiff_deflate").replace(b"\x78", b"\x79")
    with Decoder(Limits(), program=PROGRAM) as decoder:
        with pytest.raises(PictureError, match="TIFF file is damaged"):
            decoder.decode(broken)
        assert capfd.readouterr().err == ""
        with pytest.raises(DecodingFailed):
            decoder.decode(stumbling.FAILS)
        assert "AssertionError: a bug" in capfd.readouterr().err


PARENT = f"""
import sys
from pictures.decoder_process.client import Decoder
from pictures.limits import Limits
with Decoder(Limits(), program={PROGRAM!r}) as decoder:
    decoder.examine(sys.stdin.buffer.read({len(GOOD)}))
    print(flush=True)
    decoder.examine(sys.stdin.buffer.read(5))
"""


@pytest.mark.parametrize("busy", [False, True])
def test_the_process_ends_with_its_parent_however_that_ends(busy: bool) -> None:
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
            parent.stdin.write(stumbling.SPINS)
        parent.kill()
        gone, left = psutil.wait_procs([child], timeout=WITHIN)
        assert (gone, left) == ([child], [])
