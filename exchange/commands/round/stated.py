"""What a line states of how sure its values are, as it is written on the command line or in a file."""

import math
import re
from pathlib import Path

import typer

from exchange.commands.documents import Json, document

_GROUPS = ("uncertainties", "budgets")


def stated(uncertainty: list[str] | None, budget: Path | None) -> Json:
    """What goes with a hand-in: `uncertainties` and `budgets` as far as there are any."""
    found = _in_file(budget) if budget is not None else {}
    if uncertainty:
        found["uncertainties"] = [*found.get("uncertainties", []), *map(_uncertainty, uncertainty)]
    return found


def _uncertainty(said: str) -> Json:
    """`q-c10=0.5` or `q-c10=0.5,k=3`."""
    found = re.fullmatch(r"([^=,]+)=([^=,]+)(?:,k=([^=,]+))?", said)
    try:
        if found is None:
            raise ValueError
        kpi, expanded, k = found.groups()
        return {"kpi": kpi, "expanded": _finite(expanded)} | ({"k": _finite(k)} if k else {})
    except ValueError:
        meant = "write the KPI and its U, like q-c10=0.5 or q-c10=0.5,k=3"
        raise typer.BadParameter(f"'{said}' is no uncertainty: {meant}", param_hint="--uncertainty") from None


def _finite(said: str) -> float:
    value = float(said)
    if not math.isfinite(value):
        raise ValueError
    return value


def _in_file(path: Path) -> Json:
    found = document(path, "--budget")
    groups = {"budgets": found} if isinstance(found, list) else found
    named = isinstance(groups, dict) and groups and set(groups) <= set(_GROUPS)
    if not named or not all(isinstance(each, list) and each for each in groups.values()):
        meant = "a list of budgets is meant, or the groups budgets and uncertainties, each a list"
        raise typer.BadParameter(f"'{path}' states nothing: {meant}", param_hint="--budget")
    return dict(groups)
