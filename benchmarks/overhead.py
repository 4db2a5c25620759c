"""Time from command to result with an idle engine, without painting and PNG encoding."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from benchmarks.null_painter import NullPainter
from benchmarks.report import median, milliseconds, print_measurement
from benchmarks.supervised import bot_without_engine
from bus.connection import Bus
from engine.device import Device
from engine.metrics import EngineMetrics
from engine.outpaint import OutpaintResult, outpaint
from engine.worker import Worker
from pictures.decoder_process.client import open_decoder
from pictures.encode import encode_png
from pictures.limits import Limits
from pictures.picture import Picture
from tests.samples import lake

ROUNDS = 30


class Stopwatch:
    """Accumulates the seconds spent in one kind of work."""

    def __init__(self) -> None:
        self._seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Add the time that the body takes."""
        start = time.perf_counter()
        yield
        self._seconds += time.perf_counter() - start

    def read(self) -> float:
        """Return the accumulated seconds, and reset them."""
        spent, self._seconds = self._seconds, 0.0
        return spent


def large(side: int) -> Picture:
    """Return the sample picture at side×side."""
    pixels = np.asarray(Image.fromarray(lake().pixels).resize((side, side), Image.Resampling.BICUBIC))
    return Picture(pixels=pixels)


@contextmanager
def timed_worker(painting: Stopwatch, encoding: Stopwatch) -> Iterator[None]:
    """Time the worker's painting (canvas, painter, colours, paste-back) and its encoding."""

    def timed_outpaint(*args: Any, **options: Any) -> Iterator[OutpaintResult]:
        paintings = outpaint(*args, **options)
        while True:
            with painting.running():
                finished = next(paintings, None)
            if finished is None:
                return
            yield finished

    def timed_encode(picture: Picture, recipe: Any) -> bytes:
        with encoding.running():
            return encode_png(picture, recipe)

    with patch.multiple("engine.worker", outpaint=timed_outpaint, encode_png=timed_encode):
        yield


async def main() -> None:
    """Run the benchmark and print its measurements."""
    print("Overhead: /outcrop top:128 on 1024×1024, an idle engine whose painter takes no time")
    source = encode_png(large(1024))
    painting, encoding = Stopwatch(), Stopwatch()
    rest, work = list[float](), list[tuple[float, float]]()
    async with (
        bot_without_engine() as (discord, _bot, url, _folder),
        Bus.connect(url, name="null") as bus,
        open_decoder(Limits()) as decoder,
    ):
        worker = Worker(
            bus=bus,
            profiles=("null",),
            painter_for=lambda _: NullPainter(),
            limits=Limits(),
            decoder=decoder,
            name="benchmark",
            device=Device(),
            metrics=EngineMetrics(bus),
        )
        with timed_worker(painting, encoding):
            running_worker = asyncio.create_task(worker.run())
            alice, channel = discord.user("alice"), discord.channel()
            for _ in range(ROUNDS):
                start = time.perf_counter()
                interaction = await discord.slash(alice, channel, "outcrop", image=("p.png", source), top=128)
                await discord.until(
                    lambda: interaction.response and interaction.response.attachments,  # noqa: B023 - awaited within the round
                    within=30,
                )
                seconds, spent = time.perf_counter() - start, (painting.read(), encoding.read())
                rest.append(seconds - sum(spent))
                work.append(spent)
            running_worker.cancel()
            await asyncio.gather(running_worker, return_exceptions=True)
    paintings, encodings = zip(*work, strict=True)
    print_measurement(
        "command to delivered result, without painting and PNG encoding, median",
        milliseconds(median(rest)),
        "< 150 ms",
    )
    print_measurement("canvas, colours and paste-back of the result", milliseconds(median(paintings)), "–")
    print_measurement("PNG encoding of the result", milliseconds(median(encodings)), "–")


if __name__ == "__main__":
    asyncio.run(main())
