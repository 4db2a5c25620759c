"""`outcrop up`: how long until the family is ready."""

import asyncio
import tempfile
import time

from benchmarks.household import process
from benchmarks.report import figure, median
from tests.fake_discord import FakeDiscord

ROUNDS = 3


async def main() -> None:
    """Measure and print."""
    print("Start of `outcrop up`")
    seconds: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            async with FakeDiscord() as discord:
                began = time.perf_counter()
                environment = discord.environment(speedup=1) | {"OUTCROP_DATA": folder}
                async with process("up", environment):
                    await discord.until(lambda: discord.online and discord.registrations, within=60)
                    alice, channel = discord.user("alice"), discord.channel()
                    press = await discord.slash(alice, channel, "history")
                    await discord.until(lambda: press.response, within=60)  # noqa: B023 - awaited within the round
                    seconds.append(time.perf_counter() - began)
    figure("commands registered and answered, median", f"{median(seconds):.1f} s", "< 5 s")


if __name__ == "__main__":
    asyncio.run(main())
