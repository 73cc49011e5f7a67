"""The way of an organisation through the network: from which state it can come into which, as data."""

from schemas.organisation import Organisation, OrganisationState, Standing

NEXT: dict[OrganisationState, frozenset[OrganisationState]] = {
    OrganisationState.APPLIED: frozenset({OrganisationState.ADMITTED, OrganisationState.LEFT}),
    OrganisationState.ADMITTED: frozenset({OrganisationState.SUSPENDED, OrganisationState.LEFT}),
    OrganisationState.SUSPENDED: frozenset({OrganisationState.ADMITTED, OrganisationState.LEFT}),
    OrganisationState.LEFT: frozenset({OrganisationState.ADMITTED}),
}
"""Whoever has left can come back; a suspension is lifted by admitting again."""


def hindrance(present: Organisation, wanted: OrganisationState, offices: int, held: int) -> str:
    """Why the organisation cannot come into this state, in one sentence; empty when it can.

    `offices`: how many admitted organisations run the network; `held`: released datasets that it still holds.
    """
    if wanted not in NEXT[present.state]:
        ways = " or ".join(sorted(NEXT[present.state]))
        return f"{present.name} is {present.state.value}; from there it can only become {ways}."
    closing = wanted in (OrganisationState.SUSPENDED, OrganisationState.LEFT)
    if closing and present.standing is Standing.OFFICE and offices <= 1:
        return f"{present.name} is the only office; a network without one could admit nobody any more."
    if wanted is OrganisationState.LEFT and held:
        return (
            f"{present.name} still has {held} released datasets; hand them over or withdraw them first, by its "
            "offboarding."
        )
    return ""
