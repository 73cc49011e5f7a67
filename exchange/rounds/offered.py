"""Offered: what a hand-in is about, gathered at once: the line, its cells, the version with its build and record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from exchange.rounds import duties
from exchange.rounds.dates import last_moment
from schemas.dataset import Dataset, IngestRun, RunState
from schemas.errors import NotFound
from schemas.ingested import Declared
from schemas.instructions import Instructions
from schemas.metadata import DatasetKind, Metadata
from schemas.production import PARAMETERS
from schemas.record.testing import Conformance, Test
from schemas.report import Severity
from schemas.round.round import Cell, Participant, Round, RoundState
from schemas.round.submission import HandIn, Submission, SubmissionState
from storage import catalogue, participants, people, rounds, runs, submissions

DEVIATES: Final = "protocol-deviation"
UNJUDGED: Final = "conformance-unknown"
LEFT_OUT: Final = "data-excluded"
TWICE: Final = "same-bytes-twice"
"""Names beside those of the report's rules: the record declares a deviation, does not know, leaves out data; and for
the coordinator alone: another line has handed in the same bytes."""
LIVE: Final = frozenset({SubmissionState.RECEIVED, SubmissionState.ACCEPTED, SubmissionState.REJECTED})
"""States of what stands for a cell: neither replaced nor withdrawn."""


@dataclass(frozen=True)
class Offered:
    """A version of a dataset beside the cell that it is handed in for.

    `read_as`: what the file was read with, None before its build is through. `rules` are names of what failed, own
    ones alone. `earlier`: submissions of this line; `others`: those of other lines that hold some of the same bytes;
    `twice`: other cells of this line for which they stand; `tests`: datasets of earlier ones that are tests, by their
    owners; `bound`: the round's coordinator acts for the line's organisation; `houses` test the cells of all lines.
    """

    wanted: HandIn
    round: Round
    line: Participant
    cells: tuple[Cell, ...]
    dataset: Dataset
    version: int | None
    run: IngestRun | None
    read_as: Declared | None
    means: Declared
    sha256: tuple[str, ...]
    rules: tuple[str, ...]
    earlier: tuple[Submission, ...]
    others: tuple[Submission, ...]
    twice: tuple[str, ...]
    tests: dict[str, str]
    arrived: datetime
    bound: bool = False
    houses: frozenset[str] = frozenset()

    @property
    def by_house(self) -> bool:
        """Whether a test house hands in what it measured, for the line that made the cell."""
        return self.dataset.owner in self.houses

    @property
    def cell(self) -> Cell | None:
        """The line's own cell of that name; None when it has none."""
        return next((one for one in self.cells if one.name == self.wanted.cell), None)

    @property
    def standing(self) -> tuple[Submission, ...]:
        """What it takes the place of: of the same cell, in time as this is, or late as this is."""
        of_cell = (one for one in self.earlier if self.cell is not None and one.cell == self.cell.id)
        return tuple(one for one in of_cell if one.state in LIVE and one.late is self.late)

    @property
    def late(self) -> bool:
        """Behind the line's last moment, or in a round that is closed."""
        return self.round.state is not RoundState.OPEN or self.arrived > last_moment(self.round, self.line)

    @property
    def plan(self) -> int:
        """The number of the plan in force."""
        return self.round.plans[-1].number if self.round.plans else 0

    @property
    def batch(self) -> str:
        """The batch of the cell, as the record names it."""
        cell = self.dataset.metadata.cell
        return (cell.batch if cell else None) or ""

    @property
    def in_quarantine(self) -> bool:
        """Whether its build found errors."""
        return self.run is not None and self.run.state is RunState.QUARANTINED

    @property
    def basis(self) -> tuple[object, ...]:
        """What the values rest on: when it is another at the time of keeping, they are of something else."""
        run = self.run.id if self.run else None
        return self.version, run, self.dataset.revision, self.dataset.owner, self.dataset.state, self.round.plans


