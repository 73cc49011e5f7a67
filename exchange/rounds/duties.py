"""Separate duties: custodian and statistician have no line in the round, a coordinator's is declared."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from access.rounds import APART, UNTOLD
from schemas.errors import Conflict
from schemas.round.rights import RoundStanding
from schemas.round.round import Conflict as Declared
from schemas.round.round import Identity, Participant, Round, RoundRole
from storage import conflicts, members, participants, people, rounds


def taking_part(session: Session, round: str) -> frozenset[str]:
    """Organisations with a line in the round, invited ones included; withdrawn ones have seen it, and count."""
    return frozenset(one.organisation for one in participants.of(session, round))


def apart(session: Session, round: str, organisations: Collection[str]) -> None:
    """`Conflict` when the custodian or the statistician acts for one of these organisations."""
    held = rounds.holders(session, round)
    for role in sorted(APART):
        for user in held.get(role, ()):
            if shared := set(members.organisations_of(session, user)) & set(organisations):
                name = people.organisation(session, min(shared)).name
                raise Conflict(
                    f"The round's {role.value} acts for {name}, and so no line of it takes part; the network's office "
                    "names somebody else."
                )


def test_houses(session: Session, round: Round) -> frozenset[str]:
    """Organisations that measure what lines make, and hand it in for them; one with a line is a line among lines."""
    if not round.record.one_house:
        return frozenset()
    houses = frozenset(rounds.holders(session, round.id).get(RoundRole.TEST_HOUSE, ()))
    return houses - taking_part(session, round.id)


def told_by_no_house(session: Session, round: Round) -> None:
    """`Conflict` when whoever knows lines by codes alone acts for a test house, which knows whose a value is."""
    houses = test_houses(session, round) if round.record.identity is Identity.CODED else frozenset()
    for role in sorted(UNTOLD) if houses else ():
        for user in rounds.holders(session, round.id).get(role, ()):
            if shared := set(members.organisations_of(session, user)) & houses:
                name = people.organisation(session, min(shared)).name
                raise Conflict(
                    f"The round's {role.value} acts for {name}, which tests the cells and so knows whose a value is; "
                    "the network's office names somebody else."
                )


def bound(session: Session, round: str) -> frozenset[str]:
    """Organisations with a line in the round for which its coordinator acts.

    Their lines get no extension, and nothing of them is taken after closing.
    """
    return frozenset(of for one in _coordinators(session, round).values() for of in one)


def undeclared(session: Session, round: str) -> frozenset[str]:
    """Those of them of which the coordinator has not declared that."""
    said = [(by, one) for by, one in conflicts.of(session, round) if one.ended_at is None]
    known = {by for by, one in said if one.role is RoundRole.COORDINATOR}
    return frozenset(of for user, some in _coordinators(session, round).items() if user not in known for of in some)


def all_declared(session: Session, round: str) -> None:
    """`Conflict` while the coordinator acts for a participating organisation and has not declared it.

    It may have come so after opening; nothing is evaluated before the report can print it.
    """
    if own := undeclared(session, round):
        name = people.organisation(session, min(own)).name
        raise Conflict(f"The coordinator acts for {name}, which takes part, and has not declared that conflict.")


def not_of_their_own(session: Session, standing: RoundStanding, line: Participant, what: str) -> None:
    """`Conflict` when the round's coordinator acts on a line of an organisation of theirs: the statistician does."""
    if RoundRole.COORDINATOR in standing.roles and line.organisation in bound(session, line.round):
        raise Conflict(f"{line.code} is your own organisation's: the statistician {what}.")


def takes_part_for(session: Session, round: str, user: str) -> str:
    """The organisation with a line in the round that a person acts for; empty when there is none."""
    return min(taking_part(session, round) & set(members.organisations_of(session, user)), default="")


def acts_for(session: Session, round: str, user: str) -> str:
    """The same, else any organisation that they act for."""
    return takes_part_for(session, round, user) or min(members.organisations_of(session, user), default="")


def declared(session: Session, round: str) -> tuple[Declared, ...]:
    """Conflicts of interest that were declared, as the report prints them: those of people who were replaced, too."""
    return tuple(
        one if one.organisation else one.model_copy(update={"organisation": acts_for(session, round, by)})
        for by, one in conflicts.of(session, round)
    )


def _coordinators(session: Session, round: str) -> dict[str, frozenset[str]]:
    part = taking_part(session, round)
    users = rounds.holders(session, round).get(RoundRole.COORDINATOR, ())
    return {user: part & frozenset(members.organisations_of(session, user)) for user in users}
