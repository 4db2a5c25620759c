"""Bad input gets a clear sentence, leaves no unfinished job, and the next command works."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from PIL import Image

from pictures.decode import decode
from pictures.geometry import Outcrop
from pictures.limits import Limits
from tests.chaos.polling import wait_for, wait_until
from tests.chaos.separate_processes import SeparateProcesses
from tests.fake_discord import User
from tests.pictures.files import GREY, RGB, chunk, exif, header, noise, png, png_of, saved

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICTURE = Image.fromarray(noise(60, 40))
END = chunk(b"IEND")
VALID = png(noise(40, 30), RGB)

REFUSED = {
    "a text": (
        "letter.png",
        b"Dear all, this is a letter.",
        "This file can’t be opened as a picture.",
    ),
    "an empty file": (
        "empty.png",
        b"",
        "The file is empty. Send a PNG, JPEG, WebP, GIF, BMP, AVIF or TIFF.",
    ),
    "half a PNG": ("half.png", VALID[: len(VALID) // 2], "This PNG file is damaged or incomplete."),
    "half a JPEG": ("half.jpg", saved(PICTURE, "JPEG")[:500], "This JPEG file is damaged or incomplete."),
    "a header of 50,000 x 50,000": (
        "bomb.png",
        png_of([header(50_000, 50_000), chunk(b"IDAT", zlib.compress(bytes(1000))), END]),
        "The picture is too large: 50000×50000, 2,500.0 megapixels (max. 16.7).",
    ),
    "a tiny file that inflates": (
        "bomb.png",
        png_of([header(5000, 5000, colour=GREY), chunk(b"IDAT", zlib.compress(bytes(5001 * 5000), 9)), END]),
        "megapixels (max. 16.7).",
    ),
    "a text-chunk bomb": (
        "bomb.png",
        png(noise(4, 4), RGB, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20 * 2**20)))),
        "The file has too much text and other metadata (max. 8 MB).",
    ),
    "too many bytes": (
        "large.png",
        VALID + bytes(25 * 2**20),
        "large.png is too large: 25.0 MB (max. 25 MB).",
    ),
    "too large a result": (
        "wide.png",
        png(np.zeros((4090, 4095, 1), np.uint8), GREY),
        "The result would be too large: 4095×4098, 16.8 megapixels (max. 16.7).",
    ),
}

PAINTED = {
    "an animated GIF": (
        saved(PICTURE, "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40))]),
        "Only the first frame of the animation was used.",
    ),
    "CMYK": (saved(PICTURE.convert("CMYK"), "JPEG"), "CMYK was converted to RGB."),
    "16 bits": (png(noise(40, 30).astype(np.uint16) * 257, RGB), "16-bit"),
    "a palette with transparency": (
        saved(PICTURE.convert("P"), "PNG", transparency=3),
        "",
    ),
    "a rotated JPEG": (saved(PICTURE, "JPEG", exif=b"Exif\0\0" + exif(6)), ""),
}


@pytest.fixture
def person(deployment: SeparateProcesses, request: pytest.FixtureRequest) -> User:
    """Return a person without unfinished jobs."""
    return deployment.discord.user(request.node.name)


@pytest.mark.parametrize("case", REFUSED)
async def test_a_file_that_cannot_be_painted_gets_a_sentence(
    deployment: SeparateProcesses, person: User, case: str
) -> None:
    name, data, sentence = REFUSED[case]
    before = deployment.history.job_ids()
    request = await deployment.submit(person, image=(name, data))
    response = await wait_for(lambda: request.press.response)
    await wait_until(lambda: sentence in response.content)
    assert not response.components
    for job in deployment.history.job_ids() - before:
        assert await deployment.answer(job) is response
        assert deployment.history.job(job)["state"] == "failed"
        assert not deployment.history.job(job)["interaction_token"]
    await deployment.answer(await deployment.submit_job(person))


@pytest.mark.parametrize("case", PAINTED)
async def test_an_unusual_picture_is_painted_with_a_note(
    deployment: SeparateProcesses, person: User, case: str
) -> None:
    data, note = PAINTED[case]
    answer = await deployment.answer(await deployment.submit_job(person, image=("unusual.bin", data)))
    assert note in answer.content
    source = decode(data, Limits()).picture
    grown = decode(answer.attachments[0].data, Limits()).picture
    assert grown.size == Outcrop(top=8).grow(source.size)
    assert np.array_equal(grown.pixels[8:], source.pixels)


async def test_an_expired_attachment_link_gets_a_sentence(
    deployment: SeparateProcesses, person: User
) -> None:
    deployment.discord.fail("GET", "/attachments/*", 404)
    answer = await deployment.answer(await deployment.submit_job(person))
    assert "That picture’s link has expired. Please send it again." in answer.content


async def test_a_prompt_may_contain_anything(deployment: SeparateProcesses, person: User) -> None:
    prompt = ("@everyone @here <@&1> \x00\x1b[31m\u2028# no heading\n" * 100)[:2000]
    answer = await deployment.answer(await deployment.submit_job(person, prompt=prompt))
    assert not answer.pinged_everyone
    assert not answer.notified
    assert len(answer.attachments) == 1
    assert not {"\x00", "\x1b", "\u2028"} & set(answer.content)


async def test_a_request_without_a_side_gets_a_sentence(deployment: SeparateProcesses, person: User) -> None:
    request = await deployment.submit(person, top=0)
    response = await wait_for(lambda: request.press.response)
    assert "side" in response.content
    assert not deployment.history.query("SELECT id FROM jobs WHERE user_id = ?", person.id)
    await deployment.answer(await deployment.submit_job(person))
