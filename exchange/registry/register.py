"""Register: give a cell, a lot, a protocol, equipment or a material an id of its own, describe, show and retire it."""

from collections.abc import Mapping

from pydantic import ValidationError

from exchange import guard
from exchange.problems import troubles
from exchange.registry import check
from exchange.registry.seen import shown
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import Visibility
from schemas.errors import Conflict, Refused, Trouble
from schemas.record.leaves import merged
from schemas.registered import NewObject, ObjectRecord, ObjectState, RegisteredObject, ShownObject, fits
from storage import registry


def register(services: Services, who: Principal, wanted: NewObject) -> ShownObject:
    """A new object of the caller's organisation, seen by it alone; its id is random and final."""
    id = services.new_object_id(wanted.kind.prefix)
    guard.require_general(services, who, Right.DESCRIBE, id, f"new {wanted.kind}")
    check.named(services, who, wanted.record)
    with services.sessions.begin() as session:
        if registry.named(session, who.organisation, [wanted.kind], [wanted.name]):
            raise _taken(wanted.kind, wanted.name)
        made = [(id, wanted.name, wanted.record)]
        registry.add(session, who.organisation, wanted.kind, made, who.user, services.now())
        return shown(services, registry.lock(session, id))


def describe(services: Services, who: Principal, object: str, changes: Mapping[str, object]) -> ShownObject:
    """A new revision in which `changes` replace name and fields (JSON merge patch: null empties)."""
    present = guard.require_object(services, who, Right.DESCRIBE, object)
    record = _checked(present, changes.get("record", {}))
    check.named(services, who, record, present.record)
    with services.sessions.begin() as session:
        present = _held(registry.lock(session, object))
        # Somebody may have described it since; theirs is kept where this changes nothing of it.
        record, name = _checked(present, changes.get("record", {})), str(changes.get("name") or present.name)
        if (name, record) != (present.name, present.record):
            if name != present.name and registry.named(session, present.owner, [present.kind], [name]):
                raise _taken(present.kind, name)
            registry.describe(session, object, name, record, who.user, services.now())
        return shown(services, registry.lock(session, object))


def show(services: Services, who: Principal, object: str, visibility: Visibility) -> ShownObject:
    """Change to whom it is shown besides those who read data that point to it."""
    guard.require_object(services, who, Right.RELEASE, object, detail=f"show to {visibility}")
    with services.sessions.begin() as session:
        registry.lock(session, object)
        registry.show(session, object, visibility)
        return shown(services, registry.lock(session, object))


def retire(services: Services, who: Principal, object: str) -> ShownObject:
    """Nothing of it is changed any more; it stays readable, and what points to it stays."""
    guard.require_object(services, who, Right.DESCRIBE, object, detail="retire")
    with services.sessions.begin() as session:
        _held(registry.lock(session, object))
        registry.set_state(session, object, ObjectState.RETIRED)
        return shown(services, registry.lock(session, object))


def _checked(present: RegisteredObject, changes: object) -> ObjectRecord:
    written = present.record.model_dump(mode="json", exclude_none=True)
    try:
        record = ObjectRecord.model_validate(merged(written, changes if isinstance(changes, Mapping) else {}))
    except ValidationError as wrong:
        raise Refused("The record has problems.", errors=troubles(wrong, ObjectRecord, "/record")) from wrong
    try:
        fits(present.kind, record)
    except ValueError as wrong:
        raise Refused("The record has problems.", errors=(Trouble(pointer="/record", message=str(wrong)),)) from wrong
    return record


def _held(found: RegisteredObject) -> RegisteredObject:
    if found.state is ObjectState.RETIRED:
        raise Conflict(f"Object {found.id} is retired; nothing of it is changed any more. Register a new one.")
    return found


def _taken(kind: str, name: str) -> Conflict:
    return Conflict(f"Your organisation has already registered a {kind} named '{name}'; names are unique by kind.")
