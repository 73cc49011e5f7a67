"""Components of a KPI by the design of its round: public data in the dress of cells, and what is refused."""

import itertools

import numpy as np
import pytest

from exchange import roundrobin as rr
from exchange.roundrobin.rounding import as_shown
from schemas.round.components import Components, Design
from tests.exchange.roundrobin.test_crossed_and_combined import DIAMETERS
from tests.exchange.roundrobin.test_evaluate_kpi import CODES, evaluated
from tests.exchange.roundrobin.test_nested_and_screening import STAGES, TURNIP

PLANTS = [list(TURNIP[at : at + 6]) for at in range(0, 24, 6)]
LEAVES = {(code, cell): (f"B-{(cell - 1) // 2}", "", None) for code in CODES[:4] for cell in range(1, 7)}
"""Plants as lines, leaves as batches: the name of a batch is its line's, and others have it too."""
MADE = {"kind": "manufacturing", "testing": "each-line", "identity": "open"}
SAMPLES = [DIAMETERS[at::6] for at in range(6)]
PLATES = {(code, cell): ("", f"SN-{cell}", None) for code in CODES[:6] for cell in range(1, 25)}


def found(of: Components | None, design: Design) -> Components:
    assert of is not None and of.design is design
    return of


def test_batches_of_a_manufacturing_round_are_nested_as_sas_prints_them() -> None:
    of = found(evaluated(PLANTS, design=LEAVES, **MADE).components, Design.NESTED)
    by_hand = rr.nested_anova(TURNIP, STAGES)
    assert [one.stage for one in of.shares] == ["line", "batch", "cell"] and of.results == 24
    assert [of.sd(one) for one in ("line", "batch", "cell")] == [by_hand.sd(one) for one in (*STAGES, "residual")]
    assert (of.sd("line") or 0) ** 2 == pytest.approx(0.365223, abs=6e-7)
    assert (of.definition, of.refused, of.shares[1].df) == ("nested/1", "", 8)


def test_without_batches_or_with_some_of_them_nothing_is_made_up() -> None:
    assert evaluated(PLANTS, **MADE).components is None, "no record names one"
    assert evaluated(PLANTS, design=LEAVES).components is None, "in a measurement round cells are not made by lines"
    some = {place: said for place, said in LEAVES.items() if place != ("CD", 3)}
    refused = found(evaluated(PLANTS, design=some, **MADE).components, Design.NESTED)
    assert "record of CD names" in refused.refused and refused.shares == ()
    left_out = evaluated(PLANTS, design=some, left_out=[("CD", 3)], **MADE).components
    assert found(left_out, Design.NESTED).results == 23, "what is left out needs no batch"
    single = {place: (f"B-{place[1]}", "", None) for place in LEAVES}
    assert "residual has no degree" in found(evaluated(PLANTS, design=single, **MADE).components, Design.NESTED).refused


def test_cells_that_go_round_are_crossed_as_lme4_prints_them() -> None:
    whole = evaluated(SAMPLES, design=PLATES, cells_per_line=24, items="circulated")
    of = found(whole.components, Design.CROSSED)
    shown = [round(of.sd(one) or 0, 4) for one in ("cell", "line", "residual")]
    assert shown == [0.8467, 1.9316, 0.5499] and of.drift is None
    assert of.notes[0] == "No drift is taken out: not every cell's arrival is recorded."
    assert [one.code for one in of.effects] == list(CODES[:6])
    rounded = found(as_shown(whole).components, Design.CROSSED)
    assert rounded.sd("cell") == 0.8467 and len(f"{rounded.effects[0].effect}") < 7
    apart = {place: ("", f"{place[0]}-{place[1]}", None) for place in PLATES}
    other = evaluated(SAMPLES, design=apart, cells_per_line=24, items="circulated").components
    assert "without a cell in common" in found(other, Design.CROSSED).refused


def test_a_drift_is_taken_out_where_cells_went_different_ways() -> None:
    noise = 0.002 * np.random.default_rng(8).normal(size=(6, 6))
    places = {
        (code, cell): (cell + at) % 6 for (at, code), cell in itertools.product(enumerate(CODES[:6]), range(1, 7))
    }
    values = [
        [5.0 + noise[at][cell - 1] - 0.02 * places[code, cell] for cell in range(1, 7)]
        for at, code in enumerate(CODES[:6])
    ]
    design = {place: ("", f"SN-{place[1]}", float(at)) for place, at in places.items()}
    of = found(evaluated(values, design=design, items="circulated").components, Design.CROSSED)
    assert of.drift == pytest.approx(-0.02, abs=0.001) and of.u_drift is not None and of.u_drift < 0.001
