"""Documents kept as evidence, such as a countersigned agreement: hashed, kept as they came, never replaced."""

from datetime import timedelta
from hashlib import sha256

from exchange import guard
from exchange.agree.held import found
from exchange.receive.create import checked_name
from exchange.services import Services
from schemas.access import Decision, Principal, Right
from schemas.agreement import Document
from schemas.delivery import Link
from schemas.errors import NotFound, Refused, TooLarge
from schemas.organisation import Role
from storage import agreements, documents

_WHO_SIGN_OR_ANSWER = frozenset({Role.STEWARD, Role.SIGNATORY, Role.ADMIN})


def attach(
    services: Services, who: Principal, agreement: str, acceptance: str, filename: str, content: bytes
) -> Document:
    """Add a file to an acceptance of one's organisation."""
    guard.require_general(services, who, Right.SIGN, agreement, f"document for {acceptance}", said=filename)
    with services.sessions.read() as session:
        found(session, who, agreement)
        mine = {one.id for one in agreements.acceptances(session, who.organisation) if one.agreement == agreement}
    if acceptance not in mine:
        raise NotFound(f"{who.organisation_name} has no acceptance {acceptance} of {agreement}.")
    return keep(services, who, acceptance, filename, content)


def keep(services: Services, who: Principal, about: str, filename: str, content: bytes) -> Document:
    """Keep a file about an acceptance or a consent, of which the caller was asked whether they may."""
    most = services.settings.document_bytes
    if len(content) > most:
        raise TooLarge(f"The document has more than {most} bytes, the most that this installation takes.")
    if not content:
        raise Refused("The document is empty.")
    document = Document(
        id=services.new_id(),
        about=about,
        filename=checked_name(filename),
        bytes=len(content),
        sha256=sha256(content).hexdigest(),
        added_at=services.now(),
    )
    services.objects.put(documents.key_of(document.id), content)  # Object first: a row never points at nothing.
    with services.sessions.begin() as session:
        documents.add(session, document, who.organisation, who.user)
    return document


def link(services: Services, who: Principal, document: str) -> Link:
    """A short-lived link to a document of one's organisation; for the office to those of acceptances too."""
    with services.sessions.read() as session:
        kept = documents.find(session, document)
        owner = documents.owner_of(session, document)
        of_acceptance = kept is not None and agreements.is_acceptance(session, kept.about)
    own = owner is not None and owner == who.organisation and bool(who.roles & _WHO_SIGN_OR_ANSWER)
    allowed = own or (of_acceptance and guard.is_office(who))
    decision = Decision(allowed=allowed, discoverable=False, reasons=("own" if own else "office" if allowed else "",))
    guard.settle(services, who, "read:document", document, decision, NotFound(f"There is no document {document}."))
    assert kept is not None
    expires_s = services.settings.link_expiry_s
    media_type = "application/octet-stream"
    url = services.objects.link(
        documents.key_of(kept.id), filename=kept.filename, media_type=media_type, expires_s=expires_s
    )
    return Link(
        url=url,
        expires_at=services.now() + timedelta(seconds=expires_s),
        filename=kept.filename,
        bytes=kept.bytes,
        sha256=kept.sha256,
        media_type=media_type,
    )
