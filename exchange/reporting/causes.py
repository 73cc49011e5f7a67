"""Where to look first when a line stands out: by the pattern of its scores, not by knowing its laboratory."""

from statistics import median
from typing import Final

from exchange.reporting import words
from schemas.round.evaluation import CodedLine, KpiEvaluation

_ODD: Final = frozenset({"straggler", "outlier"})
_APART: Final = 3.5
_FEWEST_CELLS: Final = 4


def likely_causes(kpi: KpiEvaluation, line: CodedLine) -> tuple[str, ...]:
    """Sentences for a line whose mean, spread or single cell stands out; none where nothing does."""
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
        found.append(f"Your mean lies {way} the assigned value. {_of_mean(kpi.unit)}")
    if wide and not single:
        found.append(
            "Your cells differ among each other more than those of other lines. Look at electrode loading over the "
            "coil, electrolyte filling, contacts and channels, and temperature over the chamber."
        )
    if line.mandel_k == "ok" and shifted and not single:
        found.append("All your cells agree with each other: the cause is common to them, not chance.")
    return tuple(found)


def _of_mean(unit: str) -> str:
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
