"""The access rule's scope as an SQL condition; `access.policy.permits` says the same in Python, a test proves it."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from schemas.access import GranteeKind, Level, Scope, View
from schemas.dataset import DatasetState, Visibility
from storage.tables import DatasetRow, GrantRow


def visible(within: Scope, asked: Level, view: View = View.FULL) -> ColumnElement[bool]:
    """True for datasets on which the scope opens `asked` in `view`."""
    open_to_others = DatasetRow.state == DatasetState.RELEASED
    if asked <= Level.LISTED:
        open_to_others = DatasetRow.state.in_([DatasetState.RELEASED, DatasetState.WITHDRAWN])
    # The owner holds the full view of their own; a grant to a group they are in adds nothing to it.
    others = DatasetRow.owner != within.own
    clauses = [and_(others, open_to_others, DatasetRow.id.in_(_granted(within, asked, view)))]
    if view is View.FULL:
        clauses.append(DatasetRow.owner == within.own)
        if within.network and asked <= Level.LISTED:
            clauses.append(and_(open_to_others, DatasetRow.visibility == Visibility.NETWORK))
    return or_(false(), *clauses)


def _granted(within: Scope, asked: Level, view: View) -> Select[str]:
    by_kind = {kind: [one.id for one in within.grantees if one.kind is kind] for kind in GranteeKind}
    to_them = or_(
        false(),
        *(and_(GrantRow.grantee_kind == kind, GrantRow.grantee.in_(ids)) for kind, ids in by_kind.items() if ids),
    )
    return select(GrantRow.dataset).where(
        to_them,
        GrantRow.level >= max(asked, Level.LISTED),
        GrantRow.view == view,
        GrantRow.revoked_at.is_(None),
        or_(GrantRow.expires_at.is_(None), GrantRow.expires_at > within.at),
    )
