"""From who asks to what the rule looks at."""

from collections.abc import Iterable
from datetime import datetime

from access.roles import READERS
from schemas.access import Contribution, Grantee, GranteeKind, Principal, Scope
from schemas.organisation import OrganisationState


def scope(
    principal: Principal,
    now: datetime,
    accepted: Iterable[str] = (),
    contributed: Iterable[Contribution] = (),
    owes: bool = False,
) -> Scope:
    """What this principal is to the rule at this moment.

    Everybody may be named by grants to everybody. Whoever acts for an admitted organisation belongs to the network; in
    a role that reads, they read for their organisation and are meant by grants to it, to its groups and to themselves.
    For a suspended organisation, and for one that owes the acceptance of an agreement which taking part needs, they
    read its own alone, for one that has left or not yet come nothing.
    """
    admitted = principal.state is OrganisationState.ADMITTED and not owes
    reads = bool(principal.roles & READERS)
    grantees = {Grantee(kind=GranteeKind.EVERYBODY)}
    if admitted:
        grantees.add(Grantee(kind=GranteeKind.NETWORK))
    if admitted and reads:
        grantees.add(Grantee(kind=GranteeKind.ORGANISATION, id=principal.organisation))
        grantees.add(Grantee(kind=GranteeKind.USER, id=principal.user))
        grantees |= {Grantee(kind=GranteeKind.GROUP, id=group) for group in principal.groups}
    return Scope(
        own=home(principal),
        organisation=principal.organisation,
        user=principal.user,
        grantees=frozenset(grantees),
        accepted=frozenset(accepted) if admitted else frozenset(),
        contributed=frozenset(contributed) if admitted else frozenset(),
        purpose=principal.purpose,
        at=now,
    )


def home(principal: Principal) -> str | None:
    """The organisation whose own datasets the principal reads; None for whoever has no role in which one reads."""
    at_home = principal.state in (OrganisationState.ADMITTED, OrganisationState.SUSPENDED)
    return principal.organisation if at_home and principal.roles & READERS else None
