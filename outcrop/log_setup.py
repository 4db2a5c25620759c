"""Configure the log: one line per event, with its job, and with secrets redacted."""

import logging
import re
import sys
from contextlib import suppress
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

LOGFMT_ORDER = ["timestamp", "level", "event", "job"]

SECRETS = re.compile(
    r"(?<=://)[^/@\s]+(?=@)"  # the token in a bus URL
    r"|(?<=/webhooks/)(\d+/)[^/?\s'\"]+"  # an interaction's token, with which anyone could reply
    r"|(?<=/interactions/)(\d+/)[^/?\s'\"]+"
    r"|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b"  # a bot token
)


def redact(text: str) -> str:
    """Return the text with every token replaced by ***."""
    return SECRETS.sub(lambda match: (match[1] or match[2] or "") + "***", text)


def configure_logging(level: str, *, as_json: bool = False) -> None:
    """Log our events from `level` up, and the warnings of libraries, to standard error."""
    terminal = sys.stderr.isatty() and not as_json
    logfmt = structlog.processors.LogfmtRenderer(key_order=LOGFMT_ORDER, drop_missing=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            # At a terminal people think in local time; stored lines are compared between machines.
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
            structlog.processors.format_exc_info,
            _render_json if as_json else structlog.dev.ConsoleRenderer() if terminal else logfmt,
            # Last, on the finished line: a token may be in any value, or in a traceback.
            _redact_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Printer(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # `force` removes the handlers that a library may have added before.
    logging.basicConfig(level=logging.WARNING, handlers=[_ToStructlog()], force=True)


_render_json = structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)


def _redact_line(_logger: WrappedLogger, _method: str, rendered: Any) -> EventDict | str:
    return redact(rendered) if isinstance(rendered, str) else rendered


class _Printer(structlog.PrintLogger):
    """Writes lines; on a full disk or a closed stream the line is lost, but nothing is raised."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = error = critical = fatal = exception = msg


class _ToStructlog(logging.Handler):
    """Forwards the log records of libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )
