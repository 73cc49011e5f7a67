"""What each grant on a dataset is worth at this moment, for its owner."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from access import effect
from access.agreements import holds
from schemas.conditions import AgreementAccepted
from schemas.policy import Grant, GrantInEffect, Policy, Waiting
from storage import agreements, duties


def in_effect(session: Session, on: Policy, given: Iterable[Grant], now: datetime) -> list[GrantInEffect]:
    """The grants, each with its effect and with whom of those it names it still waits for."""
    known = {one.id: one for one in agreements.every(session)}
    found = []
    for grant in given:
        named = sorted(duties.named_by(session, [grant.to]))
        accepted = agreements.acceptances_among(session, named)
        wanted = [known[one.agreement] for one in grant.conditions if isinstance(one, AgreementAccepted)]
        waiting = tuple(
            Waiting(organisation=name, agreement=one.id, version=one.newest().number, retired=bool(one.retired_at))
            for one in wanted
            for name in named
            if not holds(one, accepted[name], now)
        )
        retired = next((one.id for one in wanted if one.retired_at), None)
        everybody_waits = bool(named) and {one.organisation for one in waiting} == set(named)
        of = effect.of(grant, on, now, waiting if everybody_waits else (), retired)
        found.append(
            GrantInEffect(
                **grant.model_dump(exclude={"conditions"}), conditions=grant.conditions, effect=of, waiting=waiting
            )
        )
    return found
