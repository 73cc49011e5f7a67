"""Which registered objects somebody may see at all, for lists; `access.objects` decides on each."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, not_, or_, select
from sqlalchemy.orm import Session, aliased

from schemas.access import Grantee, GranteeKind, Level, Scope
from schemas.dataset import Visibility
from schemas.registered import ObjectState, RegisteredKind
from storage.tables import BlockRow, DatasetRow, PointerRow, RegisteredRow
from storage.visible import visible


def candidates(
    session: Session,
    within: Scope,
    *,
    kind: RegisteredKind | None,
    owner: str | None,
    state: ObjectState | None,
    text: str,
    after: str,
    limit: int,
) -> list[str]:
    """Ids behind `after`, in their order, of objects that the scope may see; the rule itself is asked of each."""
    chosen = select(RegisteredRow.id).where(_maybe(within), RegisteredRow.id > after)
    if kind is not None:
        chosen = chosen.where(RegisteredRow.kind == kind)
    if owner is not None:
        chosen = chosen.where(RegisteredRow.owner == owner)
    if state is not None:
        chosen = chosen.where(RegisteredRow.state == state)
    if text:
        chosen = chosen.where(RegisteredRow.name.icontains(text, autoescape=True))
    return list(session.scalars(chosen.order_by(RegisteredRow.id).limit(limit)))


def blocked_by(session: Session, owners: Iterable[str]) -> dict[str, frozenset[Grantee]]:
    """By owner, whom it has shut out of all that is its own."""
    wanted = set(owners)
    found: dict[str, set[Grantee]] = {one: set() for one in wanted}
    chosen = select(BlockRow).where(BlockRow.owner.in_(wanted), BlockRow.ended_at.is_(None), BlockRow.dataset.is_(None))
    for row in session.scalars(chosen):
        found[row.owner].add(Grantee(kind=GranteeKind(row.blocked_kind), id=row.blocked))
    return {owner: frozenset(blocks) for owner, blocks in found.items()}


def _maybe(within: Scope) -> ColumnElement[bool]:
    """Objects of which `access.objects.sight` may show something; it decides."""
    kinds = {one.kind for one in within.grantees}
    shown: list[ColumnElement[bool]] = []
    if GranteeKind.NETWORK in kinds:
        shown.append(RegisteredRow.visibility.in_([Visibility.NETWORK, Visibility.WORLD]))
    elif GranteeKind.EVERYBODY in kinds:
        shown.append(RegisteredRow.visibility == Visibility.WORLD)
    if within.own is not None:
        shown.append(RegisteredRow.owner == within.own)
    about = aliased(RegisteredRow)
    pointed = (
        select(PointerRow.object)
        .join(DatasetRow, DatasetRow.id == PointerRow.dataset)
        .join(about, about.id == PointerRow.object)
        .where(about.owner == DatasetRow.owner, not_(DatasetRow.owner == (within.own or "")))
        .where(visible(within, Level.METADATA))
    )
    return or_(false(), *shown, RegisteredRow.id.in_(pointed))
