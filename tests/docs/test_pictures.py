"""The pictures of README and docs, made of the product itself.

OUTCROP_PICTURES=docs/pictures .venv/bin/pytest tests/docs/test_pictures.py
"""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import Locator, ViewportSize

from outcrop.main import main
from outcrop.sandbox.welcome import write_samples
from pictures.geometry import Outcrop, Size
from tests.docs.before_after import before_after
from tests.docs.film import LIMIT, Film
from tests.outcrop.sandbox.browser import CHROMIUM, PATIENCE, BrowserUser
from tests.outcrop.sandbox.process import SandboxProcess

VIEWPORT: ViewportSize = {"width": 936, "height": 760}
"""The channel is filmed without the list beside it: 680 pixels wide, so that it can be read in a README."""

SIDES = Outcrop(top=128, right=64)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return the folder to write to."""
    return Path(os.environ.get("OUTCROP_PICTURES", tmp_path)).absolute()


@pytest.fixture
async def user(tmp_path: Path) -> AsyncIterator[tuple[BrowserUser, Path]]:
    async with (
        SandboxProcess.opened(tmp_path) as sandbox,
        BrowserUser.at(sandbox.url, tmp_path) as user,
    ):
        yield user, sandbox.folder / "pictures-to-try"


def test_a_draft_makes_before_and_after(tmp_path: Path, pictures: Path) -> None:
    lake = next(write_samples(tmp_path).glob("lake.*"))
    result = tmp_path / "result.png"
    assert main(["fix", str(lake), "-c", "top", "128", "right", "64", "-S", "42", "-o", str(result)]) == 0
    sheet = before_after(lake, result, SIDES)
    sheet.save(pictures / "before-after.webp", quality=90, method=6)
    before, after = (np.asarray(Image.open(file).convert("RGB")) for file in (lake, result))
    box = SIDES.known_box(Size(width=before.shape[1], height=before.shape[0]))
    assert np.array_equal(after[box.slices], before)


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="NO ANIMATION IS MADE: Chromium is missing; run: apt-get install chromium"
)
async def test_a_command_progress_and_result_make_an_animation(
    user: tuple[BrowserUser, Path], pictures: Path
) -> None:
    visitor, samples = user
    page = visitor.page
    await visitor.sees(visitor.message("Welcome"), "/history")
    await visitor.sees_picture(visitor.message("512×384 → 576×512"))
    await page.set_viewport_size(VIEWPORT)
    film = Film(page.locator("#preview-app"))
    composer = page.locator("#channel-composer-input")
    await composer.click()
    await film.shoot(600)
    for letter in "/outcrop":
        await composer.press_sequentially(letter)
        await film.shoot()
    await page.locator(".command-popup").get_by_text("/outcrop", exact=True).first.wait_for()
    await film.shoot(500)
    await composer.press("Enter")
    await film.shoot(300)
    await page.set_input_files("input.command-file-input", samples / "dunes.jpg")
    await film.shoot(500)
    for option, value in {"top": "128", "right": "64"}.items():
        await page.click(".command-ghost")
        await film.shoot(300)
        await page.click(f".command-suggestion[data-value={option}]")
        field = page.locator(f".command-pill[data-option={option}]").locator(
            "input, textarea, [contenteditable]"
        )
        for length in range(1, len(value) + 1):
            await field.fill(value[:length])
            await film.shoot()
    await film.shoot(400)
    await page.click("#send-message")
    result = visitor.message("448×320 → 512×448")
    async with asyncio.timeout(PATIENCE / 1000):
        while not await _is_shown(result):
            await film.shoot(200)
    await film.shoot(3500)
    film.save(pictures / "demo.webp")
    assert film.frames > 15
    assert (pictures / "demo.webp").stat().st_size < LIMIT


async def _is_shown(result: Locator) -> bool:
    image = result.locator("img.attachment-image").last
    return bool(await image.count()) and bool(await image.evaluate("it => it.naturalWidth"))
