"""Foresee: who gains and who loses what by planned changes, computed by the rule itself and not guessed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from access import changes
from exchange.sharing.subjects import Subject
from schemas.access import GranteeKind
from schemas.change import Change, Effect, Shift
from schemas.policy import Policy

_Key = tuple[int, datetime | None, tuple[str, ...], tuple[Shift, ...]]


def foresee(
    policies: dict[str, Policy], planned: Sequence[Change], subjects: Sequence[Subject], now: datetime
) -> tuple[tuple[Effect, ...], int]:
    """Every effect, subject by subject, with the number of datasets it is on; and how many datasets stay as they are.

    Later moments are told where by then something is other than at the moment before.
    """
    counted: Counter[_Key] = Counter()
    untouched = 0
    for change in planned:
        before = policies[change.dataset]
        then = changes.after(before, change, now)
        found = [
            (number, since, one.through((before, then)), shifts)
            for number, one in enumerate(subjects)
            if (one.kind, one.id) != (GranteeKind.ORGANISATION, before.owner)
            for since, shifts in _over_time(before, then, one, now)
        ]
        counted.update(found)
        untouched += not found
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], item[0][1] or now, -item[1]))
    return tuple(_effect(subjects[key[0]], key, count) for key, count in ordered), untouched


def _over_time(
    before: Policy, then: Policy, subject: Subject, now: datetime
) -> Iterable[tuple[datetime | None, tuple[Shift, ...]]]:
    last: tuple[Shift, ...] = ()
    for moment in changes.moments((before, then), now):
        scopes = subject.at(moment)
        shifts = changes.shifts(changes.holdings(before, scopes), changes.holdings(then, scopes))
        if shifts != last:
            yield (None if moment == now else moment), shifts
        last = shifts


def _effect(subject: Subject, key: _Key, count: int) -> Effect:
    _, since, through, shifts = key
    return Effect(
        kind=subject.kind,
        id=subject.id,
        name=subject.name,
        through=through,
        since=since,
        datasets=count,
        gains=tuple(one for one in shifts if one.after.exceeds(one.before)),
        loses=tuple(one for one in shifts if one.before.exceeds(one.after)),
    )
