"""Publish: versions of a protocol, which never change; a new one leaves the old ones readable."""

from exchange import guard
from exchange.registry import check
from exchange.services import Services
from schemas.access import Exit, Principal, Right
from schemas.errors import Conflict, Denied, NotFound, Refused, Trouble
from schemas.metadata import DatasetKind
from schemas.record.making import Protocol
from schemas.registered import (
    NewVersion,
    ObjectState,
    ProtocolVersion,
    RegisteredKind,
    RegisteredObject,
    VersionContent,
)
from storage import registry

_DOCUMENTS = (DatasetKind.DOCUMENT, DatasetKind.PROTOCOL)


def publish(services: Services, who: Principal, object: str, wanted: NewVersion) -> ProtocolVersion:
    """What the protocol says now, or `wanted.protocol`, as its next version."""
    present = _protocol(guard.require_object(services, who, Right.DESCRIBE, object, detail="publish a version"))
    if wanted.document is not None:
        _document(services, who, wanted.document)
    if wanted.protocol is not None:
        check.named(services, who, wanted.protocol, present.record)
    with services.sessions.begin() as session:
        present = _protocol(registry.lock(session, object))
        content = VersionContent(
            protocol=_said(present, wanted.protocol),
            document=wanted.document,
            document_sha256=wanted.document_sha256,
        )
        same = [one.number for one in registry.versions(session, object) if one.sha256 == content.sha256()]
        if same:
            raise Conflict(f"Version {same[0]} of {object} says the same, word for word; there is nothing to publish.")
        registry.publish(session, object, content, wanted.note or "", who.user, services.now())
        return registry.versions(session, object)[-1]


def _protocol(found: RegisteredObject) -> RegisteredObject:
    if found.kind is not RegisteredKind.PROTOCOL:
        raise Conflict(f"Object {found.id} is of the kind {found.kind}; only protocols have versions.")
    if found.state is ObjectState.RETIRED:
        raise Conflict(f"Protocol {found.id} is retired; no version is added any more. Register a new one.")
    return found


def _said(present: RegisteredObject, wanted: Protocol | None) -> Protocol:
    said = wanted or present.record.protocol
    if said is None or not (said.steps or said.targets):
        trouble = Trouble(pointer="/protocol", message="has neither steps nor targets", hint="say what it asks for")
        raise Refused("A version of a protocol says what is to be done.", errors=(trouble,))
    return said


def _document(services: Services, who: Principal, dataset: str) -> None:
    try:
        found = guard.allow(services, who, Exit.DETAIL, dataset, "document of a protocol")
    except (NotFound, Denied) as refusal:
        message = f"there is no dataset {dataset} that you may see"
        trouble = Trouble(pointer="/document", message=message, value=dataset, hint="leave it out, or name its SHA-256")
        raise Refused("The document cannot be named.", errors=(trouble,)) from refusal
    if found.metadata.kind not in _DOCUMENTS:
        message = "is no document: only datasets of the kinds document and protocol are"
        raise Refused(
            "The document cannot be named.", errors=(Trouble(pointer="/document", message=message, value=dataset),)
        )
