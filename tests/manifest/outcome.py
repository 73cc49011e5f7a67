"""Reads one real export as the platform would and says in words how it compares."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest import detect
from ingest.pipeline import ingest
from schemas.errors import Unreadable
from schemas.ingested import Declared, Ingested
from schemas.report import Severity
from tests.manifest.known import (
    CURRENT,
    CYCLERS,
    DECLARED,
    INDEPENDENT,
    OTHER_IN_MANIFEST,
    TIME,
    TWINS,
    VOLTAGE,
    WITHOUT_THROUGHPUT,
    Arrays,
    manifest,
)

_BASE = Declared(time_zone="Europe/Berlin")


@dataclass(frozen=True)
class Outcome:
    """One row of the table: the verdict with its rules, and the comparisons that were made, each with its result."""

    file: str
    reader: str
    rows: int | None
    verdict: str
    compared: tuple[str, ...]
    differs: tuple[str, ...]
    rules: frozenset[str]

    def line(self) -> str:
        """The row as Markdown."""
        said = "; ".join(self.compared) or "nothing is known to compare with"
        rows = "–" if self.rows is None else str(self.rows)
        return f"| `{self.file}` | {self.reader or '–'} | {rows} | {self.verdict} | {said} |"


def outcome(name: str) -> Outcome:
    """Reads the file, as it is and where that is refused as its uploader can declare it."""
    plain = _ingested(name, _BASE)
    shown, verdict = plain, _verdict(plain)
    if name in DECLARED:
        shown = _ingested(name, DECLARED[name].model_copy(update={"time_zone": _BASE.time_zone}))
        verdict = f"{verdict}; with what can be declared: {_verdict(shown)}"
    rows = _rows(name, DECLARED.get(name, _BASE))
    compared, differs = _comparisons(name, rows) if rows is not None else ((), ())
    rules = frozenset(problem.rule for problem in plain.report.problems)
    count = None if rows is None else len(next(iter(rows.values())))
    return Outcome(name, shown.reader, count, verdict, tuple(compared), tuple(differs), rules)


def _ingested(name: str, declared: Declared) -> Ingested:
    with tempfile.TemporaryDirectory() as out:
        return ingest(CYCLERS / name, Path(name).name, Path(out), declared)


def _verdict(found: Ingested) -> str:
    errors = sorted({one.rule for one in found.report.problems if one.severity is Severity.ERROR})
    warnings = sorted({one.rule for one in found.report.problems if one.severity is Severity.WARNING})
    state = f"quarantined: {', '.join(f'`{rule}`' for rule in errors)}" if errors else "ready"
    return state + (f" (warned: {', '.join(f'`{rule}`' for rule in warnings)})" if warnings else "")


def _rows(name: str, declared: Declared) -> Arrays | None:
    """Every row that the reader makes, whatever the checks say of them; None where it refuses."""
    seen = detect.head(CYCLERS / name, Path(name).name)
    with tempfile.TemporaryDirectory() as out:
        # The pipeline applies what is declared; a file it quarantines is read without it.
        found = ingest(CYCLERS / name, seen.filename, Path(out), declared)
        stored = next((table for table in found.tables if table.name == "timeseries"), None)
        if stored is not None:
            return _arrays(pq.read_table(Path(out) / stored.file))
    try:
        return _arrays(pa.Table.from_batches(list(detect.detect(seen).read(seen, declared).batches)))
    except Unreadable:
        return None


def _arrays(table: pa.Table) -> Arrays:
    return {name: table[name].to_numpy().astype(np.float64) for name in table.column_names if _number(table, name)}


def _number(table: pa.Table, name: str) -> bool:
    kind = table.schema.field(name).type
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _comparisons(name: str, rows: Arrays) -> tuple[list[str], list[str]]:
    said: list[str] = []
    differs: list[str] = []
    if name in INDEPENDENT:
        one = INDEPENDENT[name]
        _row_by_row(
            rows, one.arrays(), (one.within, one.relative), f"the independent result `{one.file}`", said, differs
        )
    if name in TWINS:
        other, within = TWINS[name]
        twin = _rows(other, _BASE)
        assert twin is not None
        _row_by_row(rows, twin, (within, 0.0), f"its twin `{other}`", said, differs)
    if name not in INDEPENDENT:
        _known(name, rows, said, differs)
    return said, differs


def _row_by_row(
    rows: Arrays,
    truth: Arrays,
    margin: tuple[tuple[float, float, float], float],
    what: str,
    said: list[str],
    differs: list[str],
) -> None:
    within, relative = margin
    count = len(truth[TIME])
    if len(rows[TIME]) != count:
        differs.append(f"{len(rows[TIME])} rows, {what} has {count}")
        return
    for column, bound in zip((TIME, VOLTAGE, CURRENT), within, strict=True):
        off = np.abs(rows[column] - truth[column]) - relative * np.abs(truth[column])
        if not (off <= bound).all():
            differs.append(f"{column} differs from {what} by up to {float(np.nanmax(off)):.3g}")
    if not differs:
        said.append(f"equal in every row to {what}")


def _known(name: str, rows: Arrays, said: list[str], differs: list[str]) -> None:
    """Rows, ranges and throughput of the manifest, as far as it knows them."""
    known = manifest()[name]
    count = len(next(iter(rows.values())))
    checks: list[tuple[str, float, float, float]] = []
    if known["rows"]:
        checks.append(("rows", count, float(known["rows"]), 0.0))
    for column, low, high in ((VOLTAGE, "v_min_V", "v_max_V"), (CURRENT, "i_min_A", "i_max_A")):
        if known[low] and column in rows and name not in OTHER_IN_MANIFEST:
            checks.append((low, float(np.nanmin(rows[column])), float(known[low]), 1e-6))
            checks.append((high, float(np.nanmax(rows[column])), float(known[high]), 1e-6))
    checks += [] if name in WITHOUT_THROUGHPUT else _throughput(rows, known)
    wrong = [
        f"{what} {ours:.8g} for {theirs:.8g}" for what, ours, theirs, part in checks if not _near(ours, theirs, part)
    ]
    differs += wrong
    if checks and not wrong:
        kinds = {what.split("_")[0] for what, *_ in checks}
        named = [word for key, word in _WORDS.items() if key in kinds]
        said.append(f"{', '.join(named)} as the manifest says")


_WORDS = {"rows": "rows", "v": "voltage", "i": "current", "q": "throughput"}


def _throughput(rows: Arrays, known: dict[str, str]) -> list[tuple[str, float, float, float]]:
    if TIME not in rows or CURRENT not in rows or known["t_end_s"] in ("", "nan"):
        return []
    checks = []
    for sign, column in ((1, "q_chg_Ah_trapz"), (-1, "q_dch_Ah_trapz")):
        if known[column]:
            charge = float(np.trapezoid(np.clip(sign * rows[CURRENT], 0, None), rows[TIME]) / 3600)
            checks.append((column, charge, float(known[column]), 0.01))
    return checks


def _near(ours: float, theirs: float, part: float) -> bool:
    return bool(np.isclose(ours, theirs, rtol=part, atol=1e-6 if part == 1e-6 else 1e-5 if part else 0.0))
