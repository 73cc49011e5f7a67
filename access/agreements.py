"""Which agreements an organisation has accepted in force, and what it is asked for: what access may rest on."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from schemas.agreement import Acceptance, Agreement, AgreementKind, AgreementVersion, OnNewVersion, Required, Standing
from schemas.organisation import Standing as Membership

READ_BY_THE_WORLD = frozenset({AgreementKind.TERMS_OF_USE, AgreementKind.DECLARATION_OF_ADHERENCE})
"""Whoever wants to take part must be able to read these before; the others tell of dealings within the network."""


def in_force(agreements: Iterable[Agreement], acceptances: Iterable[Acceptance], at: datetime) -> frozenset[str]:
    """Ids of the agreements that hold for the organisation whose acceptances these are."""
    given = list(acceptances)
    return frozenset(one.id for one in agreements if holds(one, given, at))


def holds(agreement: Agreement, acceptances: Iterable[Acceptance], at: datetime) -> bool:
    """True while it is not retired and an acceptance of its newest version, or one that its rule keeps, stands.

    A newer version that is published makes older acceptances: kept, kept for the days of grace, or void. A version
    counts from the day on which it starts to the day on which it ends, in UTC.
    """
    if agreement.retired_at is not None and agreement.retired_at <= at:
        return False
    standing = accepted(agreement, acceptances, at)
    if standing is None or not _runs(agreement, standing, at):
        return False
    end = lapses(agreement, standing)
    return end is None or at < end


def accepted(agreement: Agreement, acceptances: Iterable[Acceptance], at: datetime) -> int | None:
    """The newest version of which an acceptance stands; None for none."""
    of_it = (one for one in acceptances if one.agreement == agreement.id)
    return max((one.version for one in of_it if one.ended_at is None or one.ended_at > at), default=None)


def lapses(agreement: Agreement, version: int) -> datetime | None:
    """When an acceptance of this version ends to count because of a newer one; None when it does not."""
    newer = [one.published_at for one in agreement.versions if one.number > version]
    if not newer or agreement.on_new_version is OnNewVersion.KEEP:
        return None
    grace = agreement.grace_days if agreement.on_new_version is OnNewVersion.GRACE else 0
    return min(newer) + timedelta(days=grace)


def standing(
    agreement: Agreement, organisation: str, acceptances: Iterable[Acceptance], at: datetime, grants: int = 0
) -> Standing:
    """How an organisation stands to an agreement: the newest version is asked for until it is accepted."""
    given = list(acceptances)
    version, newest = accepted(agreement, given, at), agreement.newest().number
    open_to_it = agreement.retired_at is None and may_accept(agreement, organisation)
    return Standing(
        organisation=organisation,
        accepted=version,
        in_force=holds(agreement, given, at),
        asked=newest if open_to_it and (version is None or version < newest) else None,
        until=lapses(agreement, version) if version is not None else None,
        grants=grants,
    )


def missing(
    required: Iterable[Required], agreements: Iterable[Agreement], acceptances: Iterable[Acceptance], at: datetime
) -> tuple[str, ...]:
    """Ids of the required agreements that do not hold, or not in the version that is required; unknown ones too."""
    known, given = {one.id: one for one in agreements}, list(acceptances)

    def lacks(one: Required) -> bool:
        there = known.get(one.agreement)
        if there is None or not holds(there, given, at):
            return True
        return one.version is not None and (accepted(there, given, at) or 0) < one.version

    return tuple(one.agreement for one in required if lacks(one))


def owed(agreements: Iterable[Agreement], acceptances: Iterable[Acceptance], at: datetime) -> tuple[str, ...]:
    """Ids of the agreements that taking part needs, and that do not hold; a retired one is not needed any more."""
    needed = [
        one for one in agreements if one.required_from is not None and one.required_from <= at and not one.retired_at
    ]
    given = list(acceptances)
    return tuple(one.id for one in needed if not holds(one, given, at))


def may_accept(agreement: Agreement, organisation: str) -> bool:
    """True for whoever it is addressed to."""
    return not agreement.addressees or organisation in agreement.addressees


def may_read(agreement: Agreement, organisation: str, membership: Membership | None) -> bool:
    """Texts are for those who may accept them, and for the office; the world reads what is asked of newcomers."""
    if membership is Membership.OFFICE:
        return True
    if not organisation:
        return not agreement.addressees and agreement.kind in READ_BY_THE_WORLD
    return may_accept(agreement, organisation)


def _runs(agreement: Agreement, number: int, at: datetime) -> bool:
    version = next((one for one in agreement.versions if one.number == number), None)
    return version is not None and _within(version, at.date())


def _within(version: AgreementVersion, day: date) -> bool:
    return (version.starts_on is None or version.starts_on <= day) and (
        version.ends_on is None or day <= version.ends_on
    )
