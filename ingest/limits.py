"""How much memory, disk and time one file may cost to read, and the words for each limit reached."""

import resource
from dataclasses import dataclass
from pathlib import Path

MIB = 1024**2
GIB = 1024**3
OPEN_FILES = 256
PACKED_GROWTH = 10
UNPACKED_ALWAYS = 64 * MIB
UNPACKED_RATIO = 100
UNPACKED_MOST = 64 * GIB


@dataclass(frozen=True)
class Limits:
    """`memory_bytes` is what reading may use beyond the libraries; `output_bytes` counts per written file."""

    memory_bytes: int = 2 * GIB
    output_bytes: int = GIB
    cpu_s: float = 300.0
    wall_s: float = 600.0

    @classmethod
    def for_size(cls, size: int, memory_bytes: int = 2 * GIB, packed: bool = False) -> "Limits":
        """Time and output grow with the file: a minute, and 5 s of CPU per MB up to 4 h; packed bytes count tenfold."""
        grown = PACKED_GROWTH * size if packed else size
        cpu_s = min(60.0 + 5.0 * grown / MIB, 4 * 3600.0)
        return cls(memory_bytes, output_bytes=GIB + 4 * grown, cpu_s=cpu_s, wall_s=60.0 + 2 * cpu_s)


def unpacked_bytes(packed: int) -> int:
    """How long a file may become by unpacking an archive of so many bytes.

    A test's text shrinks to a third or, where it rests, a fiftieth: a hundredfold is allowed, 64 MiB always, and never
    more than this process may write.
    """
    most = min(UNPACKED_ALWAYS + UNPACKED_RATIO * packed, UNPACKED_MOST)
    writable = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return most if writable == resource.RLIM_INFINITY else min(most, writable)


def impose(limits: Limits) -> None:
    """Puts the limits on this process, for good; memory counts from what it has mapped now."""
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    cpu_s = max(1, round(limits.cpu_s))
    for what, value, hard in (
        (resource.RLIMIT_AS, mapped + limits.memory_bytes, mapped + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.output_bytes, limits.output_bytes),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 5),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (value, hard))
