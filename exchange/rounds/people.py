"""People of a round: who runs it, chosen by the office, and the conflict of interest that a coordinator declares."""

from collections.abc import Collection
from itertools import combinations

from sqlalchemy.orm import Session

from access.rounds import APART, PUBLISHED, UNTOLD
from exchange import guard
from exchange.rounds import duties, show
from exchange.rounds.held import BEFORE_OPENING, BEFORE_PUBLISHING, held
from exchange.services import Services
from schemas.access import GranteeKind, NetworkRight, Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.organisation import NetworkRole
from schemas.round.rights import RoundRight
from schemas.round.round import Conflict as Declared
from schemas.round.round import RoundRole, RoundShown
from schemas.round.setup import RoundPeople
from storage import conflicts, members, people, rounds


def change(services: Services, who: Principal, round: str, wanted: RoundPeople) -> RoundShown:
    """Other people in place of those there, by the office.

    `Refused` names all who are not there, or have a line in the round; whoever comes declares a conflict anew. Once the
    round is open only those are replaced who cannot act in it any more: `Conflict` else.
    """
    guard.require_in_network(services, who, NetworkRight.FOUND_ROUNDS, round, "who runs it")
    with services.sessions.begin() as session:
        if rounds.find(session, round) is None:
            raise show.unknown(round)
        one = held(session, round, [*BEFORE_PUBLISHING, *PUBLISHED], "its people change")
        if one.state not in BEFORE_OPENING:
            _those_who_can_stay(session, round, _chosen(who, wanted))
        give(services, session, who, round, wanted)
        if one.state not in BEFORE_OPENING:
            duties.told_by_no_house(session, one)
        rounds.happened(session, services.new_id(), round, "people chosen", who.user, services.now())
    return show.one(services, who, round)


def declare(services: Services, who: Principal, round: str, statement: str) -> RoundShown:
    """The coordinator says for which participating organisation they act; the report prints it, whoever comes after."""
    guard.require_in_round(services, who, RoundRight.DECLARE, round, said=statement)
    with services.sessions.begin() as session:
        held(session, round, BEFORE_PUBLISHING, "a conflict is declared")
        said = Declared(
            role=RoundRole.COORDINATOR,
            organisation=duties.takes_part_for(session, round, who.user),
            statement=statement,
            declared_at=services.now(),
        )
        conflicts.add(session, services.new_id(), round, said, who.user)
        rounds.happened(session, services.new_id(), round, "conflict declared", who.user, services.now(), statement)
    return show.one(services, who, round)


def give(services: Services, session: Session, who: Principal, round: str, wanted: RoundPeople) -> None:
    """These people have the roles of the round, and nobody else; `Refused` names all who cannot."""
    chosen = _chosen(who, wanted)
    if troubles := _unfit(session, chosen, duties.taking_part(session, round)):
        raise Refused("The round's people have problems.", errors=tuple(troubles))
    before = rounds.holders(session, round)
    for role, holders in chosen.items():
        for holder in set(before.get(role, ())) - set(holders):
            rounds.take_role(session, round, role, holder)
            conflicts.end(session, round, (role, holder), duties.acts_for(session, round, holder), services.now())
        for holder in holders:
            rounds.give_role(session, round, role, holder, who.user, services.now())


def _chosen(who: Principal, wanted: RoundPeople) -> dict[RoundRole, tuple[str, ...]]:
    return {
        RoundRole.COORDINATOR: (wanted.coordinator,),
        RoundRole.CUSTODIAN: (wanted.custodian or who.user,),
        RoundRole.STATISTICIAN: (wanted.statistician,) if wanted.statistician else (),
        RoundRole.TEST_HOUSE: wanted.test_houses,
    }


def _those_who_can_stay(session: Session, round: str, chosen: dict[RoundRole, tuple[str, ...]]) -> None:
    part = duties.taking_part(session, round)
    for role, holders in rounds.holders(session, round).items():
        for holder in set(holders) - set(chosen[role]):
            if not _why_not(session, role, holder, part):
                raise Conflict(
                    f"{holder} is the round's {role.value} and can act: from opening on only those are replaced who "
                    "cannot any more."
                )


def _unfit(session: Session, chosen: dict[RoundRole, tuple[str, ...]], taking_part: Collection[str]) -> list[Trouble]:
    troubles = []
    for role, holders in chosen.items():
        for at, holder in enumerate(holders):
            place = f"/test_houses/{at}" if role is RoundRole.TEST_HOUSE else f"/{role.value}"
            if said := _why_not(session, role, holder, taking_part):
                troubles.append(Trouble(pointer=place, message=said, value=holder))
    single = {role: chosen[role][0] for role in _BLIND if chosen[role]}
    for one, other in combinations(single, 2):
        if single[one] == single[other] and RoundRole.CUSTODIAN in (one, other):
            said = (
                f"knows whose code is whose as custodian, and so is not the round's {one.value}, too; name two people"
            )
            troubles.append(Trouble(pointer=f"/{other.value}", message=said, value=single[one]))
    return troubles


def _why_not(session: Session, role: RoundRole, holder: str, taking_part: Collection[str]) -> str:
    if role is RoundRole.TEST_HOUSE:
        there = people.grantee_exists(session, GranteeKind.ORGANISATION, holder)
        return "" if there else "is no organisation of the network"
    if not people.user_active(session, holder) or people.user(session, holder).service:
        return "is no person with an account; name one by the id that the directory shows"
    of = members.organisations_of(session, holder)
    if not of:
        return "acts for no organisation; its admin gives the person a role first"
    if role in UNTOLD and NetworkRole.AUDITOR in members.network_roles(session, holder):
        return f"reads the audit, which tells who hands in when; the {role.value} knows lines by their codes alone"
    if role in APART and (shared := set(of) & set(taking_part)):
        name = people.organisation(session, min(shared)).name
        return f"acts for {name}, which has a line in the round; a {role.value} has none"
    return ""


_BLIND = (RoundRole.COORDINATOR, RoundRole.STATISTICIAN, RoundRole.CUSTODIAN)
