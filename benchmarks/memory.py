"""Memory of a bot that idles, and of one to which 50 large pictures come at once."""

import asyncio

import numpy as np

from benchmarks.household import Peak, bot_without_engine
from benchmarks.report import figure, megabytes
from pictures.encode import encode_png
from pictures.picture import Picture

PICTURES = 50
SIDE = 3968
"""So that the picture, 128 pixels higher, is just under 16 megapixels."""


async def main() -> None:
    """Measure and print."""
    print("Memory of the bot, without torch")
    rng = np.random.default_rng(1)
    small = rng.integers(0, 255, (SIDE // 32, SIDE // 32, 3), dtype=np.uint8)
    picture = encode_png(Picture(pixels=np.kron(small, np.ones((32, 32, 1), np.uint8))))
    async with bot_without_engine(OUTCROP_USER_LIMIT="100") as (discord, bot, _url, _folder):
        await asyncio.sleep(5)
        peak = Peak(bot.pid)
        figure("idle", megabytes(peak.look()), "< 150 MB")
        persons = [(discord.person(f"p{n}"), discord.channel(f"c{n}")) for n in range(10)]
        async with peak.watched():
            presses = await asyncio.gather(
                *(
                    discord.slash(*persons[n % 10], "outcrop", image=("p.png", picture), top=64)
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
