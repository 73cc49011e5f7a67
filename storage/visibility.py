"""Materialised visibility: which datasets each audience knows of, newest first; a page costs what it shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import get_args

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from schemas.access import Scope
from schemas.policy import Audience, Listed
from storage.among import among, texts
from storage.tables import AudienceRow, DatasetRow, VisibleRow

Position = tuple[datetime, str]
"""Where a page ends: created_at and id of its last dataset."""
_AT_ONCE = 400
"""SQLite puts at most 500 selections together."""
_KINDS = get_args(Audience.model_fields["kind"].annotation)
_EVERY = select(AudienceRow.id, AudienceRow.audience)
_MEANT = _EVERY.where(or_(*(and_(AudienceRow.kind == one, among(AudienceRow.grantee, texts(one))) for one in _KINDS)))


def audiences(session: Session, meant: Iterable[tuple[str, str]] | None = None) -> dict[int, Audience]:
    """Audiences by number: those of these kinds and ids, or (None) every one that was ever meant."""
    if meant is None:
        rows = session.execute(_EVERY)
    else:
        by_kind: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        for kind, id in meant:
            by_kind[kind].append(id)
        rows = session.execute(_MEANT, by_kind)
    return {row.id: Audience.model_validate(row.audience) for row in rows}


def is_empty(session: Session) -> bool:
    """True when nothing is kept of any dataset."""
    return session.scalar(select(VisibleRow.dataset).limit(1)) is None


def replace(session: Session, entries: Mapping[str, Iterable[Listed]]) -> None:
    """The entries of these datasets, in place of those they had."""
    session.execute(delete(VisibleRow).where(VisibleRow.dataset.in_(list(entries))))
    chosen = select(DatasetRow.id, DatasetRow.created_at).where(DatasetRow.id.in_(list(entries)))
    created = {row.id: row.created_at for row in session.execute(chosen)}
    numbers: dict[str, int] = {}
    for dataset, listed in entries.items():
        for number, one in enumerate(sorted(listed, key=_order)):
            key = _key(one.audience)
            if key not in numbers:
                numbers[key] = number_of(session, one.audience)
            session.add(
                VisibleRow(
                    audience=numbers[key],
                    created_at=created[dataset],
                    dataset=dataset,
                    number=number,
                    starts_at=one.starts_at,
                    ends_at=one.ends_at,
                )
            )
    session.flush()


def entries_of(session: Session, datasets: Iterable[str]) -> dict[str, frozenset[Listed]]:
    """What is kept of these datasets."""
    wanted = list(datasets)
    meant = audiences(session)
    found: dict[str, set[Listed]] = {one: set() for one in wanted}
    for row in session.scalars(select(VisibleRow).where(VisibleRow.dataset.in_(wanted))):
        one = Listed(audience=meant[row.audience], starts_at=row.starts_at, ends_at=row.ends_at)
        found[row.dataset].add(one)
    return {dataset: frozenset(listed) for dataset, listed in found.items()}


def number_of(session: Session, audience: Audience) -> int:
    """The number of an audience, given to it when it is meant for the first time."""
    key = _key(audience)
    found = session.scalar(select(AudienceRow.id).where(AudienceRow.key == key))
    if found is not None:
        return found
    facts = json.loads(_canonical(audience))
    row = AudienceRow(key=key, kind=audience.kind, grantee=audience.id, audience=facts)
    session.add(row)
    session.flush()
    return row.id


def page(
    session: Session,
    within: Scope,
    narrow: Sequence[ColumnElement[bool]],
    after: Position | None,
    limit: int,
) -> list[str]:
    """Ids of at most `limit` datasets that the scope's audiences know of, newest first, behind `after`.

    `narrow` are SQL conditions on `DatasetRow`. Each audience gives its newest; the newest of these are the page.
    """
    numbers = sorted(within.audiences)
    facts = {"at": within.at, "limit": limit, "when": after and after[0], "last": after and after[1]}
    newest: list[tuple[datetime, str]] = []
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        built = _of_audiences if narrow else _of_audiences_at_large
        asked = facts | {f"audience_{place}": one for place, one in enumerate(some)}
        rows = session.execute(built(len(some), after is not None, tuple(narrow)), asked)
        newest += [(row[0], row[1]) for row in rows]
    return [id for _, id in sorted(set(newest), reverse=True)[:limit]]


def _of_audiences(count: int, onward: bool, narrow: tuple[ColumnElement[bool], ...]) -> Executable:
    """The newest of each of so many audiences, given as `audience_0` and so on."""
    parts = [_of_audience(f"audience_{place}", onward, narrow) for place in range(count)]
    return union_all(*(select(part.subquery()) for part in parts)) if len(parts) > 1 else parts[0]


_of_audiences_at_large = cache(_of_audiences)
"""Built once for each count: building takes as long as the database takes to answer."""


def _of_audience(audience: str, onward: bool, narrow: Sequence[ColumnElement[bool]]) -> Select[datetime, str]:
    at = bindparam("at", type_=VisibleRow.created_at.type)
    chosen = select(VisibleRow.created_at, VisibleRow.dataset).where(
        VisibleRow.audience == bindparam(audience),
        or_(VisibleRow.starts_at.is_(None), VisibleRow.starts_at <= at),
        or_(VisibleRow.ends_at.is_(None), VisibleRow.ends_at > at),
    )
    if narrow:
        chosen = chosen.join(DatasetRow, DatasetRow.id == VisibleRow.dataset).where(*narrow)
    if onward:
        when, last = bindparam("when", type_=VisibleRow.created_at.type), bindparam("last", type_=String())
        behind = and_(VisibleRow.created_at == when, VisibleRow.dataset < last)
        chosen = chosen.where(VisibleRow.created_at <= when, or_(VisibleRow.created_at < when, behind))
    # One dataset may stand there several times, at different moments.
    newest_first = (VisibleRow.created_at.desc(), VisibleRow.dataset.desc())
    return chosen.order_by(*newest_first).distinct().limit(bindparam("limit", type_=Integer()))


def _key(audience: Audience) -> str:
    return hashlib.sha256(_canonical(audience).encode()).hexdigest()


def _canonical(audience: Audience) -> str:
    """The same text for equal audiences: sets have no order of their own."""
    facts = audience.model_dump(mode="json")
    for name in ("conditions", "less", "only"):
        if facts[name] is not None:
            facts[name] = sorted(facts[name], key=lambda one: json.dumps(one, sort_keys=True))
    return json.dumps(facts, sort_keys=True)


def _order(one: Listed) -> tuple[str, str, str]:
    return _canonical(one.audience), str(one.starts_at), str(one.ends_at)
