"""Curves of a closed round: read from the builds that count, compared under codes, odd only where one was planted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exchange.rounds import curves
from exchange.rounds.counted import count
from exchange.services import Services
from exchange.settings import Settings
from schemas.round.flags import Flag
from storage import rounds
from storage.database import connect
from storage.folder_store import FolderStore
from tests.closed_rounds import CODES, PLAN, closed_round, planted, q
from tests.exchange.rounds.test_values import Queue, csv
from tests.synthetic_cell import TRAPS, cell

CURVES = [{"label": "Discharge", "cycle": 2}]


@pytest.fixture
def services(sqlite_url: str, folder_store: FolderStore, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    made = Services(settings, connect(sqlite_url), folder_store, Queue(), b"s")
    yield made
    made.sessions.close()


def test_curves_of_all_lines_come_from_the_steps_of_the_builds_that_count(services: Services) -> None:
    """One line's voltage is 30 mV low; all cells are one synthetic cell otherwise, each a little apart."""
    chance = np.random.default_rng(1)
    of = closed_round(services, q(planted(6, 2)), PLAN | {"curves": CURVES})
    for at, line in enumerate(of.lines):
        apart = 0.003 * chance.standard_normal()
        for number in (1, 2):
            columns = dict(TRAPS["base"](cell()[0]))
            low = 0.03 if at == 3 else 0.0
            columns["voltage_volt"] = columns["voltage_volt"] - low + apart + 0.004 * chance.standard_normal()
            of.hand_in(line, number, {"q-c10": 150.0}, content=csv(columns))
    of.hand_in(of.lines[0], 3, {"q-c10": 150.0})
    with services.sessions.read() as session:
        found = rounds.find(session, of.id)
        assert found is not None
        counted = count(session, found)
    voltage, slope, fading = curves.of_round(services, counted)
    assert (voltage.axis_unit, voltage.unit, len(voltage.axis), voltage.refused) == ("1", "V", 101, "")
    assert [one.code for one in voltage.lines] == sorted(CODES[:6])
    assert {one.code: one.flags for one in voltage.lines if one.flags} == {CODES[3]: (Flag.OUTLIER,)}
    low = next(one for one in voltage.lines if one.code == CODES[3])
    assert np.median([one for one in low.difference if one is not None]) == pytest.approx(-0.03, abs=0.01)
    assert voltage.lines[0].n[50] == 2 and voltage.k_limit is not None
    told = [(one.code, one.cell, one.reason) for one in voltage.without]
    assert told == [(CODES[0], 3, curves.NO_TABLES.reason)], "a cell without tables is named, with the reason"
    assert voltage.absent == () and slope.without == voltage.without == fading.without
    assert slope.axis_unit == "V" and slope.quantity.startswith("dQ/dV") and len(slope.lines) == 6
    assert fading.axis[:2] == (1.0, 2.0) and fading.quantity == "share of the capacity of cycle 2"
    # Of fewer than five organisations nothing of a curve is told.
    few = {line: one.model_copy(update={"organisation": "line-1"}) for line, one in counted.lines.items()}
    told = curves.of_enough(voltage, replace(counted, lines=few))
    assert told.lines == told.axis == told.consensus == () and "Fewer than 5 organisations" in told.refused


def test_cells_without_tables_have_no_curve_and_it_is_said(services: Services) -> None:
    of = closed_round(services, q(planted(6, 1)), PLAN | {"curves": CURVES})
    with services.sessions.read() as session:
        found = rounds.find(session, of.id)
        assert found is not None
        made = curves.of_round(services, count(session, found))
    assert [one.refused for one in made] == ["No cell of any line has a curve."] * 2
    assert [one.absent for one in made] == [tuple(sorted(CODES[:6]))] * 2
    assert {one.reason for one in made[0].without} == {curves.NO_TABLES.reason} and len(made[0].without) == 6
