"""A user of the sandbox page, in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from playwright.async_api import Locator, Page, async_playwright, expect

CHROMIUM = Path("/usr/bin/chromium")
"""Debian's package `chromium`; without it the tests are skipped."""

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses its own sandbox to root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE = 60_000.0
"""Milliseconds; far longer than anything here takes."""


class BrowserUser:
    """Does what a person does on the page."""

    def __init__(self, page: Page, screenshots: Path) -> None:
        self.page = page
        self._screenshots = screenshots
        self._composer = page.locator("#channel-composer-input")

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, screenshots: Path) -> AsyncIterator[Self]:
        """Open the page in a new browser."""
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
            try:
                page = await browser.new_page(viewport={"width": 1280, "height": 860})
                page.set_default_timeout(PATIENCE)
                await page.goto(url)
                yield cls(page, screenshots)
            finally:
                await browser.close()

    async def sees(self, message: Locator, *words: str) -> None:
        """Wait until the message says all these words."""
        for word in words:
            await expect(message).to_contain_text(word, timeout=PATIENCE)

    async def commands(self, name: str, *, file: Path | None = None, **options: str) -> None:
        """Use a slash command through its menus."""
        await self._composer.click()
        await self._composer.press_sequentially(f"/{name}")
        await self.page.locator(".command-popup").get_by_text(f"/{name}", exact=True).first.wait_for()
        await self._composer.press("Enter")
        if file is not None:
            await self.page.set_input_files("input.command-file-input", file)
        for option, value in options.items():
            await self.page.click(".command-ghost")
            await self.page.click(f".command-suggestion[data-value={option}]")
            await (
                self.page.locator(f".command-pill[data-option={option}]")
                .locator("input, textarea, [contenteditable]")
                .fill(value)
            )
        await self.page.click("#send-message")

    async def replies(self, message: Locator, text: str) -> None:
        """Reply to a message."""
        await message.hover()
        await message.get_by_role("button", name="Reply").click()
        await self._composer.fill(text)
        await self.page.click("#send-message")

    async def sees_picture(self, message: Locator) -> tuple[int, int]:
        """Wait for the message's picture and return its width and height."""
        picture = message.locator("img.attachment-image").last
        async with asyncio.timeout(PATIENCE / 1000):
            while True:  # the page replaces the element whenever the message is edited
                width, height = await picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
                if width:
                    return width, height
                await asyncio.sleep(0.05)

    def message(self, *words: str) -> Locator:
        """Return the newest message with all these words."""
        messages = self.page.locator(".channel-message")
        for word in words:
            messages = messages.filter(has_text=word)
        return messages.last

    async def takes_screenshot(self, name: str) -> None:
        """Save a screenshot of the page."""
        await self.page.screenshot(path=self._screenshots / f"{name}.png")
