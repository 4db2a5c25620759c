"""The whole product in a browser, from the command to the picture."""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.outcrop.sandbox.browser import CHROMIUM, PATIENCE, BrowserUser
from tests.outcrop.sandbox.process import SandboxProcess

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not CHROMIUM.exists(),
        reason="THE SANDBOX PAGE IS NOT TESTED: Chromium is missing; run: apt-get install chromium",
    ),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxProcess]:
    async with SandboxProcess.opened(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def user(sandbox: SandboxProcess, tmp_path: Path) -> AsyncIterator[BrowserUser]:
    screenshots = Path(os.environ.get("OUTCROP_SCREENSHOTS", tmp_path))
    async with BrowserUser.at(sandbox.url, screenshots) as user:
        try:
            yield user
        finally:
            await user.takes_screenshot("at-the-end")
            print(sandbox.log_text)  # noqa: T201


async def test_a_user_extends_a_picture(user: BrowserUser, sandbox: SandboxProcess) -> None:
    first = user.message("top 128 right 64", "512×384 → 576×512", "42")
    assert await user.sees_picture(first) == (576, 512)
    await user.sees(user.message("Welcome to the Outcrop sandbox."), "/history")

    await user.commands(
        "outcrop", file=sandbox.folder / "pictures-to-try" / "dunes.jpg", top="128", right="64"
    )
    result = user.message("top 128 right 64", "448×320 → 512×448")
    assert await user.sees_picture(result) == (512, 448)
    await user.takes_screenshot("sandbox-result")

    seed = await result.locator("code").first.inner_text()
    await result.get_by_role("button", name="Rerun").click()
    again = user.page.locator(".channel-message").filter(has_text="448×320 → 512×448")
    await expect(again).to_have_count(2, timeout=PATIENCE)
    assert await user.sees_picture(again.last) == (512, 448)
    another_seed = await again.last.locator("code").first.inner_text()
    assert another_seed != seed

    await user.commands("history")
    history = user.message("Your results")
    await user.sees(history, "Only you can see this", seed, another_seed)
    await user.takes_screenshot("sandbox-history")


async def test_a_button_works_while_progress_updates_the_message(
    user: BrowserUser, sandbox: SandboxProcess
) -> None:
    town = sandbox.folder / "pictures-to-try" / "town.jpg"
    await user.commands("outcrop", file=town, top="1024", left="1024")
    painting = user.message("top 1024 left 1024", "%")
    await painting.get_by_role("button", name="Cancel").click()
    await user.sees(user.message("Cancelled."), "Cancelled.")


async def test_the_typed_instruction_of_the_welcome_works(user: BrowserUser, sandbox: SandboxProcess) -> None:
    welcome = user.message("Welcome to the Outcrop sandbox.")
    await user.sees(welcome, "@Outcrop left 64", "drafts")
    await expect(welcome).not_to_contain_text("<@")
    await user.replies(user.message("top 128 right 64", "512×384 → 576×512"), "@Outcrop left 64")
    assert await user.sees_picture(user.message("576×512 → 640×512")) == (640, 512)


@pytest.mark.parametrize("width", [1280, 390])
async def test_an_address_without_its_key_says_what_to_do(
    user: BrowserUser, sandbox: SandboxProcess, width: int
) -> None:
    await user.page.set_viewport_size({"width": width, "height": 844})
    address, _, _ = sandbox.url.partition("#")
    notice = user.page.locator("#sandbox-notice")
    for key, words in (("", "Open the whole address that the terminal prints"), ("#wrong", "has an old key")):
        await user.page.goto("about:blank")
        await user.page.goto(address + key)
        await expect(notice).to_be_visible()
        await user.sees(notice, words, "outcrop sandbox")
        await user.takes_screenshot(f"sandbox-notice-{width}-{key.strip('#')}")
        assert await user.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_tab_survives_a_restart(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        arguments = ("sandbox", "--port", str(probe.getsockname()[1]))
    async with (
        SandboxProcess.opened(tmp_path, *arguments) as first,
        BrowserUser.at(first.url, tmp_path) as user,
    ):
        await user.sees(user.message("Welcome to the Outcrop sandbox."), "/history")
        assert await first.stop() == 0
        await user.sees(user.page.locator("#sandbox-notice"), "The sandbox has stopped")
        async with SandboxProcess.opened(tmp_path, *arguments) as second:
            assert second.url == first.url
            await expect(user.page.locator("#sandbox-notice")).to_be_hidden(timeout=PATIENCE)
            await user.sees(user.message("Welcome to the Outcrop sandbox."), "/history")
            secret = second.url.partition("#")[2]
            assert secret not in second.log_text


async def test_ctrl_c_stops_every_process(tmp_path: Path) -> None:
    async with SandboxProcess.opened(tmp_path) as sandbox:
        assert await sandbox.stop() == 0
        assert "Traceback" not in sandbox.log_text
