"""Accept: an uploader says of a warning, with a reason and for ever, that it is as it should be."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from sqlalchemy.orm import Session

from exchange import guard
from exchange.delivery import as_file
from exchange.delivery.choose import Pin, chosen, reference, report
from exchange.services import Services
from schemas.acceptance import AcceptedFinding, AcceptFinding, FindingKey, without_nul
from schemas.access import Principal, Right
from schemas.dataset import IngestRun
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.report import Problem, Severity
from schemas.rules import RULES
from storage import acceptances, runs

_COLUMNS = ("rule", "severity", "file", "sheet", "row", "column", "value", "count", "message", "hint")
_TYPES = {"row": pa.int64(), "count": pa.int64()}
_CSV = pa.schema([(name, _TYPES.get(name, pa.string())) for name in (*_COLUMNS, "accepted", "accepted_because")])


def accept(services: Services, who: Principal, dataset: str, pin: Pin, wanted: AcceptFinding) -> AcceptedFinding:
    """Accept one warning of a build's report; it holds for every build of that version in which it returns.

    `NotFound` when the report has no such finding, `Refused` when several fit, `Conflict` for an error, a note, or
    what was accepted before.
    """
    what = f"{wanted.rule if wanted.rule in RULES else 'no rule'} {pin}".strip()
    said = f"{wanted.file}: {wanted.reason}" if wanted.file else wanted.reason
    found = guard.require(services, who, Right.ACCEPT, dataset, detail=what, said=said)
    with services.sessions.begin() as session:
        guard.hold(session, dataset)  # Two who accept the same at once: the second is told so.
        run = chosen(session, who, found, pin, ready=False)
        meant = _meant(session, run, wanted)
        key = FindingKey.of(meant[0])
        _acceptable(session, run, key, meant)
        accepted = AcceptedFinding(
            **key.model_dump(),
            version=run.version,
            build=run.build,
            message=without_nul(meant[0].message),
            reason=wanted.reason,
            accepted_at=services.now(),
            accepted_by=who.name,
        )
        acceptances.add(session, services.new_id(), dataset, accepted, who.user)
    return accepted


def as_csv(services: Services, who: Principal, dataset: str, pin: Pin) -> tuple[str, Iterator[bytes]]:
    """File name and CSV bytes of a build's report, one line per finding with its acceptance."""
    told = report(services, who, dataset, pin)
    rows = [
        one.model_dump(include=set(_COLUMNS))
        | {"accepted": one.acceptance.accepted_at.isoformat() if one.acceptance else None}
        | {"accepted_because": one.acceptance.reason if one.acceptance else None}
        for one in told.report.problems
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=_CSV)
    return f"{dataset}_v{told.version}_b{told.build}_report.csv", as_file.csv_bytes(iter([batch]))


def _meant(session: Session, run: IngestRun, wanted: AcceptFinding) -> list[Problem]:
    """The problems of the one finding that is meant."""
    checked = runs.report_of(session, run.id)
    if checked is None:
        raise Conflict(f"{reference(run)} is {run.state.value}; it has no report yet.")
    fit: dict[FindingKey, list[Problem]] = {}
    for problem in checked.problems:
        if _fits(FindingKey.of(problem), wanted):
            fit.setdefault(FindingKey.of(problem), []).append(problem)
    if not fit:
        there = ", ".join(sorted({problem.rule for problem in checked.problems})) or "none"
        raise NotFound(f"The report of {reference(run)} has no such finding; its rules are: {there}.")
    if len(fit) > 1:
        troubles = tuple(Trouble(pointer=f"/{part}", message="leaves open which") for part in _differing(fit))
        raise Refused(f"{len(fit)} findings fit. Say which is meant: {_listed(fit)}.", errors=troubles)
    return next(iter(fit.values()))


def _acceptable(session: Session, run: IngestRun, key: FindingKey, meant: list[Problem]) -> None:
    severities = {problem.severity for problem in meant}
    if Severity.ERROR in severities:
        raise Conflict(
            f"{key.rule} is an error, and an error cannot be accepted: correct the file or the record, cut the file "
            "before it, or keep the file without tables."
        )
    if Severity.WARNING not in severities:
        raise Conflict(f"{key.rule} is a note, which only informs: there is nothing to accept.")
    before = next((one for one in acceptances.of(session, run.dataset, run.version) if one.key == key), None)
    if before is not None:
        raise Conflict(f"{key.rule} was accepted on {before.accepted_at:%Y-%m-%d} already: {before.reason}")


def _fits(key: FindingKey, wanted: AcceptFinding) -> bool:
    said = wanted.model_fields_set & set(FindingKey.model_fields)
    return all(getattr(key, part) == getattr(wanted, part) for part in said)


def _differing(keys: Iterable[FindingKey]) -> list[str]:
    every = list(keys)
    return [part for part in FindingKey.model_fields if len({getattr(key, part) for key in every}) > 1]


def _listed(keys: Iterable[FindingKey]) -> str:
    every = list(keys)
    parts = _differing(every)
    return "; ".join(", ".join(f"{part} {getattr(key, part)}" for part in parts) for key in every[:10])
