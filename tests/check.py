"""Every check and test of the project, one after the other: `python -m tests.check`; stops at the first that fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

_BIN = Path(sys.executable).parent
_CHECKS = (
    (_BIN / "ruff", "format", "--check", "."),
    (_BIN / "ruff", "check", "."),
    (_BIN / "lint-imports",),
    (_BIN / "mypy",),
    (sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-q"),
)


def main() -> int:
    for check in _CHECKS:
        began = time.monotonic()
        name = " ".join(Path(str(part)).name for part in check[:4])
        command = [str(part) for part in check]
        code = subprocess.run(command, cwd=Path(__file__).parents[1], env=_environment()).returncode
        print(f"{name}: exit {code} after {time.monotonic() - began:.0f} s", flush=True)
        if code:
            return code
    return 0


def _environment() -> dict[str, str]:
    """Ours, with compiled modules kept: else each process that a test starts compiles all it imports, for seconds."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    sys.exit(main())
