"""A newcomer tries Outcrop in a browser: the whole product, from the command to the picture."""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.outcrop.sandbox.newcomer import CHROMIUM, PATIENCE, Newcomer
from tests.outcrop.sandbox.playground import Playground

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not CHROMIUM.exists(),
        reason="THE SANDBOX PAGE IS NOT TESTED: Chromium is missing; run: apt-get install chromium",
    ),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    async with Playground.opened(tmp_path_factory.mktemp("sandbox")) as playground:
        yield playground


@pytest_asyncio.fixture(loop_scope="module")
async def newcomer(playground: Playground, tmp_path: Path) -> AsyncIterator[Newcomer]:
    screenshots = Path(os.environ.get("OUTCROP_SCREENSHOTS", tmp_path))
    async with Newcomer.at(playground.url, screenshots) as newcomer:
        try:
            yield newcomer
        finally:
            await newcomer.takes_screenshot("at-the-end")
            print(playground.said)  # noqa: T201


async def test_a_newcomer_makes_a_picture_bigger(newcomer: Newcomer, playground: Playground) -> None:
    first = newcomer.message("top 128 right 64", "512×384 → 576×512", "42")
    assert await newcomer.sees_picture(first) == (576, 512)
    await newcomer.sees(newcomer.message("Welcome to the Outcrop sandbox."), "/history")

    await newcomer.commands(
        "outcrop", file=playground.folder / "pictures-to-try" / "dunes.jpg", top="128", right="64"
    )
    result = newcomer.message("top 128 right 64", "448×320 → 512×448")
    assert await newcomer.sees_picture(result) == (512, 448)
    await newcomer.takes_screenshot("sandbox-result")

    seed = await result.locator("code").first.inner_text()
    await result.get_by_role("button", name="Rerun").click()
    again = newcomer.page.locator(".channel-message").filter(has_text="448×320 → 512×448")
    await expect(again).to_have_count(2, timeout=PATIENCE)
    assert await newcomer.sees_picture(again.last) == (512, 448)
    another_seed = await again.last.locator("code").first.inner_text()
    assert another_seed != seed

    await newcomer.commands("history")
    history = newcomer.message("Your results")
    await newcomer.sees(history, "Only you can see this", seed, another_seed)
    await newcomer.takes_screenshot("sandbox-history")


async def test_a_press_counts_while_progress_streams_in(newcomer: Newcomer, playground: Playground) -> None:
    town = playground.folder / "pictures-to-try" / "town.jpg"
    await newcomer.commands("outcrop", file=town, top="1024", left="1024")
    painting = newcomer.message("top 1024 left 1024", "%")
    await painting.get_by_role("button", name="Cancel").click()
    await newcomer.sees(newcomer.message("Cancelled."), "Cancelled.")


async def test_the_typed_instruction_of_the_welcome_works(newcomer: Newcomer, playground: Playground) -> None:
    welcome = newcomer.message("Welcome to the Outcrop sandbox.")
    await newcomer.sees(welcome, "@Outcrop left 64", "drafts")
    await expect(welcome).not_to_contain_text("<@")
    await newcomer.replies(newcomer.message("top 128 right 64", "512×384 → 576×512"), "@Outcrop left 64")
    assert await newcomer.sees_picture(newcomer.message("576×512 → 640×512")) == (640, 512)


@pytest.mark.parametrize("width", [1280, 390])
async def test_an_address_without_its_key_says_what_to_do(
    newcomer: Newcomer, playground: Playground, width: int
) -> None:
    await newcomer.page.set_viewport_size({"width": width, "height": 844})
    address, _, _ = playground.url.partition("#")
    notice = newcomer.page.locator("#sandbox-notice")
    for key, words in (("", "Open the whole address that the terminal prints"), ("#wrong", "has an old key")):
        await newcomer.page.goto("about:blank")
        await newcomer.page.goto(address + key)
        await expect(notice).to_be_visible()
        await newcomer.sees(notice, words, "outcrop sandbox")
        await newcomer.takes_screenshot(f"sandbox-notice-{width}-{key.strip('#')}")
        assert await newcomer.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_tab_survives_a_restart(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        arguments = ("sandbox", "--port", str(probe.getsockname()[1]))
    async with Playground.opened(tmp_path, *arguments) as first, Newcomer.at(first.url, tmp_path) as newcomer:
        await newcomer.sees(newcomer.message("Welcome to the Outcrop sandbox."), "/history")
        assert await first.stop() == 0
        await newcomer.sees(newcomer.page.locator("#sandbox-notice"), "The sandbox has stopped")
        async with Playground.opened(tmp_path, *arguments) as second:
            assert second.url == first.url
            await expect(newcomer.page.locator("#sandbox-notice")).to_be_hidden(timeout=PATIENCE)
            await newcomer.sees(newcomer.message("Welcome to the Outcrop sandbox."), "/history")
            secret = second.url.partition("#")[2]
            assert secret not in second.said


async def test_ctrl_c_ends_the_whole_family(tmp_path: Path) -> None:
    async with Playground.opened(tmp_path) as playground:
        assert await playground.stop() == 0
        assert "Traceback" not in playground.said
