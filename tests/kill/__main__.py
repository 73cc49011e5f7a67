"""The long kill test: `python -m tests.kill --kills 50 --uploads 40`; exit status 1 when a fault was found."""

import argparse
import sys
from pathlib import Path

from tests.kill.installation import installed, scratch
from tests.kill.storm import Plan
from tests.kill.trial import trial


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--uploads", type=int, default=40)
    arguments.add_argument("--largest", type=int, default=100_000_000, help="bytes")
    arguments.add_argument("--every", type=float, default=2.0, help="seconds between two kills, on average")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    given = arguments.parse_args()
    plan = Plan(given.kills, given.uploads, largest=given.largest, every_s=given.every, seed=given.seed)
    faults: list[str] = []
    for kind in ["sqlite", "postgresql"] if given.database == "both" else [given.database]:
        with scratch() as folder, installed(kind, Path(folder)) as installation:
            faults += trial(installation, plan, lambda line, kind=kind: print(f"{kind}: {line}", flush=True))  # type: ignore[misc]  # bound early
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
