"""Time until each of 50 simultaneous commands from 10 people is acknowledged while an engine paints."""

import asyncio

from benchmarks.report import median, milliseconds, percentile, print_measurement
from benchmarks.supervised import bot_without_engine, process
from pictures.encode import encode_png
from tests.samples import lake

USERS, COMMANDS_PER_USER = 10, 5


async def main() -> None:
    """Run the benchmark and print its measurements."""
    print("Acknowledgement: 50 commands at once from 10 people, while the engine paints")
    picture = encode_png(lake())
    async with bot_without_engine() as (discord, _bot, _url, folder):
        environment = discord.environment() | {"OUTCROP_DATA": str(folder)}
        async with process("engine", environment):
            users = [(discord.user(f"p{n}"), discord.channel(f"c{n}")) for n in range(USERS)]
            first = await discord.slash(
                *users[0], "outcrop", image=("warm.png", picture), top=1024, right=1024, variations=4
            )
            await discord.until(lambda: first.response and "Painting" in first.response.content, within=60)
            interactions = await asyncio.gather(
                *(
                    discord.slash(user, channel, "outcrop", image=("p.png", picture), top=64)
                    for _ in range(COMMANDS_PER_USER)
                    for user, channel in users
                )
            )
            await discord.until(
                lambda: all(interaction.acknowledged for interaction in interactions), within=30
            )
            seconds = [(interaction.acknowledged_after or 0.0) / 1000 for interaction in interactions]
    print_measurement("acknowledged, median", milliseconds(median(seconds)), "–")
    print_measurement("acknowledged, p99", milliseconds(percentile(seconds, 0.99)), "< 1000 ms")


if __name__ == "__main__":
    asyncio.run(main())
