"""Whether the conditions of a grant are met, and what would be needed where they are not."""

from collections.abc import Iterable
from enum import IntEnum

from schemas.access import Scope
from schemas.conditions import AgreementAccepted, Kept, PurposeStated, Reciprocity


class Met(IntEnum):
    """How far a set of conditions is met: a purpose that is not stated still lets somebody see that data exist."""

    NOT = 0
    BUT_PURPOSE = 1
    WHOLLY = 2


def met(conditions: Iterable[Kept], within: Scope) -> Met:
    """The least of what the conditions say; no condition is met wholly, an unknown one never."""
    return min((_met(one, within) for one in conditions), default=Met.WHOLLY)


def needed(condition: Kept, within: Scope) -> str:
    """What somebody would have to do for the condition to be met, as one sentence; empty when it is."""
    if _met(condition, within) is Met.WHOLLY:
        return ""
    match condition:
        case AgreementAccepted():
            return f"Your organisation must accept the agreement '{condition.agreement}' in its version in force."
        case Reciprocity():
            have = _given(condition, within)
            return (
                f"Your organisation must have {condition.count} released {condition.kind.value} in the collection "
                f"'{condition.collection}'; it has {have}."
            )
        case PurposeStated():
            purposes = " or ".join(one.value for one in condition.purposes)
            return f"State the purpose {purposes} with the request (header Purpose)."
    return "It depends on a condition that this version of the platform does not know; the owner must set it anew."


def _met(condition: Kept, within: Scope) -> Met:
    match condition:
        case AgreementAccepted():
            return Met.WHOLLY if condition.agreement in within.accepted else Met.NOT
        case Reciprocity():
            return Met.WHOLLY if _given(condition, within) >= condition.count else Met.NOT
        case PurposeStated():
            return Met.WHOLLY if within.purpose in condition.purposes else Met.BUT_PURPOSE
    return Met.NOT


def _given(condition: Reciprocity, within: Scope) -> int:
    given = (
        one.count
        for one in within.contributed
        if one.collection == condition.collection and one.kind == condition.kind.value
    )
    return max(given, default=0)
