"""Arrange: the files of one test in their order, proposed by what is in them and confirmed by the uploader."""

from dataclasses import dataclass

from exchange import guard, visibility
from exchange.services import Services
from ingest.parts.propose import Facts, propose
from schemas.access import Principal, Right
from schemas.dataset import Dataset, IngestRun, RawFile, RunState, Version
from schemas.errors import Refused, Trouble
from schemas.parts import MOST_FILES, NewVersion, Proposal, ProposedFile
from storage import catalogue, intake, runs
from storage.query import TableReader
from storage.runs import StoredTable

TIMESERIES = "timeseries"
_FACTS = {
    "clock": "unix_time_second",
    "time": "test_time_second",
    "voltage": "voltage_volt",
    "cycle": "cycle_count",
    "step": "step_count",
}


def arrange(services: Services, who: Principal, dataset: str, wanted: NewVersion) -> Version:
    """A new version of these raw files in this order, with its run; the same as the newest version changes nothing.

    `Refused` names files that the organisation does not hold, and those that are named twice.
    """
    guard.require(services, who, Right.ADD_FILES, dataset, detail=f"join {' '.join(wanted.files)}")
    with services.sessions.begin() as session:
        owner = guard.hold(session, dataset).owner
        names = intake.names_of(session, owner, dataset, wanted.files)
        _check(wanted, names)
        named = [(file, names[file]) for file in wanted.files]
        attached = intake.attach_files(session, dataset, named, who.user, services.now(), services.new_id)
        visibility.refresh(session, [dataset])
        if attached.fresh:
            services.jobs.enqueue(session, attached.run)
        return next(one for one in catalogue.versions(session, dataset) if one.number == attached.version)


def proposal(services: Services, who: Principal, dataset: str) -> Proposal:
    """The files of the dataset's versions as parts of one test; those that cannot be read yet are left out."""
    found = guard.require(services, who, Right.ADD_FILES, dataset, reading=True, detail="proposal")
    ready, left = _alone(services, found)
    facts = [_facts(services, one) for one in ready]
    order, doubts = propose(facts)
    by_file = {one.file.id: one for one in ready}
    proposed = tuple(by_file[one.facts.file].proposed(one.why) for one in order)
    return Proposal(files=proposed, left_out=tuple(left), doubts=tuple(doubts))


@dataclass(frozen=True)
class _Alone:
    """A file that is a version by itself, and the newest build of it."""

    file: RawFile
    version: int
    run: IngestRun
    table: StoredTable | None

    def proposed(self, why: str) -> ProposedFile:
        return ProposedFile(id=self.file.id, filename=self.file.filename, version=self.version, why=why)


def _check(wanted: NewVersion, names: dict[str, str]) -> None:
    troubles = [
        Trouble(pointer=f"/files/{at}", message="is no raw file of your organisation", value=file)
        for at, file in enumerate(wanted.files)
        if file not in names
    ]
    troubles += [
        Trouble(pointer=f"/files/{at}", message="is named twice", value=file)
        for at, file in enumerate(wanted.files)
        if file in wanted.files[:at]
    ]
    if troubles:
        raise Refused("These files cannot be the parts of one test.", errors=tuple(troubles))


def _alone(services: Services, dataset: Dataset) -> tuple[list[_Alone], list[ProposedFile]]:
    """Each file that is a version of its own, once: those with a table, and those without, which say why."""
    found: dict[str, _Alone] = {}
    replaced: dict[int, int] = {}
    with services.sessions.read() as session:
        for version in catalogue.versions(session, dataset.id):
            if len(version.files) != 1:
                continue
            if version.continues is not None and version.continues.dataset == dataset.id:
                replaced[version.continues.version] = version.number
            of_version = runs.runs_of(session, dataset.id, version.number)
            run = next((one for one in reversed(of_version) if one.state is RunState.READY), of_version[-1])
            table = runs.table(session, run.id, TIMESERIES)
            found[version.files[0].id] = _Alone(version.files[0], version.number, run, table)
    good, left = [], []
    for one in found.values():
        if one.version in replaced:
            left.append(one.proposed(f"version {replaced[one.version]} is the same file, grown"))
        elif one.table is None:
            left.append(one.proposed(_without_table(one.run)))
        else:
            good.append(one)
    # The latest ones, as those are what a test that goes on has gained.
    left += [
        one.proposed(f"a test has at most {MOST_FILES} files, and {MOST_FILES} came later")
        for one in good[:-MOST_FILES]
    ]
    return good[-MOST_FILES:], left


def _without_table(run: IngestRun) -> str:
    if run.state is RunState.READY:
        return f"its build {run.build} holds no running test"
    return f"its build {run.build} is {run.state.value}"


def _facts(services: Services, one: _Alone) -> Facts:
    assert one.table is not None
    reader, rows = TableReader(services.objects, one.table.key, one.table.table.bytes), one.table.table.rows
    there = {column.name for column in one.table.table.columns}
    spans: dict[str, tuple[float | None, float | None]] = {}
    wanted = [column for column in _FACTS.values() if column in there]
    first, last = reader.rows(wanted, 0, 1).to_pydict(), reader.rows(wanted, max(rows - 1, 0), rows).to_pydict()
    for name, column in _FACTS.items():
        if column in there and rows:
            spans[name] = (first[column][0], last[column][0])
    return Facts(file=one.file.id, filename=one.file.filename, instrument=one.run.instrument, **spans)
