"""Found a round: by the network's office, with the people who run it; a draft that a coordinator describes."""

from exchange import guard
from exchange.rounds import people, show
from exchange.rounds.describe import protocol, wrong
from exchange.services import Services
from schemas.access import NetworkRight, Principal
from schemas.errors import Conflict, Refused
from schemas.round.round import NewRound, RoundRecord, RoundShown
from schemas.round.setup import RoundPeople
from storage import collections, rounds


def found(services: Services, who: Principal, new: NewRound) -> RoundShown:
    """A new round, a draft; `Conflict` where its id is taken, `Refused` for people and things that are not there."""
    guard.require_in_network(services, who, NetworkRight.FOUND_ROUNDS, new.id)
    record = RoundRecord(**{name: getattr(new, name) for name in RoundRecord.model_fields})
    unseen = protocol(services, who, record)
    with services.sessions.begin() as session:
        if rounds.find(session, new.id) is not None or collections.exists(session, new.id):
            raise Conflict(f"There is a round or a collection with the id {new.id} already; choose another one.")
        if troubles := [*unseen, *wrong(services, session, record)]:
            raise Refused("The round's record has problems.", errors=tuple(troubles))
        rounds.add(session, new.id, record, who.user, services.now())
        wanted = RoundPeople(coordinator=new.coordinator, custodian=new.custodian, statistician=new.statistician)
        people.give(services, session, who, new.id, wanted)
        rounds.happened(session, services.new_id(), new.id, "founded", who.user, services.now())
    return show.one(services, who, new.id)
