"""Validate: what the platform would say of files, without a server: the same reading, checks, limits and words."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from exchange.problems import troubles
from ingest import sandbox
from schemas.dataset import RunState
from schemas.errors import Refused
from schemas.ingested import Declared, Ingested
from schemas.metadata import Metadata
from schemas.record.leaves import merged, placed
from schemas.report import Problem
from schemas.upgrade import upgraded


@dataclass(frozen=True)
class Verdict:
    """What a file would become, and why."""

    path: Path
    ingested: Ingested

    @property
    def state(self) -> RunState:
        """The state its build would have."""
        return RunState.READY if self.ingested.report.passed else RunState.QUARANTINED

    def lines(self) -> list[str]:
        """For reading: one line of facts, then every finding with its place, value and advice."""
        found = self.ingested
        rows = 0 if found.report.rows_out is None else found.report.rows_out
        facts = f"{found.reader or 'no reader'}, {rows} rows, {found.cycles} cycles" if rows or found.reader else ""
        return [
            f"{self.path}: {self.state.value}" + (f" ({facts})" if facts else ""),
            *_told(found.report.problems),
        ]

    def plain(self) -> dict[str, object]:
        """For machines."""
        return {"path": str(self.path), "state": self.state.value} | self.ingested.model_dump(mode="json")


def declared(record: Path | None, changes: Mapping[str, object]) -> Declared:
    """What a record declares, `changes` replacing what stands at their places; `Refused` names all that is wrong."""
    try:
        found = {} if record is None else json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise Refused(f"{record} is no JSON file: {wrong}") from wrong
    if not isinstance(found, dict):
        raise Refused(f"{record} holds no metadata record: it has to be a JSON object.")
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Metadata.model_validate(merged(upgraded(found), placed(given))).declared()
    except ValidationError as wrong:
        raise Refused("The record has problems.", errors=troubles(wrong, Metadata)) from wrong
    except ValueError as wrong:  # It cannot be converted from its version.
        raise Refused(f"{record}: {wrong}.") from wrong


def files_of(paths: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Every file with its place below `out`: files as given, and those in folders, hidden ones excepted."""
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            inside = [one for one in sorted(path.rglob("*")) if one.is_file()]
            below = {one: one.relative_to(path) for one in inside}
            found |= {one: place for one, place in below.items() if not any(p.startswith(".") for p in place.parts)}
        else:
            found[path] = Path(path.name)
    return list(found.items())


def validate(
    files: Iterable[tuple[Path, Path]], wanted: Declared, memory_bytes: int, out: Path | None = None
) -> Iterator[Verdict]:
    """Each file read as a worker reads it; the tables of good ones are kept in `out`, a folder for each file."""
    with tempfile.TemporaryDirectory() as aside:
        for number, (path, place) in enumerate(files):
            folder = (out or Path(aside) / str(number)) / place
            folder.mkdir(parents=True, exist_ok=True)
            limits = sandbox.Limits.for_size(path.stat().st_size, memory_bytes=memory_bytes)
            yield Verdict(path, sandbox.run(path, path.name, folder, wanted, limits))


def _told(problems: Iterable[Problem]) -> Iterator[str]:
    """Place and sentence of each; an advice that was just given is not repeated."""
    advice = ""
    for problem in problems:
        yield f"  {problem.severity.value:8}{problem.rule:24}{_place(problem)}".rstrip()
        yield f"          {problem.message}"
        if problem.hint and problem.hint != advice:
            yield f"          → {problem.hint}"
        advice = problem.hint


def _place(problem: Problem) -> str:
    count = problem.count if problem.count > 1 else None
    place = {name: getattr(problem, name) for name in ("sheet", "row", "column", "value")} | {"count": count}
    return ", ".join(f"{name} {value}" for name, value in place.items() if value is not None)
