"""Memory of a bot that idles, and of one to which 50 large pictures come at once."""

import asyncio

import numpy as np
from PIL import Image

from benchmarks.household import Peak, bot_without_engine
from benchmarks.report import figure, megabytes
from pictures.encode import encode_jpeg
from pictures.picture import Picture
from tests.samples import lake

PICTURES = 50
SIDE = 3968
"""So that the picture, 128 pixels higher, is just under 16 megapixels."""


def photograph() -> bytes:
    """Return a file as large as a camera's: a landscape with the noise of a sensor."""
    drawn = Image.fromarray(lake().pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(1).normal(0, 8, (SIDE, SIDE, 3)).astype(np.float32)
    pixels = np.clip(np.asarray(drawn, np.float32) + noise, 0, 255).astype(np.uint8)
    return encode_jpeg(Picture(pixels=pixels), 90)


async def main() -> None:
    """Measure and print."""
    print("Memory of the bot, without torch")
    picture = photograph()
    print(f"  each picture is a JPEG of {megabytes(len(picture))}")
    async with bot_without_engine(OUTCROP_USER_LIMIT="100") as (discord, bot, _url, _folder):
        await asyncio.sleep(5)
        peak = Peak(bot.pid)
        figure("idle", megabytes(peak.look()), "< 150 MB")
        persons = [(discord.user(f"p{n}"), discord.channel(f"c{n}")) for n in range(10)]
        async with peak.watched():
            presses = await asyncio.gather(
                *(
                    discord.slash(*persons[n % 10], "outcrop", image=("p.jpg", picture), top=64)
                    for n in range(PICTURES)
                )
            )
            await discord.until(
                lambda: all(
                    press.response and "No engine is online" in press.response.content for press in presses
                ),
                within=300,
            )
        figure(f"peak while {PICTURES} pictures of {SIDE}×{SIDE} arrive", megabytes(peak.bytes), "< 300 MB")


if __name__ == "__main__":
    asyncio.run(main())
