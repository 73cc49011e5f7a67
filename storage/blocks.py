"""Blocks: whom an owner shuts out of one dataset, or of all its own."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.block import Block, BlockedKind
from schemas.errors import NotFound
from storage.tables import BlockRow


def add(session: Session, block: Block) -> None:
    """Keep a block."""
    session.add(BlockRow(**block.model_dump()))
    session.flush()


def of(session: Session, owner: str, dataset: str | None = None) -> list[Block]:
    """All blocks of an owner, ended ones included, oldest first; with a dataset those that bear on it."""
    chosen = select(BlockRow).where(BlockRow.owner == owner).order_by(BlockRow.created_at, BlockRow.id)
    if dataset is not None:
        chosen = chosen.where((BlockRow.dataset == dataset) | BlockRow.dataset.is_(None))
    return [_block(row) for row in session.scalars(chosen)]


def end(session: Session, owner: str, block: str, by: str, now: datetime) -> Block:
    """End a block of this owner; `NotFound` when there is none in force."""
    row = session.get(BlockRow, block, with_for_update=True)
    if row is None or row.owner != owner or row.ended_at is not None:
        raise NotFound(f"Your organisation has no block {block} in force.")
    row.ended_at, row.ended_by = now, by
    session.flush()
    return _block(row)


def _block(row: BlockRow) -> Block:
    facts = {name: getattr(row, name) for name in Block.model_fields if name != "blocked_kind"}
    return Block(**facts, blocked_kind=BlockedKind(row.blocked_kind))
