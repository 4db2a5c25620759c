"""What the engine loads, and when."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["engine.worker", "engine.painters", "outcrop.cli", "bot.service"])
def test_torch_is_not_loaded_before_a_model_is_wanted(module: str) -> None:
    code = f"import sys, {module}; print(*{{'torch', 'diffusers', 'transformers'}} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == []
