"""What the design of a round tells apart: batches of cells that lines make, cells that go round."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from exchange.identify import identify, issue_token
from exchange.reporting.html import html
from exchange.reporting.participants import participants_report
from exchange.reporting.public import public_summary
from exchange.reporting.tables import public_table, tables
from exchange.rounds import evaluate, paired, summary
from exchange.services import Services
from schemas.round.components import Design
from schemas.round.custody import Received, RecordedBy
from schemas.round.evaluation import Evaluation
from schemas.round.report import Stage
from storage import custody, participants
from storage.tables import SubmissionRow
from tests import reports
from tests.closed_rounds import CODES, NOW, PLAN, ClosedRound, closed_round, planted, q
from tests.worlds import ALL

SIX = {line: line for line in CODES[:6]}


def evaluated(of: ClosedRound) -> Evaluation:
    who = identify(of.services, f"Bearer {issue_token(of.services, 'ran', 'test', ALL)}")
    return evaluate.evaluate(of.services, who, of.id)


def in_batches(of: ClosedRound, without: str = "") -> None:
    """Cells 1 and 2 of every line are of one batch, the others of another."""
    with of.services.sessions.begin() as session:
        for row in session.scalars(select(SubmissionRow).where(SubmissionRow.round == of.id)):
            cells = {one.id: one.number for one in participants.cells(session, of.id)}
            row.batch = "" if row.line == without else f"B-{(cells[row.cell] - 1) // 2} of {row.line}"


def test_batches_that_records_name_are_told_from_cells_and_the_public_reads_components_alone(
    services: Services,
) -> None:
    made = {"kind": "manufacturing", "testing": "one-house"}
    values = planted(6)
    for line in values:
        line[:2] = [one + 3 for one in line[:2]]
    of = closed_round(services, q(values), **made)
    in_batches(of)
    found = evaluated(of)
    of_kpi = found.kpis[0].components
    assert of_kpi is not None and of_kpi.design is Design.NESTED and not of_kpi.refused
    assert [(one.stage, one.groups) for one in of_kpi.shares] == [("line", 6), ("batch", 12), ("cell", 24)]
    assert of_kpi.sd("batch") == pytest.approx(3 / 2**0.5, rel=0.2)
    report = participants_report(found, reports.edition(Stage.PUBLISHED))
    text = html(report)
    assert "batches of a line" in text and "nested/1" in text and "B-0" not in text and "B-0" not in str(found)
    assert [one.name for one in report.pictures() if "components" in one.name] == ["q-c10-components"]
    assert tables(found)["components"].num_rows == 3
    told = summary.summary_of(found, SIX, NOW)
    assert told.kpis[0].s_batch == of_kpi.sd("batch") and "nested/1" in told.methods
    assert public_table(told).column("s_line").to_pylist() == [of_kpi.sd("line")]
    assert "batches of a line" in html(public_summary(told))
    assert summary.summary_of(found, dict.fromkeys(SIX, "one"), NOW).kpis == ()


def test_a_line_that_names_no_batch_is_named_and_where_none_does_the_report_says_so(services: Services) -> None:
    made = {"kind": "manufacturing", "testing": "one-house"}
    of = closed_round(services, q(planted(6)), **made)
    found = evaluated(of)
    assert found.kpis[0].components is None and any("No record names the batch" in one for one in found.notes)
    other = closed_round(services, q(planted(6)), id="rr-2027", **made)
    in_batches(other, without="line-2")
    found = evaluated(other)
    assert found.kpis[0].components is not None
    assert f"record of {CODES[1]} names the batch" in found.kpis[0].components.refused
    assert f"Not computed: Not every record of {CODES[1]}" in html(participants_report(found, reports.edition()))
    assert summary.summary_of(found, SIX, NOW).kpis[0].s_line is None


def test_cells_that_go_round_are_told_from_lines_and_their_drift_is_taken_out(services: Services) -> None:
    """Cell c comes to line l at station (c + l) mod 6, and loses 0.5 at each."""
    values = planted(6, cells=6, within=0.05)
    moved = [[one - 0.5 * ((cell + at) % 6) for cell, one in enumerate(line)] for at, line in enumerate(values)]
    of = closed_round(services, q(moved), items="circulated", cells_per_line=6)
    before = evaluated(of)
    plain = before.kpis[0].components
    assert plain is not None and plain.design is Design.CROSSED and plain.drift is None
    assert "not every cell's arrival is recorded" in plain.notes[0]
    with services.sessions.begin() as session:
        for cell in participants.cells(session, of.id):
            station = (cell.number - 1 + of.lines.index(cell.line)) % 6
            entry = Received(what="received", cell=cell.name, at=NOW - timedelta(days=90 - 7 * station))
            custody.add(session, services.new_id(), cell.id, entry, (RecordedBy.LINE, cell.line), NOW)
    found = evaluated(of)
    assert found.number == 2, "what custody says is part of what it is made of"
    crossed = found.kpis[0].components
    assert crossed is not None and crossed.drift == pytest.approx(-0.5, abs=0.02) and crossed.u_drift is not None
    residual, worse = crossed.sd("residual"), plain.sd("residual")
    assert residual is not None and worse is not None and residual < 0.1 < worse
    assert [one.code for one in crossed.effects] == sorted(CODES[:6])
    text = html(participants_report(found, reports.edition()))
    assert "Drift of the cells at each station" in text and "on the same cells" in text and "SN-1" not in text
    told = summary.summary_of(found, SIX, NOW).kpis[0]
    assert (told.s_line, told.s_cell, told.s_batch) == (crossed.sd("line"), crossed.sd("cell"), None)


FASTER = {
    "kpi": {
        "kind": "cycle-capacity",
        "id": "q-c5",
        "label": "Capacity at C/5",
        "cycle": 2,
        "normalisation": "active-mass",
    },
    "sigma_pt": 1.0,
}


def test_a_youden_pair_of_two_kpis_tells_a_bias_in_both_from_chance(services: Services) -> None:
    """Line 4 is high in both; line 6 has no second KPI; the public reads nothing of it."""
    first, second = planted(7, between=0.3), planted(7, seed=4, mean=140.0, between=0.3)
    for values in (first, second):
        values[3] = [one + 4 for one in values[3]]
    both = [{"q-c10": one, "q-c5": other} for one, other in zip(first, second, strict=True)]
    both[5] = {"q-c10": first[5], "q-c5": [None] * 4}
    plan = {"kpis": [*PLAN["kpis"], FASTER], "youden": [{"kpi": "q-c10", "other": "q-c5"}]}  # type: ignore[misc]  # a JSON document
    found = evaluated(closed_round(services, both, plan))
    [pair] = found.youden
    assert (pair.p, pair.absent, pair.refused, pair.alpha) == (6, (CODES[5],), "", 0.05)
    assert {one.code for one in pair.points if one.outside} == {CODES[3]}
    mean = next(one.mean for one in found.kpis[0].lines if one.code == CODES[0])
    assert next(one.first for one in pair.points if one.code == CODES[0]) == mean
    assert pair.s_between is not None and pair.s_random is not None and pair.s_between > 2 * pair.s_random
    report = participants_report(found, reports.edition())
    assert [one.name for one in report.pictures() if "youden" in one.name] == ["youden-1"]
    assert "Youden pair: Discharge capacity at C/10 and Capacity at C/5" in html(report)
    assert tables(found)["youden"].column("outside").to_pylist().count(True) == 1
    public = html(public_summary(summary.summary_of(found, {code: code for code in CODES}, NOW)))
    assert "ouden" not in public
    for values_of in both[2:4]:
        values_of["q-c5"] = [None] * 4
    few = evaluated(closed_round(services, both, plan, id="rr-2027")).youden
    assert [(one.refused, one.points, one.absent) for one in few] == [(paired.OF_FEW, (), ())]


def test_a_youden_pair_of_cells_is_of_cells_that_go_round(services: Services) -> None:
    plan = PLAN | {"youden": [{"kpi": "q-c10", "cells": ["SN-1", "SN-3"]}]}
    values = planted(6, cells=3)
    found = evaluated(closed_round(services, q(values), plan, items="circulated"))
    [pair] = found.youden
    assert (pair.first, pair.second) == tuple(f"Discharge capacity at C/10, cell SN-{one}" for one in (1, 3))
    shown = {one.code: (one.first, one.second) for one in pair.points}
    assert shown[CODES[0]] == (round(values[0][0], 1), round(values[0][2], 1))
    with pytest.raises(ValidationError, match="pair of cells is of cells that go round"):
        closed_round(services, q(values), plan, id="rr-2027")
