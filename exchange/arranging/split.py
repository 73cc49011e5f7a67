"""Split: a file that holds several cells, or an archive of many files, becomes one draft for each."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from pydantic import ValidationError
from sqlalchemy.orm import Session

from exchange import guard, visibility
from exchange.services import Services
from exchange.vocabulary import propose
from schemas.access import Principal, Right
from schemas.dataset import Dataset, RawFile
from schemas.errors import Conflict, Refused, Trouble
from schemas.ingested import Choices
from schemas.instructions import Instructions
from schemas.metadata import Metadata
from schemas.parts import MOST_CHOICES, Split, SplitOff
from schemas.record.cell import Cell
from storage import catalogue, intake, parts, runs

_TITLE = 300


def split(services: Services, who: Principal, dataset: str, wanted: Split) -> list[SplitOff]:
    """One draft per choice, with the same record, the choice set in `reading`, and the same raw file; runs are queued.

    A choice that was split off before keeps its draft, so that asking again doubles nothing. `Conflict` where the
    newest version offers no choice, `Refused` names choices that it does not offer.
    """
    every = wanted.choices == "all"
    what, named = f"split off {'all' if every else len(wanted.choices)}", "" if every else "; ".join(wanted.choices)
    guard.require(services, who, Right.ADD_FILES, dataset, also=Right.CREATE, detail=what, said=named)
    with services.sessions.begin() as session:
        present = guard.hold(session, dataset)
        file, offered = _offered(session, present)
        names = _checked(wanted, offered)
        known = parts.split_off(session, dataset, file.id, offered.by)
        made = []
        for choice in names:
            fresh = choice not in known
            id = _draft(services, session, who, present, file, offered.by, choice) if fresh else known[choice]
            made.append(SplitOff(choice=choice, dataset=id, fresh=fresh))
        return made


def _offered(session: Session, dataset: Dataset) -> tuple[RawFile, Choices]:
    """The newest version's file, and what its newest build that offers a choice offers."""
    if dataset.latest_version is None:
        raise Conflict(f"Dataset {dataset.id} has no file yet. Upload one.")
    files = intake.files_of(session, dataset.id, dataset.latest_version)
    if len(files) > 1:
        raise Conflict(f"The newest version of {dataset.id} is a test of {len(files)} files, which cannot be split.")
    for run in reversed(runs.runs_of(session, dataset.id, dataset.latest_version)):
        offered = runs.choices_of(session, run.id)
        if offered is not None:
            return files[0], offered
    raise Conflict(f"The newest file of {dataset.id} was not found to hold several of which one has to be picked.")


def _checked(wanted: Split, offered: Choices) -> Sequence[str]:
    names = offered.names if wanted.choices == "all" else tuple(dict.fromkeys(wanted.choices))
    if len(names) > MOST_CHOICES:
        raise Refused(f"The file offers {len(names)} choices; name at most {MOST_CHOICES} of them at a time.")
    troubles = tuple(
        Trouble(pointer=f"/choices/{at}", message=wrong, value=name[:200])
        for at, name in enumerate(names)
        if (wrong := _wrong(name, offered))
    )
    if troubles:
        raise Refused("The file does not hold everything that is asked for.", errors=troubles)
    return names


def _wrong(name: str, offered: Choices) -> str:
    if name not in offered.names:
        return f"is no {offered.by} of the file"
    try:
        Instructions.model_validate({offered.by: name})
    except ValidationError as wrong:
        return f"cannot be kept as `reading.{offered.by}`: {wrong.errors()[0]['msg']}"
    return ""


def _draft(
    services: Services, session: Session, who: Principal, source: Dataset, file: RawFile, by: str, choice: str
) -> str:
    id, now = services.new_dataset_id(), services.now()
    record = _record(source.metadata, by, choice)
    catalogue.create(session, id, source.owner, who.user, record, now)
    propose.note(services, session, id, source.owner, record)
    attached = intake.attach_files(session, id, [(file.id, file.filename)], who.user, now, services.new_id)
    visibility.refresh(session, [id])
    parts.note_split(session, source.id, file.id, by, choice, id)
    services.jobs.enqueue(session, attached.run)
    return id


def _record(record: Metadata, by: str, choice: str) -> Metadata:
    """The same record; the cell is the choice, of a file in an archive its name without folders and ending."""
    name = PurePosixPath(choice).stem if by == "member" else choice
    cell = "".join(sign for sign in name if sign.isprintable()).strip() or None
    title = None if record.title is None or cell is None else f"{record.title[: _TITLE - len(cell) - 3]} – {cell}"
    reading = Instructions(**{**dict(record.reading), by: choice})
    named = (record.cell or Cell()).model_copy(update={"id": None if cell is None else cell[:_TITLE]})
    facts = {"cell": named, "reading": reading}
    return record.model_copy(update=facts | ({"title": title[:_TITLE]} if title else {}))
