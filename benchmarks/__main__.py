"""`python -m benchmarks [NAME …]` runs all benchmarks, or those that are named."""

import asyncio
import subprocess
import sys
from importlib import import_module
from inspect import iscoroutinefunction

from outcrop import log_setup

NAMES = (
    "startup", "acknowledgement", "overhead", "memory", "draft", "folder", "recipes", "decoder", "flops",
    "engine", "wall", "peak", "history",
)  # fmt: skip


def run(name: str) -> None:
    """Run one benchmark in this process."""
    log_setup.configure_logging("error")
    main = import_module(f"benchmarks.{name}").main
    if iscoroutinefunction(main):
        asyncio.run(main())
    else:
        main()


names = sys.argv[1:] or NAMES
if unknown := set(names) - set(NAMES):
    sys.exit(f"Unknown benchmark: {', '.join(unknown)}. Choose from {', '.join(NAMES)}.")
if len(names) == 1:
    run(names[0])
else:
    for name in names:  # each in its own process, so that none counts the modules or memory of another
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
