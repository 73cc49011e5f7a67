"""Clock times of a file as Unix times: how they are written, in which zone, and in which pass of a repeated hour."""

from ingest.clocks.wall import (
    Clock,
    instant,
    known_zone,
    moments,
    recognise,
    unix_seconds,
    unix_seconds_at_once,
    zoned,
)

__all__ = ["Clock", "instant", "known_zone", "moments", "recognise", "unix_seconds", "unix_seconds_at_once", "zoned"]
