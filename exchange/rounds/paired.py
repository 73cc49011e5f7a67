"""Paired: the Youden pairs of a round's plan, of results under codes that are kept."""

from dataclasses import replace

from access.rounds import FEWEST
from exchange.roundrobin.pairs import evaluate_pair, items
from exchange.roundrobin.rounding import pair_as_shown
from exchange.rounds.counted import Counted
from exchange.rounds.under_codes import handed
from schemas.round.youden import YoudenEvaluation, YoudenPair

OF_FEW = f"Fewer than {FEWEST} organisations have both: they are not compared."


def of(counted: Counted, pair: YoudenPair) -> YoudenEvaluation:
    """Of fewer than five organisations with both items nothing is told."""
    plan = counted.round.plan
    kpis = {one.kpi.id: one.kpi for one in plan.kpis}
    kept = {one: handed(counted, one).kept for one in (pair.kpi, pair.other) if one}
    both = items(pair, kpis, kept)
    codes = set(both[0].by_line) & set(both[1].by_line)
    if counted.organisations(codes) < FEWEST:
        both = (replace(both[0], results=()), replace(both[1], results=()))
        return evaluate_pair(kpis[pair.kpi], both, plan.straggler).model_copy(update={"refused": OF_FEW})
    return pair_as_shown(evaluate_pair(kpis[pair.kpi], both, plan.straggler))
