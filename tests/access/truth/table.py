"""The comparison: what the naive statement says of a case, and what the product does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from access.exits import LEVEL_OF_EXIT
from tests.access.truth import pure, rule
from tests.access.truth.cases import WORDS, Case, covering
from tests.access.truth.doors import DOORS
from tests.access.truth.world import Made

ASKED = sorted(
    {(door.level, door.view) for door in DOORS.values() if door.level} | {("raw", "columns"), ("raw", "blinded")}
)


def as_it_can_be(case: Case) -> Case:
    """Emergency access is in full and without conditions."""
    return replace(case, view="full", condition="none") if "emergency" in case.to else case


def wrong_permits(case: Case, decisions: bool = True) -> Iterator[str]:
    """Where the pure rule and the naive statement differ on a case."""
    mine, (theirs, confidential) = rule.permits(case), pure.opened(case)
    if _best(mine) != _best(theirs):
        yield f"{case}: opens {sorted(theirs)}, not {sorted(mine)}"
    if confidential != rule.confidential(case):
        yield f"{case}: confidential fields are {'' if confidential else 'not '}shown"
    for level, view in ASKED if decisions else ():
        decision = pure.decided(case, level, view)
        word = "given" if decision.allowed else "refused" if decision.discoverable else "hidden"
        wanted = rule.decided(case, level, view)
        if word != wanted:
            yield f"{case}: level {level} in the {view} view is {word}, not {wanted}"


def wrong_doors(there: Made, cases: Iterable[tuple[Case, str]]) -> Iterator[str]:
    """Where a door of the application answers otherwise than the naive statement says."""
    last = None
    for case, name in cases:
        if case != last:
            there.put(case)
            last = case
        word, wrong = there.told(name, DOORS[name], case)
        wanted = DOORS[name].expected(case)
        if word != wanted:
            yield f"{name}: {word}, not {wanted}; {case}"
        elif wrong:
            yield f"{name}: {wrong}; {case}"


def sample(seed: int = 1) -> list[tuple[Case, str]]:
    """Cases and doors in which every two words of the table stand together, once at least."""
    rows = covering(WORDS | {"door": tuple(DOORS)}, seed=seed, tries=2)
    return [(as_it_can_be(Case(**{name: row[name] for name in WORDS})), row["door"]) for row in rows]


def whole(seed: int = 2) -> Iterator[tuple[Case, str]]:
    """Every door in each case of a covering set."""
    for row in covering(WORDS, seed=seed):
        for name in DOORS:
            yield as_it_can_be(Case(**row)), name


def levels_agree() -> list[str]:
    """Exits whose level the product has otherwise than the table."""
    return [
        f"{name}: {LEVEL_OF_EXIT[door.exit].name.lower()}, not {door.level}"
        for name, door in DOORS.items()
        if door.exit is not None
        and not door.path.endswith("/coded/{collection}")
        and "/objects/" not in door.path
        and name != "search by the title"
        and LEVEL_OF_EXIT[door.exit].name.lower() != door.level
    ]


def _best(permits: set[tuple[str, str]]) -> dict[str, int]:
    """The best level in each view: a lower one beside it says nothing."""
    best: dict[str, int] = {}
    for level, view in permits:
        best[view] = max(best.get(view, 0), rule.rank(level))
    return best
