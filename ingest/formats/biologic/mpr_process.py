"""BioLogic's binary files by way of yadg, in processes and an environment of their own.

yadg (GPL-3) is run by its command line and never imported: an environment beside ours (`mpr` in `sys.prefix`) holds it
with the earlier libraries that it needs, and hands over files of numbers.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.limits import MIB
from schemas.errors import Unreadable

_COLUMNS = Path(__file__).with_name("mpr_columns.py")
# The kernel ends the process with the one that waits for it, whichever way that goes.
_WITH_PARENT = (
    "import ctypes, os, signal, sys; getattr(ctypes.CDLL(None), 'prctl', min)(1, signal.SIGKILL);"
    "os.getppid() == int(sys.argv[1]) or os._exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)
_LAST_WORDS = 65536
_NO_MEMORY = ("MemoryError", "Unable to allocate", "Cannot allocate memory", "failed to map segment")
_INSTEAD = "Export it as text (.mpt) from EC-Lab or BT-Lab"
_ABSENT = (
    "BioLogic's binary files (.mpr) are not read by this installation. "
    f"{_INSTEAD}, or ask its operator to add the reader for them (docs/operators/settings.md)."
)


@dataclass(frozen=True)
class Extracted:
    """Columns as arrays of one length, by `name/unit`; what the file says of itself; what yadg logged."""

    columns: Mapping[str, npt.NDArray[Any]]
    described: Mapping[str, Any]
    said: str


def environment() -> Path:
    """Where the environment for .mpr files is, or would be."""
    return Path(sys.prefix) / "mpr"


def extract(path: Path, filename: str, folder: Path) -> Extracted:
    """Every column of numbers of the file; `folder` takes what lies between the processes.

    Raises:
        Unreadable: the environment is not there, or yadg cannot read the file.
        MemoryError: it needed more memory than this process may use.
    """
    python = environment() / "bin" / "python"
    if not python.exists():
        raise Unreadable(_ABSENT)
    between = folder / "extracted.nc"
    yadg = (str(environment() / "bin" / "yadg"), "extract", "--timezone", "UTC", "--locale", "en_US")
    said = _run([str(python), "-I", *yadg, "eclab.mpr", str(path.resolve()), str(between)], path, filename, folder)
    _run([str(python), "-I", str(_COLUMNS), str(between), str(folder)], path, filename, folder)
    found = json.loads((folder / "columns.json").read_text())
    columns = {_heading(one): np.load(folder / one["file"], allow_pickle=False) for one in found["columns"]}
    return Extracted(columns, found["described"], said)


def _run(command: Sequence[str], path: Path, filename: str, folder: Path) -> str:
    """What the command wrote to standard error, once it has ended well."""
    log = folder / "log"
    mib = path.stat().st_size / MIB
    with log.open("wb") as errors:
        try:
            code = subprocess.run(
                [command[0], "-I", "-c", _WITH_PARENT, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=folder,
                env=_ENVIRONMENT | {"HOME": str(folder), "TMPDIR": str(folder)},
                timeout=120.0 + 20.0 * mib,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as late:
            raise Unreadable(_fault(filename, f"it took more than {late.timeout:.0f} s")) from late
    said = log.read_bytes()[-_LAST_WORDS:].decode("utf-8", "replace")
    if code == 0:
        return said
    if any(words in said for words in _NO_MEMORY):
        raise MemoryError
    why = "it needs too much computing time" if code == -signal.SIGXCPU else _last_line(said)
    raise Unreadable(_fault(filename, why))


# Nothing else of our own: PYTHONPATH would lead to our libraries, and there may be passwords.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


def _heading(column: Mapping[str, str]) -> str:
    return f"{column['name']}/{column['unit']}" if column["unit"] else column["name"]


def _last_line(said: str) -> str:
    """The exception's own line, without the paths that stand above it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:200] if lines and "/" not in lines[-1] else "its parts are not what they should be"


def _fault(filename: str, why: str) -> str:
    return (
        f"“{filename}” cannot be read as BioLogic's binary file ({why}): it may be cut off, damaged, or of a technique "
        f"or version that is not known. {_INSTEAD}, or copy the file again."
    )
