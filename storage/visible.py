"""The access rule as an SQL condition; `access.policy.openings` says the same in Python, a test proves it."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, not_, or_, select
from sqlalchemy.orm import aliased

from schemas.access import Grantee, GranteeKind, Level, Scope, View
from schemas.dataset import DatasetState, Visibility
from storage.tables import (
    BlockRow,
    DatasetRow,
    DerivationRow,
    GrantRow,
    RawFileRow,
    RightsHolderRow,
    SealPartyRow,
    SealRow,
    VersionFileRow,
)

Id = SQLColumnExpression[str]
_NETWORK = Grantee(kind=GranteeKind.NETWORK)
_WORLD = Grantee(kind=GranteeKind.EVERYBODY)


def visible(within: Scope, asked: Level, view: View = View.FULL) -> ColumnElement[bool]:
    """True for datasets on which the scope opens `asked` in `view`."""
    if view is View.BLINDED:
        named = (_opened(within, Level.SUMMARY, one) for one in (View.FULL, View.COLUMNS))
        return and_(_opened(within, asked, view), not_(or_(*named)))
    return _opened(within, asked, view)


def _opened(within: Scope, asked: Level, view: View) -> ColumnElement[bool]:
    if asked > Level.TABLES and view is not View.FULL:
        return false()
    asked = max(asked, Level.LISTED)
    shut = or_(_of_family(_blocked(within)), _of_family(_unconsented), DatasetRow.state == DatasetState.DRAFT)
    open_to_others = DatasetRow.state == DatasetState.RELEASED
    if asked <= Level.LISTED:
        open_to_others = DatasetRow.state.in_([DatasetState.RELEASED, DatasetState.WITHDRAWN])
    given: list[ColumnElement[bool]] = [DatasetRow.id.in_(_granted(within, asked, view))]
    if view is View.FULL and asked <= Level.LISTED:
        given += [DatasetRow.visibility == one for one in _shown(within)]
    others = and_(not_(shut), open_to_others, or_(false(), *given))
    if view is View.FULL and within.user:
        others = or_(DatasetRow.id.in_(_glass(within, asked)), others)
    others = and_(not_(_of_family(_sealed(within))), others)
    if within.own is None:
        return others
    # The owner holds the full view of their own; a grant to a group they are in adds nothing to it.
    own = DatasetRow.owner == within.own
    return or_(own, others) if view is View.FULL else and_(not_(own), others)


def _shown(within: Scope) -> list[Visibility]:
    pairs = ((_NETWORK, Visibility.NETWORK), (_WORLD, Visibility.WORLD))
    return [visibility for grantee, visibility in pairs if grantee in within.grantees]


def _granted(within: Scope, asked: Level, view: View) -> Select[tuple[str]]:
    by_kind = {kind: [one.id for one in within.grantees if one.kind is kind] for kind in GranteeKind}
    to_them = or_(
        false(),
        *(and_(GrantRow.grantee_kind == kind, GrantRow.grantee.in_(ids)) for kind, ids in by_kind.items() if ids),
    )
    terms = {"", *within.terms}
    views = [view]
    if asked <= Level.METADATA:
        terms |= within.terms_but_purpose
        # The record comes with chosen columns.
        views += [View.COLUMNS] if view is View.FULL else []
    chosen = _in_force(select(GrantRow.dataset), within).where(
        to_them,
        GrantRow.level >= asked,
        GrantRow.view.in_(views),
        GrantRow.terms_id.in_(terms),
        not_(GrantRow.break_glass),
    )
    if asked > Level.METADATA:
        chosen = chosen.where(or_(GrantRow.during_embargo, not_(_of_family(_embargoed(within), GrantRow.dataset))))
    return chosen


def _glass(within: Scope, asked: Level) -> Select[tuple[str]]:
    return _in_force(select(GrantRow.dataset), within).where(
        GrantRow.break_glass,
        GrantRow.grantee_kind == GranteeKind.USER,
        GrantRow.grantee == within.user,
        GrantRow.level >= asked,
    )


def _in_force(chosen: Select[tuple[str]], within: Scope) -> Select[tuple[str]]:
    return chosen.where(
        GrantRow.revoked_at.is_(None),
        or_(GrantRow.starts_at.is_(None), GrantRow.starts_at <= within.at),
        or_(GrantRow.expires_at.is_(None), GrantRow.expires_at > within.at),
    )


def _of_family(holds: Callable[[Id], ColumnElement[bool]], dataset: Id = DatasetRow.id) -> ColumnElement[bool]:
    """Whether something holds for the dataset, or for one that it was made from."""
    of_source = select(DerivationRow.source).where(DerivationRow.dataset == dataset, holds(DerivationRow.source))
    return or_(holds(dataset), of_source.correlate_except(DerivationRow).exists())


def _blocked(within: Scope) -> Callable[[Id], ColumnElement[bool]]:
    them = or_(
        and_(BlockRow.blocked_kind == GranteeKind.ORGANISATION, BlockRow.blocked == within.organisation),
        and_(BlockRow.blocked_kind == GranteeKind.USER, BlockRow.blocked == within.user),
    )

    def holds(dataset: Id) -> ColumnElement[bool]:
        about = aliased(DatasetRow)
        every = select(BlockRow.id).join(about, about.owner == BlockRow.owner).where(about.id == dataset)
        these = every.where(
            BlockRow.ended_at.is_(None), them, or_(BlockRow.dataset.is_(None), BlockRow.dataset == dataset)
        )
        return these.correlate_except(BlockRow, about).exists()

    return holds


def _unconsented(dataset: Id) -> ColumnElement[bool]:
    waits = or_(RightsHolderRow.consented_at.is_(None), RightsHolderRow.consent == "")
    these = select(RightsHolderRow.id).where(
        RightsHolderRow.dataset == dataset, RightsHolderRow.ended_at.is_(None), waits
    )
    return these.correlate_except(RightsHolderRow).exists()


def _embargoed(within: Scope) -> Callable[[Id], ColumnElement[bool]]:
    """An embargo caps a grant until it ends, and then until what was given before is confirmed for that end."""

    def holds(dataset: Id) -> ColumnElement[bool]:
        about = aliased(DatasetRow)
        unconfirmed = or_(GrantRow.confirmed_for.is_(None), about.embargo_until > GrantRow.confirmed_for)
        given_before = and_(about.embargo_until > GrantRow.created_at, unconfirmed)
        waits = or_(about.embargo_until > within.at, given_before)
        these = select(about.id).where(about.id == dataset, waits)
        return these.correlate_except(about).exists()

    return holds


def _sealed(within: Scope) -> Callable[[Id], ColumnElement[bool]]:
    """A seal in force closes: one that has the bytes or the cell, and to which this organisation is no party."""

    def holds(dataset: Id) -> ColumnElement[bool]:
        about, party = aliased(DatasetRow), aliased(SealPartyRow)
        no_party = (
            ~select(party.seal).where(party.seal == SealRow.id, party.organisation == within.organisation).exists()
        )
        in_force = (SealRow.opened_at.is_(None), no_party)
        bytes_ = (
            select(SealRow.id)
            .join(RawFileRow, RawFileRow.sha256 == SealRow.sha256)
            .join(VersionFileRow, VersionFileRow.raw_file == RawFileRow.id)
            .where(VersionFileRow.dataset == dataset, *in_force)
        )
        cell = (
            select(SealRow.id)
            .join(about, about.cell == SealRow.cell)
            .join(SealPartyRow, and_(SealPartyRow.seal == SealRow.id, SealPartyRow.organisation == about.owner))
            .where(about.id == dataset, *in_force)
        )
        return or_(
            bytes_.correlate_except(SealRow, RawFileRow, VersionFileRow).exists(),
            cell.correlate_except(SealRow, about, SealPartyRow).exists(),
        )

    return holds
