"""Whose an identity is, told by issuer and subject alone; and what its claims give at each sign-in."""

import re
import unicodedata
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from access import claims as rules
from exchange import visibility
from exchange.services import Services
from exchange.sign_in.links import LINK_ENDED
from exchange.sign_in.record import record
from schemas.errors import Conflict, Unauthenticated
from schemas.organisation import Email, Membership, OrganisationState, Role, User
from schemas.signing_in import IdentityProvider
from storage import identities, members, people
from storage import passwords as kept


def whose(
    services: Services, session: Session, provider: IdentityProvider, claims: Mapping[str, object], link: str | None
) -> str:
    """The person to whom an identity belongs: joined before, joined now by a one-time link, or made by its claims."""
    subject = str(claims["sub"])
    known = identities.find(session, provider.issuer, subject)
    if link is not None:
        user = kept.use_link(session, link, services.now())
        if user is None:
            raise Unauthenticated(LINK_ENDED)
        if known is not None and known.user != user:
            raise Conflict(
                "This identity belongs to another account already; sign out at the provider and begin again."
            )
    elif known is not None:
        user = known.user
    elif provider.create and _takes_part(session, rules.memberships(provider, claims)):
        user = _created(services, session, provider, claims)
    else:
        raise Unauthenticated(
            f"Nobody here has this identity of {provider.title}. Open your invitation, or ask your admin for one."
        )
    if not people.user_active(session, user):
        raise Unauthenticated("This account has ended. Ask your admin.")
    if known is None:
        identities.join(session, provider.issuer, subject, user, services.now())
        record(services, session, "identity:join", user=user, provider=provider.name)
    return user


def follow(
    services: Services, session: Session, provider: IdentityProvider, claims: Mapping[str, object], user: str
) -> None:
    """Give the roles that the claims give now and take those they gave before; roles from elsewhere stay."""
    one = identities.find(session, provider.issuer, str(claims["sub"]))
    assert one is not None  # Joined in this transaction or before.
    given = _takes_part(session, rules.memberships(provider, claims))
    for organisation in sorted({*one.given, *given}):
        before = frozenset(Role(role) for role in one.given.get(organisation, ()))
        now = given.get(organisation, frozenset())
        present = people.roles(session, user, organisation)
        wanted = (present - before) | now
        if wanted == present:
            continue
        if wanted:
            people.set_membership(session, Membership(user=user, organisation=organisation, roles=wanted))
        else:
            visibility.refresh(
                session, members.end_membership(session, user, organisation, None, services.now(), False)
            )
        roles = ",".join(sorted(wanted)) or "none"
        record(services, session, "membership:by-claims", user=user, organisation=organisation, roles=roles)
    kept_now = {organisation: sorted(one.value for one in roles) for organisation, roles in given.items()}
    identities.remember(session, one, kept_now, services.now())


def _takes_part(session: Session, given: dict[str, frozenset[Role]]) -> dict[str, frozenset[Role]]:
    """Without organisations that are not here or have left: a rule may be older than the network."""
    here = {one.id for one in people.organisations(session) if one.state is not OrganisationState.LEFT}
    return {organisation: roles for organisation, roles in given.items() if organisation in here}


def _created(services: Services, session: Session, provider: IdentityProvider, claims: Mapping[str, object]) -> str:
    """A new account; its id is random, since it outlives the name in the audit."""
    home = sorted(_takes_part(session, rules.memberships(provider, claims)))[0]
    id = f"u-{services.new_id()[:10].lower()}"
    one = User(id=id, organisation=home, name=_name(claims), email=_email(claims))
    people.add_user(session, one, (), services.now())
    record(services, session, "user:create", organisation=home, person=id, provider=provider.name)
    return id


def _name(claims: Mapping[str, object]) -> str:
    told = next((one for key in ("name", "preferred_username") if isinstance(one := claims.get(key), str)), "")
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in told)
    return re.sub(r"\s+", " ", plain).strip()[:200].strip() or "Unnamed"


def _email(claims: Mapping[str, object]) -> str | None:
    try:
        return TypeAdapter(Email).validate_python(rules.verified_email(claims))
    except ValidationError:
        return None
