"""Which agreements an organisation has accepted in force: what access may rest on."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from schemas.agreement import Acceptance, Agreement, OnNewVersion


def in_force(agreements: Iterable[Agreement], acceptances: Iterable[Acceptance], at: datetime) -> frozenset[str]:
    """Ids of the agreements that hold for the organisation whose acceptances these are."""
    given = list(acceptances)
    return frozenset(one.id for one in agreements if holds(one, given, at))


def holds(agreement: Agreement, acceptances: Iterable[Acceptance], at: datetime) -> bool:
    """True while it is not retired and an acceptance of its newest version, or one that its rule keeps, stands.

    A newer version that is published makes older acceptances: kept, kept for the days of grace, or void.
    """
    if agreement.retired_at is not None and agreement.retired_at <= at:
        return False
    accepted = [
        one.version
        for one in acceptances
        if one.agreement == agreement.id and (one.ended_at is None or one.ended_at > at)
    ]
    if not accepted:
        return False
    newer = [one.published_at for one in agreement.versions if one.number > max(accepted) and one.published_at <= at]
    if not newer or agreement.on_new_version is OnNewVersion.KEEP:
        return True
    grace = timedelta(days=agreement.grace_days)
    return agreement.on_new_version is OnNewVersion.GRACE and at < min(newer) + grace
