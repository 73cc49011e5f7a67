"""Notes on a receipt: by what others could recognise the code under which the dataset goes in the round's report."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from schemas.access import GranteeKind, Level, View
from schemas.dataset import Visibility
from schemas.policy import Grant
from storage import catalogue, policies


def of(session: Session, dataset: str, now: datetime, handed_in: datetime) -> tuple[str, ...]:
    """A sentence for each whose grant will let them work out the same KPIs; and one for what was open before."""
    on, kept = policies.find(session, dataset), catalogue.find(session, dataset)
    if on is None or kept is None:
        return ()
    telling = [one for one in on.grants if _tells(one, on.owner)]
    standing = [one for one in telling if one.revoked_at is None and (one.expires_at is None or one.expires_at > now)]
    found = [
        f"{whom} can read this dataset once the report is published, and can recognise your code by its values; "
        "revoke the grant if that is not meant."
        for whom in sorted({_whom(one) for one in standing})
    ]
    if kept.released_at is not None and kept.released_at < handed_in:
        open_before = any(one.created_at < handed_in for one in telling)
        found += [_OPEN] * open_before + [_LISTED] * (kept.visibility is not Visibility.ORGANISATION)
    return tuple(found)


_OPEN: Final = (
    "The dataset was open to others before it was handed in: who took it then keeps it, and can recognise your code by "
    "its values."
)
_LISTED: Final = (
    "The dataset was listed to others and went from their lists when it was sealed: by that moment who runs the round "
    "can guess your code. Hand in drafts."
)


def _tells(grant: Grant, owner: str) -> bool:
    """Whether it opens values to others under the dataset's own id."""
    return grant.view in (View.FULL, View.COLUMNS) and grant.level >= Level.SUMMARY and grant.grantee != owner


def _whom(grant: Grant) -> str:
    match grant.grantee_kind:
        case GranteeKind.NETWORK:
            return "Everybody in the network"
        case GranteeKind.EVERYBODY:
            return "Everybody"
    return f"The {grant.grantee_kind.value} '{grant.grantee}'"
