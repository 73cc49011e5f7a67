"""Plan: what an action does to each of the chosen datasets; preview and application make the same plan."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.services import Services
from exchange.sharing import blocks, embargo, giving, standing
from schemas import profiles
from schemas.access import Principal, Right
from schemas.block import NewBlock
from schemas.bulk import (
    Action,
    BlockAction,
    EmbargoAction,
    GiveAction,
    RevokeAction,
    ShowAction,
    TemplateAction,
)
from schemas.change import Change, Embargo, NewlyBlocked
from schemas.dataset import Dataset, DatasetState, Visibility
from schemas.errors import Conflict, Refused, Trouble
from schemas.policy import Policy

RIGHT_OF_ACTION: dict[type[object], Right] = {
    GiveAction: Right.GRANT,
    RevokeAction: Right.GRANT,
    ShowAction: Right.RELEASE,
    EmbargoAction: Right.GRANT,
    TemplateAction: Right.RELEASE,
    BlockAction: Right.BLOCK,
}


def planned(
    services: Services,
    session: Session,
    who: Principal,
    owned: list[Dataset],
    on: dict[str, Policy],
    action: Action,
    *,
    foreseen: bool,
) -> list[Change]:
    """The change of each dataset; `Refused` or `Conflict` names everything that stands in the way, by dataset.

    Only `foreseen`, nothing is kept yet.
    """
    now = services.now()
    troubles = [
        one.model_copy(update={"message": f"{dataset.id}: {one.message}"})
        for dataset in owned
        for one in _in_the_way(session, dataset, action, now)
    ]
    if troubles:
        raise Refused(f"{len(troubles)} problems stand in the way; nothing was changed.", errors=tuple(troubles[:100]))
    return [_change(services, session, who, one, on[one.id], action, foreseen) for one in owned]


def _in_the_way(session: Session, dataset: Dataset, action: Action, now: datetime) -> Iterator[Trouble]:
    match action:
        case GiveAction():
            yield from giving.problems(session, dataset, action.grant, now)
        case ShowAction() | TemplateAction():
            if dataset.state is not DatasetState.RELEASED:
                yield Trouble(pointer="/datasets", message=f"is {dataset.state.value}, not released")
            to_world = isinstance(action, ShowAction) and action.visibility is Visibility.WORLD
            if to_world and profiles.missing(dataset.metadata):
                yield Trouble(pointer="/datasets", message="lacks " + ", ".join(profiles.missing(dataset.metadata)))
        case BlockAction():
            yield from blocks.problems(session, dataset.owner, _new_block(dataset.id, action))
        case EmbargoAction():
            embargo.check(Embargo(until=action.until), now)


def _change(
    services: Services,
    session: Session,
    who: Principal,
    dataset: Dataset,
    on: Policy,
    action: Action,
    foreseen: bool,
) -> Change:
    id = dataset.id
    match action:
        case GiveAction():
            return Change(dataset=id, grants=(giving.made(services, session, id, action.grant, foreseen=foreseen),))
        case RevokeAction():
            to = (action.grantee_kind, action.grantee)
            ended = (one.id for one in on.grants if one.revoked_at is None and not one.break_glass)
            theirs = {one.id for one in on.grants if (one.grantee_kind, one.grantee) == to}
            return Change(dataset=id, revoked=frozenset(theirs.intersection(ended)))
        case ShowAction():
            return Change(dataset=id, visibility=action.visibility)
        case EmbargoAction():
            return Change(dataset=id, embargo=Embargo(until=action.until))
        case TemplateAction():
            template = standing.named(session, dataset.owner, action.template)
            if dataset.released_at is None:
                raise Conflict(f"Dataset {id} is not released.")
            return standing.planned(services, session, dataset, template, dataset.released_at, foreseen=foreseen)
        case BlockAction():
            new = _new_block(id, action)
            if blocks.standing(session, dataset.owner, new) is not None:
                return Change(dataset=id)
            return Change(dataset=id, block=NewlyBlocked(block=blocks.made(services, who, new)))


def _new_block(dataset: str, action: BlockAction) -> NewBlock:
    return NewBlock(blocked_kind=action.blocked_kind, blocked=action.blocked, dataset=dataset, reason=action.reason)
