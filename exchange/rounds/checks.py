"""Checks of a round's cells: homogeneity and stability, kept with their data; the report prints a sentence of each."""

from access.rounds import ROLES_OF_ROUND_RIGHT
from exchange import guard
from exchange.rounds.alike import judged
from exchange.rounds.held import BEFORE_REPORTING, held
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.round.check import CheckData, KeptCheck
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import UNSEALED
from storage import round_checks, rounds

_MOST = 500
"""Checks of one round."""


def check(services: Services, who: Principal, round: str, data: CheckData) -> KeptCheck:
    """Judged by the plan in force and kept, whatever comes of it; a later evaluation judges it by its own plan.

    `Refused` for what cannot be judged, with every problem. `Conflict` once a draft report is there.
    """
    guard.require_in_round(services, who, RoundRight.CHECK_CELLS, round, detail=f"{data.check.value} of {data.kpi}")
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_REPORTING, "its cells are checked")
        if len(round_checks.of(session, round)) >= _MOST:
            raise Conflict(f"The round has {_MOST} checks of its cells, the most there may be.")
        made = KeptCheck(
            id=services.new_id(),
            round=round,
            kpi=data.kpi,
            check=data.check,
            data=data,
            result=judged(data, one),
            made_at=services.now(),
            made_by=who.user,
        )
        round_checks.add(session, made)
        rounds.happened(
            session,
            services.new_id(),
            round,
            "cells checked",
            who.user,
            services.now(),
            f"{data.check.value} of {data.kpi}",
        )
    return made


def listed(services: Services, who: Principal, round: str) -> list[KeptCheck]:
    """Every check, for those who run the round.

    Numbers tell what lines will find: until closing they are for those who make checks, who have no line in the round.
    """
    allowed = guard.allow_round(services, who, RoundProduct.CHECKS, round)
    with services.sessions.read() as session:
        every = round_checks.of(session, round)
    if allowed.round.state in UNSEALED or allowed.standing.roles & ROLES_OF_ROUND_RIGHT[RoundRight.CHECK_CELLS]:
        return every
    return [_without_numbers(one) for one in every]


def _without_numbers(one: KeptCheck) -> KeptCheck:
    return one.model_copy(update={"data": None, "result": one.result.model_copy(update={"statistics": {}})})
