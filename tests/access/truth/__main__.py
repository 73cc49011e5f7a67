"""The long form of the truth table: `python -m tests.access.truth`; status 1 when something differs.

`--rule` compares the pure rule alone, `--doors` the doors alone.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import structlog

from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.access.truth import table
from tests.access.truth.cases import Case, every
from tests.access.truth.world import Made, made


def rule() -> list[str]:
    """The pure rule against its written form, in all cases."""
    began, count, wrong = time.monotonic(), 0, list[str]()
    for count, case in enumerate(every(), 1):  # counted
        wrong += table.wrong_permits(case, decisions=count % 10 == 0)
    print(f"rule: {count} cases, {len(wrong)} differences, {time.monotonic() - began:.0f} s")
    return wrong


def at_doors() -> list[str]:
    """Every door against the written form."""
    began = time.monotonic()
    cases = list(table.whole())
    with _there() as there:
        wrong = list(table.wrong_doors(there, _counted(cases)))
    print(f"doors: {len(cases)} answers, {len(wrong)} differences, {time.monotonic() - began:.0f} s")
    return wrong


def _counted(cases: list[tuple[Case, str]]) -> Iterator[tuple[Case, str]]:
    for count, one in enumerate(cases, 1):
        yield one
        if count % 1000 == 0:
            print(f"{count} of {len(cases)}", flush=True)


@contextmanager
def _there() -> Iterator[Made]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(Settings(data=Path(folder) / "data", _env_file=None))  # type: ignore[call-arg]  # no .env here
        try:
            with made(services, Path(folder)) as there:
                yield there
        finally:
            close_services(services)


def main() -> int:
    wrong: list[str] = []
    if "--doors" not in sys.argv:
        wrong += rule()
    if "--rule" not in sys.argv:
        wrong += at_doors()
    for one in islice(wrong, 20):
        print(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
