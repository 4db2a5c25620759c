"""Fill the sandbox's channel: sample pictures, a first result and a welcome message."""

import asyncio
import shutil
import time
from pathlib import Path

import structlog

from outcrop.sandbox import SAMPLES
from outcrop.sandbox.simulated_discord import SimulatedDiscord

log = structlog.get_logger()

BOT, SERVER, CHANNEL = "Outcrop", "Outcrop sandbox", "playground"
YOU, FRIEND = "you", "Mira"
PEOPLE = (YOU, FRIEND)

SAMPLE_NAMES = ("lake.jpg", "dunes.jpg", "town.jpg")
"""The first is extended for the welcome; the others are posted as they are."""

WELCOME = """\
**Welcome to the Outcrop sandbox.** Bot, bus and engine are real; only Discord is simulated.
1. Type `/outcrop`, Enter. Choose a file for **image**, set **top** to `128` and **right** to `64`, Enter.
2. Watch the progress. ✖ **Cancel** stops it; 🎲 **Rerun** under a result paints it again with another seed.
3. `/history` lists your results. Reply to one of my pictures with `@{bot} left 64` to extend it.

Sample pictures are in `{folder}`; any PNG, JPEG or WebP of your own works too.
Without an AI model, results are **drafts**: the picture’s texture continued, whatever the prompt."""

FIRST_RESULT_TIMEOUT = 30.0
"""Seconds for the engine to start and paint; after that, the page opens without the first result."""

POLL_INTERVAL = 0.1


def write_samples(folder: Path) -> Path:
    """Copy the sample pictures into a folder of their own, and return it."""
    samples = folder / "pictures-to-try"
    samples.mkdir(exist_ok=True)
    for name in SAMPLE_NAMES:
        shutil.copyfile(SAMPLES / name, samples / name)
    return samples


async def fill_channel(discord: SimulatedDiscord, samples: Path) -> None:
    """Post the samples, extend one of them, and post the welcome below its result."""
    lake, *others = [(name, (samples / name).read_bytes()) for name in SAMPLE_NAMES]
    await discord.say(FRIEND, "Two of mine. What lies beyond the frame?", *others)
    await discord.command(FRIEND, "outcrop", image=lake, top=128, right=64, seed=42)
    started = time.monotonic()
    while not discord.result_count():
        if time.monotonic() - started > FIRST_RESULT_TIMEOUT:
            log.warning("first result not ready, opening the page without it")
            break
        await asyncio.sleep(POLL_INTERVAL)
    await discord.announce(WELCOME.format(bot=BOT, folder=_short(samples)))


def _short(path: Path) -> Path:
    """Return the path relative to the current folder if it is inside that."""
    current = Path.cwd()
    return path.relative_to(current) if path.is_relative_to(current) else path
