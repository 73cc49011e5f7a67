"""What was agreed when a grant was given: the policy in words, each agreement's version, and who had accepted what."""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from access.agreements import accepted
from schemas.access import GranteeKind, View
from schemas.conditions import AgreementAccepted, Kept, PurposeStated, Reciprocity
from schemas.policy import Grant
from storage import agreements, duties

_WHO = {
    GranteeKind.NETWORK: "Everybody signed in for an admitted organisation",
    GranteeKind.EVERYBODY: "Everybody",
}


def frozen(session: Session, grant: Grant, now: datetime) -> dict[str, str]:
    """`policy` (a sentence for each rule), its SHA-256, and for each agreement its version and what was accepted.

    `agreement:ID` is `ID@VERSION sha256:HASH`; `accepted:ID` lists `ORGANISATION@VERSION`, or `not yet`, for whom the
    grant names through a group or a person too; whoever is of the network or the world accepts one by one.
    """
    policy = "\n".join(_sentences(grant))
    terms = {"policy": policy, "sha256": sha256(policy.encode()).hexdigest()}
    named = sorted(duties.named_by(session, [grant.to]))
    given = agreements.acceptances_among(session, named)
    for one in grant.conditions:
        found = agreements.find(session, one.agreement) if isinstance(one, AgreementAccepted) else None
        if found is not None:
            newest = found.newest()
            terms[f"agreement:{found.id}"] = f"{found.id}@{newest.number} sha256:{newest.sha256}"
            versions = {name: accepted(found, given[name], now) for name in named}
            terms[f"accepted:{found.id}"] = _said(versions)
    return terms


def _said(versions: dict[str, int | None]) -> str:
    written = (f"{name}@{version}" if version else f"{name}: not yet" for name, version in versions.items())
    return "; ".join(written) or "each organisation by an acceptance of its own"


def _sentences(grant: Grant) -> Iterator[str]:
    who = _WHO.get(grant.grantee_kind) or f"The {grant.grantee_kind.value} {grant.grantee}"
    view = f"the {grant.view.value} view"
    if grant.view is View.COLUMNS:
        view += f" of {', '.join(grant.columns)}"
    if grant.view is View.BLINDED:
        view += f", under a code of {grant.collection}"
    yield f"{who} gets level {grant.level.name.lower()} of {grant.dataset} in {view}."
    if grant.confidential:
        yield "The record's confidential fields are open, too."
    if grant.starts_at:
        yield f"It begins on {grant.starts_at.isoformat()}."
    yield f"It ends on {grant.expires_at.isoformat()}." if grant.expires_at else "It stands until it is revoked."
    if grant.during_embargo:
        yield "It is valid during an embargo."
    yield from (_condition(one) for one in grant.conditions)


def _condition(one: Kept) -> str:
    match one:
        case AgreementAccepted():
            return f"It depends on the agreement {one.agreement}, accepted in its version in force."
        case PurposeStated():
            return f"It is for these purposes: {', '.join(one.purposes)}."
        case Reciprocity():
            return f"It depends on {one.count} released {one.kind.value} given to the collection {one.collection}."
    return f"It depends on {json.dumps(one.model_dump(mode='json'), sort_keys=True)}."
