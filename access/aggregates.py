"""When a collection may be shown as an aggregate: pure rules that keep a single organisation's values unknown.

1. Every dataset in it is open to the caller in the aggregate view, or in full; else nothing is shown at all.
2. At least a minimum of organisations in it have values that the caller does not know otherwise: whoever knows all
   others would work out the last one.
3. Two states of a collection that are both shown differ by none or at least that minimum of organisations: a smaller
   difference would tell the values of those who came, went or changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemas.access import Decision, Level, Permit, View
from schemas.aggregate import Member

_NO = Decision(allowed=False, discoverable=False, reasons=("nothing of the collection is open as an aggregate",))


def decide(members: Iterable[Member], permits: Mapping[str, frozenset[Permit]], minimum: int) -> Decision:
    """Whether the aggregate of these members may be shown to whoever holds these permits on their datasets."""
    every = list(members)
    open_ = [one for one in every if _shown(permits.get(one.dataset, frozenset()))]
    if not open_:
        return _NO
    if len(open_) < len(every):
        needed = (
            "An aggregate is shown whole or not at all; some datasets of this collection are not open to you in it."
        )
        return Decision(allowed=False, discoverable=True, reasons=("not all datasets are open",), needed=needed)
    hidden = {one.owner for one in every} - {one.owner for one in every if _known(permits[one.dataset])}
    if len(hidden) < minimum:
        needed = (
            f"An aggregate needs at least {minimum} organisations whose values are not known to you otherwise; "
            "this collection has fewer."
        )
        return Decision(allowed=False, discoverable=True, reasons=("too few organisations",), needed=needed)
    return Decision(allowed=True, discoverable=True, reasons=(f"all {len(every)} datasets are open",))


def apart(one: Iterable[Member], other: Iterable[Member], minimum: int) -> bool:
    """True when two states differ by none or enough organisations for both to be shown."""
    first, second = _by_owner(one), _by_owner(other)
    changed = sum(first.get(owner) != second.get(owner) for owner in {*first, *second})
    return changed == 0 or changed >= minimum


def _by_owner(members: Iterable[Member]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in members:
        found[one.owner].add((one.line, one.run))
    return found


def _shown(held: frozenset[Permit]) -> bool:
    return any(one.covers(Level.SUMMARY, view) for one in held for view in (View.AGGREGATE, View.FULL))


def _known(held: frozenset[Permit]) -> bool:
    return any(one.level >= Level.SUMMARY and one.view is not View.AGGREGATE for one in held)
