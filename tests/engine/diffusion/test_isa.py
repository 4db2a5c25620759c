"""Numeric tests pass with other vector units, though results differ in their last bits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

NUMERIC = [
    "tests/engine/planning/test_batching.py",
    *(f"tests/engine/diffusion/test_{name}.py" for name in ("painter", "oracle", "joins", "reference")),
    *(f"tests/engine/diffusion/{name}" for name in ("denoising", "pipelines/test_schedule.py")),
]
"""Files that compare what torch computed with bounds."""

SCALAR = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"}
"""The environment in which torch's own kernels and oneDNN's use no AVX."""

# Minutes, and they repeat what the suite runs: only `pytest -m isa` runs them.
pytestmark = [
    pytest.mark.isa,
    pytest.mark.skipif("'isa' not in config.option.markexpr", reason="run it with pytest -m isa"),
]


@pytest.mark.parametrize("environment", [SCALAR, {}], ids=["scalar", "native"])
def test_the_bounds_hold_on_another_processor(environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *NUMERIC],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=1800,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
