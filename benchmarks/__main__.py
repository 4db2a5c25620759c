"""`python -m benchmarks [NAME …]` prints all figures, or those of the benchmarks named."""

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
    """Run one benchmark here."""
    log_setup.configure_logging("error")
    main = import_module(f"benchmarks.{name}").main
    if iscoroutinefunction(main):
        asyncio.run(main())
    else:
        main()


wanted = sys.argv[1:] or NAMES
if unknown := set(wanted) - set(NAMES):
    sys.exit(f"There is no benchmark {', '.join(unknown)}; choose from {', '.join(NAMES)}.")
if len(wanted) == 1:
    run(wanted[0])
else:
    for each in wanted:  # in a process of its own, so that none counts what another has loaded
        subprocess.run([sys.executable, "-m", "benchmarks", each], check=True)
