"""Logging: one JSON object per line on standard error, without tokens, queries or signatures."""

import logging
import sys

import structlog


def configure(level: str = "INFO") -> None:
    """Set up for the whole process; libraries' own logs below WARNING are left out."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # The job engine tells of every recovery at INFO and of every retry with a traceback; the run's history has both.
    logging.getLogger("dbos").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
