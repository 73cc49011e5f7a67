"""What is said in the demonstration's round: the round itself, and the record of each line's test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from exchange.demo.round_files import CELLS, NOMINAL_AH, RoundFile
from exchange.demo.round_network import COORDINATOR, EVERY_LINE, STATISTICIAN

ROUND = "demo-rr-2026"
PROTOCOL = "Round robin capacity check"
VERSION = "1.0"
RULES: dict[str, Any] = {
    "id": "demo-round-rules",
    "kind": "round-rules",
    "title": "Rules of the demonstration's round",
    "example": True,
    "text": "Each line goes by its code. What is handed in stays sealed until the report is published.",
}
ACTIVE_MASS_G = 27.8
LOWER_V, UPPER_V = 2.5, 4.2

Json = dict[str, Any]  # Any: a JSON document of the API


def round_record(now: datetime | None = None) -> Json:
    """What the office founds the round with: two KPIs, one curve, comments closed on the day they open."""
    moment = (now or datetime.now(UTC)) + timedelta(days=30)
    return {
        "id": ROUND,
        "title": "Capacity of NMC pouch cells, six lines",
        "kind": "measurement",
        "items": "sisters",
        "protocol": {"name": PROTOCOL, "version": VERSION},
        "cells_per_line": CELLS,
        "agreement": RULES["id"],
        "closes_at": moment.isoformat(timespec="seconds"),
        "comment_days": 0,
        "plan": plan(),
        "coordinator": COORDINATOR,
        "statistician": STATISTICIAN,
    }


def plan() -> Json:
    """Specific discharge capacity at C/3 and first-cycle efficiency, each with a prescribed σ_pt; one V-Q curve."""
    capacity = {
        "kind": "capacity-at-rate",
        "id": "q-c3",
        "label": "Specific discharge capacity at C/3",
        "c_rate": 1 / 3,
        "lower_v": LOWER_V,
        "upper_v": UPPER_V,
        "cutoff_c_rate": 1 / 20,
        "occurrence": "last",
        "normalisation": "active-mass",
        "digits": 5,
    }
    efficiency = {"kind": "first-cycle-efficiency", "id": "fce", "label": "First-cycle efficiency", "digits": 4}
    return {
        "kpis": [{"kpi": capacity, "sigma_pt": 1.8}, {"kpi": efficiency, "sigma_pt": 0.005}],
        "curves": [{"label": "Discharge at C/3", "cycle": 3}],
    }


def test_record(file: RoundFile) -> Json:
    """What the line says of one test: everything that handing in to a round needs."""
    line = file.line
    return {
        "title": f"Round robin capacity check, cell {file.cell}",
        "kind": "round-robin-test",
        "line": EVERY_LINE[line.organisation][1],
        "cell": {
            "id": file.cell,
            "configuration": "full",
            "nominal_capacity_ah": NOMINAL_AH,
            "specification": {"positive": {"active_mass_g": ACTIVE_MASS_G}},
        },
        "test": {
            "kind": "cycling",
            "round": ROUND,
            "protocol": {"name": PROTOCOL, "version": VERSION},
            "instrument": {"maker": line.maker, "model": line.model, "serial": "1705", "channel": str(file.number)},
            "calibration": {"at": "2026-01-12T09:00:00+01:00", "voltage_v": 0.001, "current_a": 0.0025},
            "chamber": {"set_temperature_c": 25, "measured_at": "centre of the cell's face"},
            "lower_voltage_v": LOWER_V,
            "upper_voltage_v": UPPER_V,
            "conformance": "conformant",
        },
        "time_zone": line.time_zone,
        "creators": [{"name": f"Test laboratory of {EVERY_LINE[line.organisation][0]}"}],
        "contact": {"email": f"tests@{line.organisation}.example"},
        "agreement": "Round robin agreement 2026 (demonstration)",
    }