def gather(session: Session, round: str, wanted: HandIn, arrived: datetime, lock: bool = False) -> Offered:
    """All of it, for a caller whom the guard let act for the line; `lock`: round and dataset are held until commit."""
    found, line = rounds.find(session, round, lock=lock), participants.find(session, round, wanted.line)
    dataset = catalogue.lock(session, wanted.dataset) if lock else catalogue.find(session, wanted.dataset)
    if found is None or line is None or dataset is None:
        raise NotFound(f"There is no round {round} with this line and this dataset that you may see.")
    version = wanted.version or dataset.latest_version
    every = runs.runs_of(session, dataset.id, version) if version is not None else []
    run = every[-1] if every else None
    files = next((one.files for one in catalogue.versions(session, dataset.id) if one.number == version), ())
    sha256 = tuple(sorted({one.sha256 for one in files}))
    cells = tuple(participants.cells(session, round, wanted.line))
    earlier, others = _before(session, round, wanted.line, sha256)
    records = run is not None and runs.table(session, run.id, PARAMETERS) is not None
    means = dataset.metadata.declared(people.zone_of_line(session, dataset.owner, dataset.metadata.line))
    return Offered(
        wanted=wanted,
        round=found,
        line=line,
        cells=cells,
        dataset=dataset,
        version=version,
        run=run,
        read_as=None if run is None else runs.declared_of(session, run.id),
        means=means,
        sha256=sha256,
        rules=_failed(session, run, dataset.metadata),
        earlier=earlier,
        others=others,
        # What a run recorded of many cells serves each; only a build that has such records is one.
        twice=() if records else _twice(session, wanted, cells, earlier, sha256, means.reading),
        tests=_tests(session, earlier),
        arrived=arrived,
        bound=line.organisation in duties.bound(session, round),
        houses=duties.test_houses(session, found),
    )


def _before(
    session: Session, round: str, line: str, sha256: tuple[str, ...]
) -> tuple[tuple[Submission, ...], tuple[Submission, ...]]:
    every = submissions.of(session, round)
    own = tuple(one for one in every if one.line == line)
    return own, tuple(one for one in every if one.line != line and set(one.sha256) & set(sha256))


def _failed(session: Session, run: IngestRun | None, record: Metadata) -> tuple[str, ...]:
    report = runs.report_of(session, run.id) if run else None
    found = {one.rule for one in report.problems if one.severity is not Severity.NOTE} if report else set()
    test = record.test or Test()
    if test.deviations or test.conformance is Conformance.NON_CONFORMANT:
        found.add(DEVIATES)
    if test.conformance is Conformance.UNKNOWN:
        found.add(UNJUDGED)
    if test.exclusions:
        found.add(LEFT_OUT)
    return tuple(sorted(found))


def _twice(
    session: Session,
    wanted: HandIn,
    cells: tuple[Cell, ...],
    earlier: tuple[Submission, ...],
    sha256: tuple[str, ...],
    reading: Instructions,
) -> tuple[str, ...]:
    """Other cells of the line for which the same bytes stand; a file of several cells may serve each by its part."""
    names = {one.id: one.name for one in cells}
    found = set()
    for one in earlier:
        if one.state not in LIVE or names.get(one.cell) == wanted.cell or not set(one.sha256) & set(sha256):
            continue
        declared = runs.declared_of(session, one.run)
        if declared is None or _part(declared.reading) == _part(reading):
            found.add(names.get(one.cell, ""))
    return tuple(sorted(found))


def _tests(session: Session, earlier: tuple[Submission, ...]) -> dict[str, str]:
    found = catalogue.of(session, {one.dataset for one in earlier})
    return {one.id: one.owner for one in found if one.metadata.kind is not DatasetKind.PRODUCTION_RUN}


def _part(reading: Instructions) -> object:
    """Which of several cells is read of each file."""
    ways = {name: (way.member, way.sheet, way.channel) for name, way in reading.files.items()}
    return (reading.member, reading.sheet, reading.channel), ways
