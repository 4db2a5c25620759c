"""Memory of an idle bot, and of one that receives 50 large pictures at once."""

import asyncio

import numpy as np
from PIL import Image

from benchmarks.report import megabytes, print_measurement
from benchmarks.supervised import PeakMemory, bot_without_engine
from pictures.encode import encode_jpeg
from pictures.picture import Picture
from tests.samples import lake

PICTURES = 50
SIDE = 3968
"""Pixels; with 128 more above, the picture stays under 16 megapixels."""


def photograph() -> bytes:
    """Return a JPEG as large as a camera's: a landscape with sensor noise."""
    enlarged = Image.fromarray(lake().pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(1).normal(0, 8, (SIDE, SIDE, 3)).astype(np.float32)
    pixels = np.clip(np.asarray(enlarged, np.float32) + noise, 0, 255).astype(np.uint8)
    return encode_jpeg(Picture(pixels=pixels), 90)


async def main() -> None:
    """Run the benchmark and print its measurements."""
    print("Memory of the bot, without torch")
    picture = photograph()
    print(f"  each picture is a JPEG of {megabytes(len(picture))}")
    async with bot_without_engine(OUTCROP_USER_LIMIT="100") as (discord, bot, _url, _folder):
        await asyncio.sleep(5)
        peak = PeakMemory(bot.pid)
        print_measurement("idle", megabytes(peak.sample()), "< 150 MB")
        users = [(discord.user(f"p{n}"), discord.channel(f"c{n}")) for n in range(10)]
        async with peak.sampling():
            interactions = await asyncio.gather(
                *(
                    discord.slash(*users[n % 10], "outcrop", image=("p.jpg", picture), top=64)
                    for n in range(PICTURES)
                )
            )
            await discord.until(
                lambda: all(
                    interaction.response and "No engine is online" in interaction.response.content
                    for interaction in interactions
                ),
                within=300,
            )
        print_measurement(
            f"peak while {PICTURES} pictures of {SIDE}×{SIDE} arrive", megabytes(peak.bytes), "< 300 MB"
        )


if __name__ == "__main__":
    asyncio.run(main())
