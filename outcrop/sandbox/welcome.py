"""Set the scene: a welcome, and a few pictures with one of them extended already."""

import asyncio
import time
from pathlib import Path

import structlog

from outcrop.sample import landscape
from outcrop.sandbox.dunes import dunes
from outcrop.sandbox.simulated_discord import SimulatedDiscord
from outcrop.sandbox.town import town
from pictures.encode import encode_png

log = structlog.get_logger()

BOT, SERVER, CHANNEL = "Outcrop", "Outcrop sandbox", "playground"
YOU, FRIEND = "you", "Mira"
PEOPLE = (YOU, FRIEND)

DRAWINGS = {"lake.png": landscape, "dunes.png": dunes, "town.png": town}

WELCOME = """\
**Welcome to the Outcrop sandbox.** Bot, bus and engine are the real ones; only Discord is played.
1. Type `/outcrop` and Enter, choose a file for **image**, add **top** `128` and **right** `64`, Enter.
2. Watch the line and the progress. Under a result is 🎲 **Rerun**; while it paints, ✖ **Cancel**.
3. `/history` shows all that you made. Reply to any picture with `{mention} left 192` to extend it.

There are pictures to choose in `{folder}`; any PNG, JPEG or WebP of your own will do."""

PATIENCE = 30.0
"""Seconds for the engine to start and paint; the page opens without the first result if it takes longer."""

LOOK_EVERY = 0.1


def write_samples(folder: Path) -> Path:
    """Write the drawings into a folder of their own and return it."""
    place = folder / "pictures-to-try"
    place.mkdir(exist_ok=True)
    for name, draw in DRAWINGS.items():
        (place / name).write_bytes(encode_png(draw()))
    return place


async def fill_channel(stage: SimulatedDiscord, tries: Path) -> None:
    """Fill the channel; returns once the first result is in it."""
    lake, *others = [(name, (tries / name).read_bytes()) for name in DRAWINGS]
    await stage.say(FRIEND, "Two of mine. What lies beyond the frame?", *others)
    await stage.command(FRIEND, "outcrop", image=lake, top=128, right=64, seed=42)
    began = time.monotonic()
    while not stage.pictures_shown():
        if time.monotonic() - began > PATIENCE:
            log.warning("the first picture is late")
            break
        await asyncio.sleep(LOOK_EVERY)
    await stage.announce(WELCOME.format(mention=stage.bot_mention, folder=_short(tries)))


def _short(path: Path) -> Path:
    """Return the path as seen from where we were started, where that is shorter."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
