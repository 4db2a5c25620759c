"""Time from `outcrop up` until its first command is answered."""

import asyncio
import tempfile
import time

from benchmarks.report import median, print_measurement
from benchmarks.supervised import process
from tests.fake_discord import FakeDiscord

ROUNDS = 3


async def main() -> None:
    """Run the benchmark and print its measurements."""
    print("Startup of `outcrop up`")
    seconds: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            async with FakeDiscord() as discord:
                start = time.perf_counter()
                environment = discord.environment(speedup=1) | {"OUTCROP_DATA": folder}
                async with process("up", environment):
                    await discord.until(lambda: discord.online and discord.registrations, within=60)
                    alice, channel = discord.user("alice"), discord.channel()
                    interaction = await discord.slash(alice, channel, "history")
                    await discord.until(lambda: interaction.response, within=60)  # noqa: B023 - awaited within the round
                    seconds.append(time.perf_counter() - start)
    print_measurement("commands registered and answered, median", f"{median(seconds):.1f} s", "< 5 s")


if __name__ == "__main__":
    asyncio.run(main())
