"""Receive: open an upload, take its bytes in pieces, verify them, make them a version with an ingest run."""

from exchange.receive.append import append
from exchange.receive.checksum import Checksum
from exchange.receive.create import NewFile
from exchange.receive.expire import expire
from exchange.receive.finish import finish_pending
from exchange.receive.under_way import Progress, locate, progress, terminate
from exchange.receive.whole import open_with, whole

__all__ = [
    "Checksum",
    "NewFile",
    "Progress",
    "append",
    "expire",
    "finish_pending",
    "locate",
    "open_with",
    "progress",
    "terminate",
    "whole",
]
