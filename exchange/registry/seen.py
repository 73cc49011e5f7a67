"""Seen: an object as one reader sees it, its fields and its name as far as they are told."""

from access import fields
from access.objects import Sight
from exchange.services import Services
from schemas.record.field import NETWORK, FieldClass
from schemas.registered import ObjectRecord, ProtocolVersion, RegisteredObject, ShownObject

WHOLE = Sight(frozenset(FieldClass), named=True)
"""What its own people see."""


def shown(services: Services, one: RegisteredObject, sight: Sight = WHOLE, own: bool = True) -> ShownObject:
    """The object with what the sight opens of it."""
    return ShownObject(
        id=one.id,
        iri=f"{services.settings.base_url.rstrip('/')}/objects/{one.id}",
        kind=one.kind,
        owner=one.owner,
        owner_name=one.owner_name,
        name=one.name if sight.named else None,
        state=one.state,
        visibility=one.visibility if own else None,
        revision=one.revision,
        created_at=one.created_at,
        modified_at=one.modified_at,
        record=fields.opened(one.record, sight.classes) if NETWORK in sight.classes else ObjectRecord(),
    )


def version_shown(one: ProtocolVersion, sight: Sight, document: bool) -> ProtocolVersion:
    """A version with what the sight opens of it; its document's id for those who may know of that dataset."""
    protocol = fields.opened(one.content.protocol, sight.classes)
    hidden = {} if document else {"document": None}
    return one.model_copy(update={"content": one.content.model_copy(update={"protocol": protocol} | hidden)})
