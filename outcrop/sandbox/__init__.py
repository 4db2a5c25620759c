"""The sandbox: everything in a web page on this machine, without a Discord account."""

from pathlib import Path

SAMPLES = Path(__file__).with_name("samples")
"""Pictures to try, drawn for Outcrop: skies even at the top, crests and horizons level at the edges."""
