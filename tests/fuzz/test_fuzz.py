"""A small form of the fuzzing; the long one is `python -m tests.fuzz`."""

from collections.abc import Iterator

import pytest

from ingest import sandbox
from tests.fuzz.__main__ import turn
from tests.fuzz.seeds import Seed, seeds
from tests.fuzz.trial import UNKNOWABLE, Fate, Read, Tally, fate, mutant, read

MUTANTS = 300
FIRST = 1_000_000
"""Other ones than the long form begins with."""


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tally]:
    folder, every, found = tmp_path_factory.mktemp("fuzz"), seeds(), Tally()
    good: dict[str, Read] = {}
    for number in range(FIRST, FIRST + MUTANTS):
        seed: Seed = turn(every, number)
        if seed.filename not in good:
            good[seed.filename] = read(seed, seed.content, folder)
        kind, content = mutant(seed, number)
        bad = read(seed, content, folder)
        found.add(kind, seed, number, fate(good[seed.filename], bad), bad)
    yield found
    sandbox.close()


def test_no_mutant_ends_the_child_or_hangs(tally: Tally) -> None:
    assert tally.of(Fate.CRASH) + tally.of(Fate.HANG) == 0, tally.survivors


def test_no_mutant_stops_a_reader_in_a_way_it_does_not_name(tally: Tally) -> None:
    assert "reader-failed" not in tally.rules


def test_hardly_a_mutant_becomes_other_values_without_a_finding_where_a_rule_could_know(tally: Tally) -> None:
    silent = sum(count for (kind, one), count in tally.counts.items() if one is Fate.CHANGED and kind not in UNKNOWABLE)
    assert silent <= MUTANTS * 0.02, tally.survivors


def test_mutants_are_hurt(tally: Tally) -> None:
    assert tally.of(Fate.REFUSED) > MUTANTS / 3
