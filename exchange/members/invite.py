"""Invite: a person is asked into an organisation by a code that works once."""

from datetime import timedelta

from sqlalchemy.orm import Session

from access import throttle, tokens
from exchange import guard
from exchange.services import Services
from exchange.sign_in import links
from exchange.sign_in.throttle import address, attempt
from exchange.telling import notices
from exchange.telling.notify import notify
from schemas.access import NOBODY, NetworkRight, Principal, Right, TokenScope
from schemas.errors import Conflict, Denied, ExchangeError, NotFound
from schemas.member import Invitation, InvitationState, NewInvitation, Welcome
from schemas.notification import Address, NotificationKind
from schemas.organisation import Membership, OrganisationState, Role, Standing, User
from storage import invitations, members, organisations, people

MOST_OPEN = 50
"""So many invitations of an organisation wait at once, so that nobody's mailbox is filled from here."""


def invite(services: Services, who: Principal, wanted: NewInvitation) -> Invitation:
    """Ask somebody in; the code stands in the answer this once.

    An admin asks into their own organisation, in any roles. The office asks a first admin into an organisation that
    has none, and nobody else: it gives no roles in other organisations.
    """
    into = wanted.organisation or who.organisation
    what = f"invite as {', '.join(sorted(wanted.roles))}"
    by_office = guard.require_within(services, who, into, Right.MANAGE_PEOPLE, NetworkRight.MANAGE_NETWORK, what)
    with services.sessions.begin() as session:
        of = organisations.lock(session, into)
        if of.state is not OrganisationState.ADMITTED:
            raise Conflict(f"{of.name} is {of.state.value}; only into an admitted organisation people are invited.")
        if by_office and (wanted.roles != {Role.ADMIN} or members.admins(session, into)):
            raise Conflict(
                "The office invites nobody but an admin, and only where there is none; its admin invites others."
            )
        waiting = [one for one in invitations.of(session, into, services.now()) if one.state is InvitationState.OPEN]
        if len(waiting) >= MOST_OPEN:
            raise Conflict(f"{len(waiting)} invitations are open already; revoke those that nobody needs any more.")
        return issue(services, session, wanted.model_copy(update={"organisation": into}), by_office, who.user)


def issue(services: Services, session: Session, wanted: NewInvitation, by_office: bool, by: str | None) -> Invitation:
    """The invitation itself with its code, of which the hash alone is kept."""
    code, now = tokens.new_token().removeprefix(tokens.PREFIX), services.now()
    made = Invitation(
        id=services.new_id(),
        organisation=wanted.organisation or "",
        email=wanted.email,
        roles=tuple(sorted(wanted.roles)),
        by_office=by_office,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
        state=InvitationState.OPEN,
    )
    invitations.add(session, made, tokens.fingerprint(code), by)
    link = f"{services.settings.base_url.rstrip('/')}/invitation#{code}"
    facts = {"organisation": organisations.lock(session, made.organisation).name, "link": link}
    facts["until"] = notices.when(made.expires_at)
    notify(services, session, to=Address(email=made.email), kind=NotificationKind.INVITATION, facts=facts)
    return made.model_copy(update={"code": code})


def invited(services: Services, who: Principal, organisation: str | None) -> list[Invitation]:
    """Every invitation into an organisation, newest first, without codes; the office looks into any."""
    of = organisation or who.organisation
    guard.require_within(services, who, of, Right.SEE_PEOPLE, NetworkRight.MANAGE_NETWORK, "list invitations")
    with services.sessions.read() as session:
        return invitations.of(session, of, services.now())


def revoke(services: Services, who: Principal, invitation: str, organisation: str | None) -> None:
    """The code of an open invitation works no more."""
    of = organisation or who.organisation
    what = f"revoke invitation {invitation}"
    guard.require_within(services, who, of, Right.MANAGE_PEOPLE, NetworkRight.MANAGE_NETWORK, what)
    with services.sessions.begin() as session:
        invitations.revoke(session, of, invitation, services.now())


def redeem(services: Services, code: str, name: str) -> str:
    """A new account for whoever has the code, member of the organisation at once; returns the user's id."""
    return welcome(services, code, name).user


def welcome(services: Services, code: str, name: str) -> Welcome:
    """The same, with a one-time link by which the person sets a password or joins an identity of a provider.

    `NotFound` for a code that does not work, `Conflict` when the address has an account, which accepts by itself,
    `TooMany` when codes were tried too often.
    """
    attempt(services, (throttle.LINK_ADDRESS, address()))
    fresh = f"u{services.new_id()[:15]}"
    try:
        with services.sessions.begin() as session:
            found = _behind(services, session, code)
            if members.account_with(session, found.email) is not None:
                raise Conflict("There is an account with this address already; sign in, then accept the invitation.")
            user = User(id=fresh, organisation=found.organisation, name=name, email=found.email)
            people.add_user(session, user, found.roles, services.now())
            _accepted(services, session, found, fresh)
            link = links.fresh(services, session, fresh)
    except ExchangeError as refusal:
        guard.acted(services, "invitation:accept", NOBODY, refused=refusal.title)
        raise
    guard.acted(services, "invitation:accept", Principal(user=fresh, organisation=found.organisation), found.id)
    return Welcome(user=fresh, organisation=found.organisation, link=link)


def accept(services: Services, who: Principal, code: str) -> Membership:
    """Whoever is signed in joins the organisation, besides those they are of already; roles there add up."""
    try:
        with services.sessions.begin() as session:
            found = _behind(services, session, code)
            _may_accept(who, found)
            roles = members.roles_of(session, who.user, found.organisation) | set(found.roles)
            joined = Membership(user=who.user, organisation=found.organisation, roles=roles)
            people.set_membership(session, joined)
            _accepted(services, session, found, who.user)
    except ExchangeError as refusal:
        guard.acted(services, "invitation:accept", who, refused=refusal.title)
        raise
    guard.acted(services, "invitation:accept", who, found.id)
    return joined


def _may_accept(who: Principal, found: Invitation) -> None:
    if who.service or TokenScope.MANAGE not in who.scopes:
        raise Denied("A person accepts an invitation, signed in or by a token with the scope 'manage'.")
    if found.by_office and (who.network_roles or who.standing is Standing.OFFICE):
        raise Denied("The office gives itself no role in another organisation; whoever is invited accepts.")


def _behind(services: Services, session: Session, code: str) -> Invitation:
    found = invitations.behind(session, tokens.fingerprint(code), services.now())
    of = organisations.find(session, found.organisation) if found else None
    if found is None or of is None or of.state is not OrganisationState.ADMITTED:
        raise NotFound("This code is unknown, used, revoked or past its end. Ask who invited you for a new one.")
    return found


def _accepted(services: Services, session: Session, found: Invitation, user: str) -> None:
    if not invitations.accept(session, found.id, user, services.now()):
        raise NotFound("This code was used or revoked at this moment. Ask who invited you for a new one.")
