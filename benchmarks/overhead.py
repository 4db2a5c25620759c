"""A command to an idle engine: how long everything takes that is neither painting nor PNG encoding."""

import asyncio
import time

import numpy as np
from PIL import Image

from benchmarks.household import bot_without_engine
from benchmarks.null_painter import NullPainter
from benchmarks.report import figure, median, milliseconds, timed
from bus.connection import Bus
from engine.device import Device
from engine.meters import Meters
from engine.outpaint import Painting, outpaint
from engine.runner import Run
from engine.worker import Worker
from outcrop.sample import landscape
from pictures.decoder.decoder import decoding
from pictures.encode import encode_png
from pictures.geometry import Outcrop
from pictures.limits import Limits
from pictures.picture import Picture
from pictures.recipe import Recipe

ROUNDS = 15


def large(side: int) -> Picture:
    """Return the sample picture at side×side."""
    pixels = np.asarray(Image.fromarray(landscape().pixels).resize((side, side), Image.Resampling.BICUBIC))
    return Picture(pixels=pixels)


def painted(picture: Picture, recipe: Recipe) -> Painting:
    """Return the picture grown as the engine does it: canvas, painter, colours, the original back on top."""
    [painting] = outpaint(
        picture,
        recipe,
        variations=1,
        painter=NullPainter(),
        limits=Limits(),
        checkpoint=Run().checkpoint,
    )
    return painting


async def main() -> None:
    """Measure and print."""
    print("Overhead: /outcrop top:128 on 1024×1024, an idle engine whose painter takes no time")
    picture = large(1024)
    source = encode_png(picture)
    recipe = Recipe(sides=Outcrop(top=128), seed=0, source_sha256="0" * 64)
    painting = timed(lambda: painted(picture, recipe), ROUNDS)
    grown = painted(picture, recipe)
    encoding = timed(lambda: encode_png(grown.picture, grown.recipe), ROUNDS)
    seconds: list[float] = []
    async with (
        bot_without_engine() as (discord, _bot, url, _folder),
        Bus.connect(url, name="null") as bus,
        decoding(Limits()) as decoder,
    ):
        worker = Worker(
            bus=bus,
            profiles=("null",),
            painter_for=lambda _: NullPainter(),
            limits=Limits(),
            decoder=decoder,
            name="here",
            device=Device(),
            meters=Meters(bus),
        )
        working = asyncio.create_task(worker.run())
        alice, channel = discord.person("alice"), discord.channel()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            press = await discord.slash(alice, channel, "outcrop", image=("p.png", source), top=128)
            await discord.until(lambda: press.response and press.response.attachments, within=30)  # noqa: B023 - awaited within the round
            seconds.append(time.perf_counter() - began)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    rest = median(seconds) - painting - encoding
    figure(
        "command to delivered result, painting and PNG encoding out, median", milliseconds(rest), "< 150 ms"
    )
    figure("canvas, colours and paste-back of the result, apart", milliseconds(painting), "–")
    figure("PNG encoding of the result, apart", milliseconds(encoding), "–")


if __name__ == "__main__":
    asyncio.run(main())
