"""Block: a steward shuts an organisation or a person out, of one dataset or of all the organisation's own."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange import guard, visibility
from exchange.services import Services
from schemas.access import GranteeKind, Principal, Right
from schemas.block import Block, BlockedKind, NewBlock
from schemas.errors import Conflict, Refused, Trouble
from storage import blocks, finding, people


def block(services: Services, who: Principal, wanted: NewBlock) -> Block:
    """Shut somebody out at once, whatever was given; `Conflict` when that block stands already."""
    said = f"{wanted.blocked_kind} {wanted.blocked}: {wanted.reason}"
    if wanted.dataset is None:
        guard.require_general(services, who, Right.BLOCK, said=said)
    else:
        guard.require(services, who, Right.BLOCK, wanted.dataset, said=said)
    block = made(services, who, wanted)
    with services.sessions.begin() as session:
        check(session, who.organisation, wanted)
        blocks.add(session, block)
        _refresh(session, block)
    return block


def blocked(services: Services, who: Principal, dataset: str | None = None) -> list[Block]:
    """All blocks of the caller's organisation, ended ones included; with a dataset those that bear on it."""
    if dataset is None:
        guard.require_general(services, who, Right.BLOCK)
    else:
        guard.require(services, who, Right.BLOCK, dataset, detail="list")
    with services.sessions.read() as session:
        return blocks.of(session, who.organisation, dataset)


def end(services: Services, who: Principal, block: str) -> None:
    """Lift a block at once: what was given before holds again."""
    guard.require_general(services, who, Right.BLOCK, detail=f"end {block}")
    with services.sessions.begin() as session:
        _refresh(session, blocks.end(session, who.organisation, block, who.user, services.now()))


def made(services: Services, who: Principal, wanted: NewBlock) -> Block:
    """The block as it would be kept."""
    facts = wanted.model_dump()
    return Block(**facts, id=services.new_id(), owner=who.organisation, created_at=services.now(), created_by=who.user)


def check(session: Session, owner: str, wanted: NewBlock) -> None:
    """`Refused` for somebody unknown or one's own, `Conflict` for a block that stands already."""
    troubles = tuple(problems(session, owner, wanted))
    if troubles:
        raise Refused("The block has problems.", errors=troubles)
    same = standing(session, owner, wanted)
    if same is not None:
        raise Conflict(f"{wanted.blocked} is blocked already, by {same.id}.")


def standing(session: Session, owner: str, wanted: NewBlock) -> Block | None:
    """The same block, where it is in force already."""
    asked = (wanted.dataset, wanted.blocked_kind, wanted.blocked)
    every = (one for one in blocks.of(session, owner) if one.ended_at is None)
    return next((one for one in every if (one.dataset, one.blocked_kind, one.blocked) == asked), None)


def problems(session: Session, owner: str, wanted: NewBlock) -> Iterator[Trouble]:
    """Everything that keeps this owner from setting such a block."""
    kind = GranteeKind(wanted.blocked_kind)
    if not people.grantee_exists(session, kind, wanted.blocked):
        yield Trouble(pointer="/blocked", message=f"there is no {kind.value} with this id", value=wanted.blocked)
    elif wanted.blocked_kind is BlockedKind.ORGANISATION and wanted.blocked == owner:
        yield Trouble(pointer="/blocked", message="is your own organisation", value=wanted.blocked)
    elif wanted.blocked_kind is BlockedKind.USER and people.acting(session, wanted.blocked, owner) is not None:
        message = "acts for your own organisation; its admin can end that"
        yield Trouble(pointer="/blocked", message=message, value=wanted.blocked)


def _refresh(session: Session, block: Block) -> None:
    visibility.refresh(session, [block.dataset] if block.dataset else finding.owned(session, block.owner))
