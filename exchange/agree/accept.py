"""Accept agreements, for one's organisation and with evidence; look back on what was accepted; withdraw."""

from access.agreements import may_accept, standing
from exchange import guard
from exchange.agree.held import found
from exchange.agree.held import standing as unretired
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.agreement import Accept, Acceptance, Standing
from schemas.errors import Conflict, NotFound
from storage import agreements


def accept(services: Services, who: Principal, agreement: str, given: Accept) -> Acceptance:
    """Accept the newest version; `Conflict` unless it is that one, with that hash, and not accepted already."""
    guard.require_general(services, who, Right.SIGN, agreement, f"accept version {given.version} {given.sha256}")
    now = services.now()
    with services.sessions.begin() as session:
        one = unretired(session, who, agreement)
        newest = one.newest()
        if not may_accept(one, who.organisation):
            raise Conflict(f"The agreement {agreement} is not addressed to {who.organisation_name}.")
        if (given.version, given.sha256) != (newest.number, newest.sha256):
            raise Conflict(f"The text to accept is version {newest.number}, SHA-256 {newest.sha256}. Read it first.")
        so_far = agreements.acceptances(session, who.organisation)
        if standing(one, who.organisation, so_far, now).accepted == newest.number:
            raise Conflict(f"{who.organisation_name} has accepted version {newest.number} of {agreement} already.")
        made = Acceptance(
            id=services.new_id(),
            agreement=agreement,
            version=newest.number,
            organisation=who.organisation,
            accepted_by=who.user,
            accepted_at=now,
            evidence={
                "name": who.name,
                "organisation": who.organisation_name,
                "function": given.function,
                "basis": given.basis,
                "title": one.title,
                "sha256": newest.sha256,
            },
        )
        agreements.accept(session, made)
    return made


def withdraw(services: Services, who: Principal, agreement: str, acceptance: str, reason: str) -> Acceptance:
    """End an acceptance of one's organisation: access that rests on it ends at once, the record stays."""
    guard.require_general(services, who, Right.SIGN, agreement, f"withdraw {acceptance}", said=reason)
    with services.sessions.begin() as session:
        found(session, who, agreement, lock=True)
        mine = {one.id: one for one in agreements.acceptances(session, who.organisation) if one.agreement == agreement}
        if acceptance not in mine:
            raise NotFound(f"{who.organisation_name} has no acceptance {acceptance} of {agreement}.")
        if mine[acceptance].ended_at is not None:
            raise Conflict(f"This acceptance was withdrawn on {mine[acceptance].ended_at:%Y-%m-%d} already.")
        now = services.now()
        agreements.end_acceptance(session, acceptance, who.user, reason, now)
    return mine[acceptance].model_copy(update={"ended_at": now, "end_reason": reason})


def history(services: Services, who: Principal, agreement: str | None = None) -> list[Acceptance]:
    """What the caller's organisation ever accepted, of one agreement or (None) of all, oldest first."""
    with services.sessions.read() as session:
        if agreement is not None:
            found(session, who, agreement)
        every = agreements.acceptances(session, who.organisation)
    return [one for one in every if agreement in (None, one.agreement)]


def register(services: Services, who: Principal, agreement: str) -> list[Standing]:
    """For the office: how every organisation stands that ever accepted it, and so what rests on older versions."""
    guard.require_in_network(services, who, NetworkRight.PUBLISH_AGREEMENTS, agreement, "who accepted it")
    with services.sessions.read() as session:
        one = found(session, who, agreement)
        of_it = agreements.acceptances_of(session, agreement)
    now = services.now()
    organisations = sorted({each.organisation for each in of_it})
    by = {name: [each for each in of_it if each.organisation == name] for name in organisations}
    return [standing(one, name, by[name], now) for name in organisations]
