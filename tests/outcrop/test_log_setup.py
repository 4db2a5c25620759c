"""Log lines for people and for machines."""

import json
import os
import subprocess
import sys
from pathlib import Path

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"

PROGRAM = f"""
import logging, structlog
from outcrop.log_setup import configure_logging
configure_logging("info", as_json={{as_json}})
structlog.get_logger().info("bus is away", job="0123456789abcdef", url="nats://secret@host:4222")
logging.getLogger("library").warning("token {TOKEN}")
try:
    raise ValueError("wrong")
except ValueError:
    structlog.get_logger().exception("unforeseen")
"""


def lines(*, as_json: bool) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(as_json=as_json)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert not ran.stdout
    assert "secret" not in ran.stderr
    assert TOKEN not in ran.stderr
    return ran.stderr.splitlines()


def test_as_json_each_line_is_an_object() -> None:
    away, library, unforeseen = map(json.loads, lines(as_json=True))
    assert away["event"] == "bus is away"
    assert away["job"] == "0123456789abcdef"
    assert away["level"] == "info"
    assert away["url"] == "nats://***@host:4222"
    assert away["timestamp"].endswith("Z")
    assert library["logger"] == "library"
    assert "ValueError: wrong" in unforeseen["exception"]


def test_as_text_each_line_is_an_event_too() -> None:
    away, library, unforeseen = lines(as_json=False)
    assert 'event="bus is away" job=0123456789abcdef' in away
    assert "logger=library" in library
    assert "ValueError: wrong" in unforeseen


def test_a_closed_stream_brings_nobody_down() -> None:
    program = "import sys, structlog; from outcrop.log_setup import configure_logging; "
    program += "configure_logging('info'); sys.stderr.close(); "
    program += "structlog.get_logger().warning('bus is away'); print('still here')"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert ran.stdout == "still here\n"
