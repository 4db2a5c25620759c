"""50 commands at once from 10 people while an engine paints: how long until each is acknowledged."""

import asyncio

from benchmarks.household import bot_without_engine, process
from benchmarks.report import figure, median, milliseconds, percentile
from pictures.encode import encode_png
from tests.samples import lake

PEOPLE, EACH = 10, 5


async def main() -> None:
    """Measure and print."""
    print("Acknowledgement: 50 commands at once from 10 people, while the engine paints")
    picture = encode_png(lake())
    async with bot_without_engine() as (discord, _bot, _url, folder):
        environment = discord.environment() | {"OUTCROP_DATA": str(folder)}
        async with process("engine", environment):
            persons = [(discord.user(f"p{n}"), discord.channel(f"c{n}")) for n in range(PEOPLE)]
            first = await discord.slash(
                *persons[0], "outcrop", image=("warm.png", picture), top=1024, right=1024, variations=4
            )
            await discord.until(lambda: first.response and "Painting" in first.response.content, within=60)
            presses = await asyncio.gather(
                *(
                    discord.slash(person, channel, "outcrop", image=("p.png", picture), top=64)
                    for _ in range(EACH)
                    for person, channel in persons
                )
            )
            await discord.until(lambda: all(press.acknowledged for press in presses), within=30)
            seconds = [(press.acknowledged_after or 0.0) / 1000 for press in presses]
    figure("acknowledged, median", milliseconds(median(seconds)), "–")
    figure("acknowledged, p99", milliseconds(percentile(seconds, 0.99)), "< 1000 ms")


if __name__ == "__main__":
    asyncio.run(main())
