"""Reference data of the statistics, beside the checkout; tests that need them are skipped, visibly, without."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from exchange.roundrobin import Level, level_of_results

FOLDER = Path(__file__).resolve().parents[3] / "../shared/reference/roundrobin"
needed = pytest.mark.skipif(not (FOLDER / "dev").is_dir(), reason="the reference data are not beside the checkout")


def expected(name: str) -> Any:  # Any: each file has its own shape
    path = FOLDER / "dev" / f"{name}.expected.json"
    return json.loads((path if path.exists() else FOLDER / "dev" / f"{name}.json").read_text())


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "dev" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def levels(name: str) -> dict[str, Level]:
    """For each material its level."""
    made: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(name):
        made[row["material"]][row["lab"]].append(float(row["value"]))
    return {material: level_of_results(results) for material, results in made.items()}


def near(value: object) -> Any:  # Any: pytest's own
    """Equal to 1e-9 relative, as the expected values are given to twelve digits."""
    return pytest.approx(value, rel=1e-9, abs=0)
