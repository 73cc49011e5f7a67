"""Where to look first when a line stands out: by the pattern of its scores, not by knowing its laboratory."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from exchange.reporting import words
from schemas.round.evaluation import CodedLine, KpiEvaluation
from schemas.round.letter import EarlierScore

_ODD: Final = frozenset({"straggler", "outlier"})
_APART: Final = 3.5
_FEWEST_CELLS: Final = 4
_WITHIN: Final = 2.0
"""Scores up to here are satisfactory (ISO 13528)."""


def likely_causes(
    kpi: KpiEvaluation, line: CodedLine, one_house: bool = False, earlier: Sequence[EarlierScore] = ()
) -> tuple[str, ...]:
    """Sentences for a line whose mean, spread or single cell stands out; none where nothing does.

    `one_house`: test houses measured what the lines made, so that no line's own instruments are to be looked at.
    `earlier` are its scores of earlier rounds for this KPI: they tell what lasts from what is new.
    """
    found = []
    shifted = line.score in ("warning", "action") or line.mandel_h in _ODD
    wide = line.mandel_k in _ODD
    # A cell may stand apart of its own line and yet be as close as those of others are.
    single = _apart(line) if wide else ()
    if single:
        cells = words.listed([str(one) for one in single])
        found.append(
            f"Cell {cells} is far from your others. Was it exchanged, contacted badly, or built otherwise? "
            "Mean and spread of your line may come from it alone."
        )
    if shifted:
        way = "above" if (line.per_cent or 0.0) > 0 else "below"
        found.append(f"Your mean lies {way} the assigned value. {_of_mean(kpi, one_house)}")
        found += _over_time(line, earlier)
    if wide and not single:
        found.append(f"Your cells differ among each other more than those of other lines. {_of_spread(kpi, one_house)}")
    if line.mandel_k == "ok" and shifted and not single:
        found.append("All your cells agree with each other: the cause is common to them, not chance.")
    return tuple(found)


def _over_time(line: CodedLine, earlier: Sequence[EarlierScore]) -> list[str]:
    """Whether a shift of today was there before: only where every earlier score says the same."""
    known = [score for one in earlier if (score := one.z if one.z is not None else one.z_prime) is not None]
    now = line.z if line.z is not None else line.z_prime
    if not known or now is None:
        return []
    rounds = words.counted(len(known), "earlier round")
    if all(abs(score) > _WITHIN and (score > 0) is (now > 0) for score in known):
        return [f"It lay on the same side, beyond 2, in {rounds}: look for what has lasted since."]
    if all(abs(score) <= _WITHIN for score in known):
        return [f"It was within 2 in {rounds}: look for what has changed since."]
    return []


def _of_production(kpi: KpiEvaluation) -> bool:
    return kpi.definition.startswith("production-parameter/")


def _of_spread(kpi: KpiEvaluation, one_house: bool) -> str:
    if _of_production(kpi):
        return "Look at how the step ran over time, length and width, and at how and where it was measured."
    if one_house:
        return "Look at electrode loading over the coil, electrolyte filling, welds, and what happened on the way."
    return (
        "Look at electrode loading over the coil, electrolyte filling, contacts and channels, and temperature over the "
        "chamber."
    )


def _of_mean(kpi: KpiEvaluation, one_house: bool) -> str:
    unit = kpi.unit
    if _of_production(kpi):
        return "Look at the settings of the step, and at how the value was measured: method, calibration, positions."
    if one_house:
        return (
            "No line measured its own cells: look at making (loading, balance of electrodes, electrolyte, formation), "
            "and at the mass or area that was declared."
        )
    if unit.endswith(("/kg", "/L")):
        return "Look at the declared mass or volume of the cell, calibration of current and voltage, and cut-offs."
    if "/g" in unit:
        return "Look at the declared active mass (binder, carbon, foil), calibration of the current, C-rate base."
    if "Ohm" in unit:
        return "Look at contacts, four-point wiring, temperature, state of charge, and the declared coated area."
    if "cm2" in unit:
        return "Look at the coated area that was declared, the current calibration, temperature."
    if unit in ("%", "1"):
        return "Look at cut-off voltages and currents, leakage, rests, and temperature."
    return "Look at calibration of current and voltage, C-rate base, cut-offs and temperature."


def _apart(line: CodedLine) -> tuple[int, ...]:
    """Cells beyond 3.5 robust standard deviations (1.483 median of distances) of the line's own median."""
    values = [(point.cell, point.value) for point in line.points if point.value is not None and not point.excluded]
    if len(values) < _FEWEST_CELLS:
        return ()
    middle = median(value for _, value in values)
    scale = 1.483 * median(abs(value - middle) for _, value in values)
    return tuple(cell for cell, value in values if scale > 0 and abs(value - middle) > _APART * scale)
