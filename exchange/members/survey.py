"""Survey: what the pilot lines of the network can do, who finds them, and whether they are eligible."""

from dataclasses import dataclass

from access import rights
from exchange import guard
from exchange.members import eligibility
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.eligibility import Answers, Assessment
from schemas.errors import Conflict, Denied, NotFound, Refused, Trouble
from schemas.line import LineRecord, NewLine, PilotLine, ShownLine
from schemas.organisation import IN_THE_NETWORK, Organisation, OrganisationState, Standing
from schemas.vocabulary import production
from storage import lines, people


@dataclass(frozen=True)
class Wanted:
    """What is sought; empty fields do not restrict. `cells_per_day` of any cell is a minimum."""

    text: str = ""
    step: str | None = None
    format: str | None = None
    chemistry: str = ""
    cells_per_day: float | None = None


def find(services: Services, who: Principal, wanted: Wanted) -> list[ShownLine]:
    """Lines of admitted organisations that fit, by name, as far as they are shown to the caller.

    What is hidden from the caller is not sought in either: the shown part alone decides.
    """
    with services.sessions.read() as session:
        found = lines.every(session, [OrganisationState.ADMITTED])
    shown = (_shown(who, line, of) for line, of in found)
    return [one for one in shown if one is not None and _fits(one, wanted)]


def one(services: Services, who: Principal, line: str) -> ShownLine:
    """One line as far as it is shown to the caller; `NotFound` when it is not."""
    with services.sessions.read() as session:
        for found, of in lines.every(session, OrganisationState, line):
            shown = _shown(who, found, of) if of.state in IN_THE_NETWORK else None
            if shown is not None:
                return shown
    raise NotFound(f"There is no line {line} that you may see.")


def add(services: Services, who: Principal, wanted: NewLine) -> ShownLine:
    """A new line of the caller's organisation, which has to be a member."""
    guard.require_within(services, who, who.organisation, Right.DESCRIBE_LINES, detail=f"new line {wanted.id}")
    if who.standing is not Standing.MEMBER:
        raise Denied("Only members of the network run pilot lines; yours is none.")
    _of_the_vocabulary(wanted)
    with services.sessions.begin() as session:
        if people.line_exists(session, wanted.id):
            raise Conflict(f"There is already a line {wanted.id}.")
        lines.add(session, wanted.id, who.organisation, wanted, who.user, services.now())
    return one(services, who, wanted.id)


def describe(services: Services, who: Principal, line: str, record: LineRecord) -> ShownLine:
    """What a line of the caller's organisation says of itself, in place of what it said."""
    _own(services, who, line, "describe")
    _of_the_vocabulary(record)
    with services.sessions.begin() as session:
        lines.describe(session, line, record, who.user, services.now())
    return one(services, who, line)


def assess(services: Services, who: Principal, line: str, answers: Answers) -> Assessment:
    """A new version of the self-assessment, judged at once against what the line says of itself."""
    _own(services, who, line, "assess")
    with services.sessions.begin() as session:
        lines.assess(session, line, answers, who.user, services.now())
        return _judged(lines.assessments(session, line)[0])


def assessments(services: Services, who: Principal, line: str) -> list[Assessment]:
    """Every version of a line's self-assessment, newest first: for its own organisation and the office."""
    with services.sessions.read() as session:
        found = lines.find(session, line)
    of = found.organisation if found else ""
    what = f"assessments of line {line}"
    guard.require_within(services, who, of, Right.DESCRIBE_LINES, NetworkRight.MANAGE_NETWORK, what)
    if found is None:
        raise NotFound(f"There is no line {line}.")
    with services.sessions.read() as session:
        return [_judged(one) for one in lines.assessments(session, line)]


def _own(services: Services, who: Principal, line: str, what: str) -> None:
    with services.sessions.read() as session:
        found = lines.find(session, line)
    of = found.organisation if found else ""
    guard.require_within(services, who, of, Right.DESCRIBE_LINES, detail=f"{what} line {line}")


def _judged(one: Assessment) -> Assessment:
    judged = eligibility.criteria(one.answers, one.competencies)
    return one.model_copy(update={"criteria": judged, "eligible": eligibility.eligible(judged)})


def _of_the_vocabulary(record: LineRecord) -> None:
    """`Refused` for a step or a cell format that the vocabulary does not have."""
    known, able = production(), record.competencies
    terms = [(f"steps/{at}/step", one.step, known.steps) for at, one in enumerate(able.steps)]
    terms += [(f"cells/{at}/format", one.format, known.formats) for at, one in enumerate(able.cells)]  # type: ignore[misc]  # only its keys are looked at
    troubles = tuple(
        Trouble(
            pointer=f"/competencies/{place}",
            message="is no term of the vocabulary",
            value=term,
            hint=f"one of {', '.join(words)}",
        )
        for place, term, words in terms
        if term not in words
    )
    if troubles:
        raise Refused("The line's competencies have problems.", errors=troubles)


def _shown(who: Principal, line: PilotLine, of: Organisation) -> ShownLine | None:
    """The whole for whoever acts within the network, the public part for the world."""
    within = who.state in IN_THE_NETWORK
    if not within and not (line.public and of.state is OrganisationState.ADMITTED):
        return None
    able = line.competencies
    public = ShownLine(
        id=line.id,
        name=line.name,
        organisation=of.id,
        organisation_name=of.name,
        country=of.country,
        contact=of.contact,
        steps=tuple(one.step for one in able.steps),
        formats=tuple(sorted(able.formats)),
        chemistries=able.chemistries,
    )
    if not within:
        return public
    own = of.id == who.organisation and rights.may(who, Right.DESCRIBE_LINES, None).allowed
    return public.model_copy(
        update={
            "cells_per_day": max((one.cells_per_day for one in able.throughput), default=None),
            "time_zone": line.time_zone,
            "competencies": able,
            "public": line.public if own else None,
            "changed_at": line.changed_at,
        }
    )


def _fits(one: ShownLine, wanted: Wanted) -> bool:
    prose = one.competencies.description if one.competencies else ""
    words = " ".join((one.name, one.organisation_name, prose, *one.chemistries)).casefold()
    chemistry = wanted.chemistry.casefold()
    return (
        all(word in words for word in wanted.text.casefold().split())
        and wanted.step in (None, *one.steps)
        and wanted.format in (None, *one.formats)
        and (not chemistry or any(chemistry in made.casefold() for made in one.chemistries))
        and (wanted.cells_per_day is None or (one.cells_per_day or 0) >= wanted.cells_per_day)
    )
