"""`python -m benchmarks [NAME …]` prints all figures, or those of the benchmarks named."""

import asyncio
import sys

from benchmarks import (
    acknowledgement,
    decoder,
    draft,
    engine,
    flops,
    folder,
    memory,
    overhead,
    peak,
    recipes,
    startup,
    wall,
)
from outcrop import logs

BENCHMARKS = {
    "startup": lambda: asyncio.run(startup.main()),
    "acknowledgement": lambda: asyncio.run(acknowledgement.main()),
    "overhead": lambda: asyncio.run(overhead.main()),
    "memory": lambda: asyncio.run(memory.main()),
    "draft": draft.main,
    "folder": folder.main,
    "recipes": recipes.main,
    "decoder": decoder.main,
    "flops": flops.main,
    "engine": engine.main,
    "wall": wall.main,
    "peak": peak.main,
}

logs.set_up("error")
for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
