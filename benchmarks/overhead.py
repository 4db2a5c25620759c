"""A command to an idle engine: how long everything takes that is neither painting nor PNG encoding."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from benchmarks.household import bot_without_engine
from benchmarks.null_painter import NullPainter
from benchmarks.report import figure, median, milliseconds
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
    """Seconds spent on one thing since the last look."""

    def __init__(self) -> None:
        self._spent = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what the body takes."""
        began = time.perf_counter()
        yield
        self._spent += time.perf_counter() - began

    def read(self) -> float:
        """Return the seconds, and begin anew."""
        spent, self._spent = self._spent, 0.0
        return spent


def large(side: int) -> Picture:
    """Return the sample picture at side×side."""
    pixels = np.asarray(Image.fromarray(lake().pixels).resize((side, side), Image.Resampling.BICUBIC))
    return Picture(pixels=pixels)


@contextmanager
def watched(painting: Stopwatch, encoding: Stopwatch) -> Iterator[None]:
    """Let watches run while the worker paints (canvas, painter, colours, paste-back) or encodes."""

    def painted(*args: Any, **options: Any) -> Iterator[OutpaintResult]:
        paintings = outpaint(*args, **options)
        while True:
            with painting.running():
                finished = next(paintings, None)
            if finished is None:
                return
            yield finished

    def encoded(picture: Picture, recipe: Any) -> bytes:
        with encoding.running():
            return encode_png(picture, recipe)

    with patch.multiple("engine.worker", outpaint=painted, encode_png=encoded):
        yield


async def main() -> None:
    """Measure and print."""
    print("Overhead: /outcrop top:128 on 1024×1024, an idle engine whose painter takes no time")
    source = encode_png(large(1024))
    painting, encoding = Stopwatch(), Stopwatch()
    rest, apart = list[float](), list[tuple[float, float]]()
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
            name="here",
            device=Device(),
            metrics=EngineMetrics(bus),
        )
        with watched(painting, encoding):
            working = asyncio.create_task(worker.run())
            alice, channel = discord.user("alice"), discord.channel()
            for _ in range(ROUNDS):
                began = time.perf_counter()
                press = await discord.slash(alice, channel, "outcrop", image=("p.png", source), top=128)
                await discord.until(lambda: press.response and press.response.attachments, within=30)  # noqa: B023 - awaited within the round
                seconds, spent = time.perf_counter() - began, (painting.read(), encoding.read())
                rest.append(seconds - sum(spent))
                apart.append(spent)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    paintings, encodings = zip(*apart, strict=True)
    figure(
        "command to delivered result, painting and PNG encoding out, median",
        milliseconds(median(rest)),
        "< 150 ms",
    )
    figure("canvas, colours and paste-back of the result, apart", milliseconds(median(paintings)), "–")
    figure("PNG encoding of the result, apart", milliseconds(median(encodings)), "–")


if __name__ == "__main__":
    asyncio.run(main())
