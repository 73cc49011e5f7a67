"""The long form: `python -m tests.fuzz --mutants 10000`; exit status 1 when a child crashed or hung."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from ingest import sandbox
from tests.fuzz.seeds import Seed, seeds
from tests.fuzz.trial import UNKNOWABLE, Fate, Tally, fate, mutant, read


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--mutants", type=int, default=10_000)
    arguments.add_argument("--first", type=int, default=0, help="number of the first mutant")
    given = arguments.parse_args()
    tally, began = Tally(), time.monotonic()
    every = seeds()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = {seed.filename: read(seed, seed.content, folder) for seed in every}
        for number in range(given.first, given.first + given.mutants):
            seed = turn(every, number)
            kind, content = mutant(seed, number)
            bad = read(seed, content, folder)
            tally.add(kind, seed, number, fate(good[seed.filename], bad), bad)
    sandbox.close()
    show(tally, given.mutants, time.monotonic() - began)
    return 1 if tally.of(Fate.CRASH) or tally.of(Fate.HANG) else 0


def turn(every: list[Seed], number: int) -> Seed:
    """Whole tests take two turns of three."""
    whole = [seed for seed in every if seed.physics]
    small = [seed for seed in every if not seed.physics]
    return whole[number % len(whole)] if number % 3 else small[number // 3 % len(small)]


def show(tally: Tally, mutants: int, seconds: float) -> None:
    kinds = sorted({kind for kind, _ in tally.counts})
    print(f"{mutants} mutants in {seconds:.0f} s ({1000 * seconds / mutants:.0f} ms each)")
    print("| mutation | " + " | ".join(one.value for one in Fate) + " |")
    for kind in kinds:
        print(f"| {kind} | " + " | ".join(str(tally.counts.get((kind, one), 0)) for one in Fate) + " |")
    knowable = sum(
        count for (kind, one), count in tally.counts.items() if one is Fate.CHANGED and kind not in UNKNOWABLE
    )
    print(f"changed without a finding: {tally.of(Fate.CHANGED)}, where a rule could know: {knowable}")
    for name, count in sorted(tally.rules.items(), key=lambda one: -one[1]):
        print(f"  rule {name}: {count}")
    for one in tally.survivors:
        print(f"  {one}")


if __name__ == "__main__":
    sys.exit(main())
