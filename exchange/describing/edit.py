"""Edit one field on many datasets: a preview of old and new for each, and then all of it or nothing."""

from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy.orm import Session

from exchange import describe, guard
from exchange.describing import plan as planning
from exchange.describing import tokens
from exchange.describing.plan import Planned
from exchange.problems import troubles
from exchange.registry import check
from exchange.selecting import selected
from exchange.services import Services
from exchange.sheets.columns import column, nearest
from schemas.access import Principal, Right
from schemas.errors import Refused, Trouble
from schemas.metadata import Metadata
from schemas.record.leaves import placed
from schemas.sheet import MOST, ConfirmedEdit, Edited, EditPreview, FieldEdit, RefusedDataset
from storage import catalogue

_SHOWN = 100


def preview(services: Services, who: Principal, wanted: FieldEdit) -> EditPreview:
    """What would stand there instead, dataset by dataset; what is read again, who is told, and what is refused."""
    ids, denied = _chosen(services, who, wanted, "preview")
    plan, refused = _foreseen(services, who, ids, denied, wanted)
    with services.sessions.read() as session:
        shown = planning.told(session, plan)
    token = None if refused else tokens.signed(services, who, _facts(wanted), plan)
    unchanged = sum(1 for one in plan if not one.changes)
    return EditPreview(token=token, datasets=shown, unchanged=unchanged, refused=tuple(refused))


def apply(services: Services, who: Principal, wanted: ConfirmedEdit) -> Edited:
    """What was previewed, in one transaction.

    Raises:
        Conflict: what the preview rested on has changed meanwhile.
        Refused: one of the datasets cannot be changed so; none is.
    """
    ids, denied = _chosen(services, who, wanted, "apply")
    _, refused = _foreseen(services, who, ids, denied, wanted)
    if refused:
        errors = [
            Trouble(pointer="/datasets", message=f"{one.dataset}: {why}") for one in refused for why in one.reasons
        ]
        raise Refused(f"{len(refused)} datasets cannot be changed so; none is.", errors=tuple(errors[:_SHOWN]))
    with services.sessions.begin() as session:
        plan, _ = _planned(session, ids, denied, wanted, locked=True)
        tokens.check(services, who, _facts(wanted), plan, wanted.token)
        planning.carry_out(services, session, who, plan)
    changed = tuple(one.dataset.id for one in plan if one.dataset and one.changes)
    return Edited(datasets=changed, unchanged=len(plan) - len(changed))


def _chosen(services: Services, who: Principal, wanted: FieldEdit, step: str) -> tuple[list[str], dict[str, str]]:
    """Ids of what is meant, in their order, and why some may not be described; each is an event of its own."""
    detail = f"edit {step}: {wanted.place}"
    guard.may_at_all(services, who, Right.DESCRIBE, detail)
    check.named(services, who, _check(wanted))
    with services.sessions.read() as session:
        ids = selected(session, who, wanted.datasets, wanted.query, MOST)
    refused = guard.require_each(services, who, Right.DESCRIBE, ids, detail)
    if len(refused) == len(ids):
        raise refused[ids[0]]
    return ids, {id: refusal.message for id, refusal in refused.items()}


def _check(wanted: FieldEdit) -> Metadata:
    """The value in a record of its own; `Refused` where there is no such field, or the value is none that it takes."""
    if column(wanted.place) is None or wanted.place == "schema_version":
        trouble = Trouble(pointer="/place", message=f"is no field of the record; {nearest(wanted.place)}")
        raise Refused("There is no such field.", errors=(trouble.model_copy(update={"value": wanted.place}),))
    if wanted.value is None:
        return Metadata()
    try:
        return Metadata.model_validate(placed({wanted.place: wanted.value}))
    except ValidationError as wrong:
        within = "/" + wanted.place.replace(".", "/")
        found = troubles(wrong, Metadata)
        errors = [one.model_copy(update={"pointer": "/value" + one.pointer.removeprefix(within)}) for one in found]
        raise Refused(f"{wanted.place} does not take this value.", errors=tuple(errors)) from wrong


def _foreseen(
    services: Services, who: Principal, ids: Sequence[str], denied: dict[str, str], wanted: FieldEdit
) -> tuple[list[Planned], list[RefusedDataset]]:
    """The records as they would be, and what cannot be changed so, for objects that it would name, too."""
    with services.sessions.read() as session:
        plan, refused = _planned(session, ids, denied, wanted, locked=False)
    for one in plan:
        troubles_of = planning.unnameable(services, who, one)
        if troubles_of and one.dataset:
            refused.append(RefusedDataset(dataset=one.dataset.id, reasons=tuple(each.message for each in troubles_of)))
    return plan, refused


def _planned(
    session: Session, ids: Sequence[str], denied: dict[str, str], wanted: FieldEdit, *, locked: bool
) -> tuple[list[Planned], list[RefusedDataset]]:
    present = {one.id: one for one in (catalogue.lock_all if locked else catalogue.of)(session, ids)}
    plan, refused = [], [RefusedDataset(dataset=id, reasons=(why,)) for id, why in denied.items()]
    for id in ids:
        if id in denied:
            continue
        try:
            one = planning.planned(present[id], placed({wanted.place: wanted.value}))
        except ValidationError as wrong:
            reasons = tuple(each.message for each in troubles(wrong, Metadata))
            refused.append(RefusedDataset(dataset=id, reasons=reasons))
            continue
        lacking = describe.emptied(present[id], one.record)
        if lacking:
            refused.append(RefusedDataset(dataset=id, reasons=(lacking,)))
        plan.append(one)
    return plan, refused


def _facts(wanted: FieldEdit) -> dict[str, object]:
    return wanted.model_dump(mode="json", exclude={"token"})
