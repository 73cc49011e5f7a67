"""Objections: everything that stands against a hand-in, all at once, each in one sentence. No session, no clock."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from exchange.roundrobin.budget import BUDGETED, COUNTED
from exchange.rounds.offered import Offered
from schemas import profiles
from schemas.dataset import FINAL_STATES, RunState
from schemas.errors import Refused, Trouble
from schemas.metadata import DatasetKind
from schemas.profiles import Profile
from schemas.round.choosing import Chosen
from schemas.round.round import RoundKind, RoundState

_SHOWN: Final = 20
_BUILDS: Final = frozenset({RunState.READY, RunState.QUARANTINED})


def of(offered: Offered) -> tuple[Trouble, ...]:
    """Each problem with its place: in the request, or in the dataset's record under `/metadata`."""
    return (
        *_of_the_round(offered),
        *_of_the_cell(offered),
        *_of_the_kind(offered),
        *_of_the_record(offered),
        *_of_the_file(offered),
        *_of_the_uncertainties(offered),
    )


def refuse(offered: Offered) -> None:
    """`Refused` with all of them, when there is one."""
    found = of(offered)
    if len(found) == 1:
        raise Refused(f"This cannot be handed in: {found[0].message}.", errors=found)
    if found:
        raise Refused(f"This cannot be handed in; {len(found)} problems stand against it, see errors.", errors=found)


def _of_the_round(on: Offered) -> Iterator[Trouble]:
    state, line = on.round.state, on.line
    if state is RoundState.DRAFT:
        yield Trouble(message="the round is not open yet; hand in once it is")
    if state is RoundState.CANCELLED:
        yield Trouble(message="the round was cancelled; nothing is handed in to it any more")
    if line.joined_at is None:
        message = "the line is invited and has not joined; a signatory of your organisation joins for it"
        yield Trouble(pointer="/line", message=message, value=line.line)
    if line.withdrawn_at is not None:
        message = "the line has withdrawn from the round and hands in nothing more"
        yield Trouble(pointer="/line", message=message, value=line.line)
    if on.bound and on.late:
        message = (
            "the round's coordinator acts for your organisation: nothing of its lines is taken after their last moment"
        )
        yield Trouble(pointer="/line", message=message, value=line.line)
    if on.dataset.owner != line.organisation and not on.by_house:
        message = "the dataset belongs to another organisation than the line"
        yield Trouble(pointer="/dataset", message=message, value=on.dataset.id)


def _of_the_cell(on: Offered) -> Iterator[Trouble]:
    """Only the line's own cells are ever looked at: whether another line has such a one cannot be told from this."""
    wanted, in_use = on.wanted.cell, [one.name for one in on.cells if one.replaced_by is None]
    if on.cell is None:
        message = f"is no cell of this line in the round; {_nearest(wanted, in_use)}"
        yield Trouble(pointer="/cell", message=f"'{wanted}' {message}", value=wanted)
    elif on.cell.replaced_by is not None:
        message = f"the cell '{wanted}' is out of use, another one stands in for it; {_nearest(wanted, in_use)}"
        yield Trouble(pointer="/cell", message=message, value=wanted)
    named = on.dataset.metadata.cell_id
    if named is not None and named != wanted:
        message = (
            f"the record is of the cell '{named}', and it is handed in for '{wanted}'; correct the one or the other"
        )
        yield Trouble(pointer="/metadata/cell/id", message=message, value=named)


def _of_the_kind(on: Offered) -> Iterator[Trouble]:
    allowed = {DatasetKind.ROUND_ROBIN_TEST}
    if on.round.record.kind is RoundKind.MANUFACTURING:
        allowed.add(DatasetKind.PRODUCTION_RUN)
    kind = on.dataset.metadata.kind
    if kind is not None and kind not in allowed:
        message = (
            f"a dataset of kind {kind.value} is not handed in to this round; it takes {' or '.join(sorted(allowed))}"
        )
        yield Trouble(pointer="/metadata/kind", message=message, value=kind.value)
    if kind is DatasetKind.PRODUCTION_RUN and any(one.dataset in on.tests for one in on.standing):
        message = (
            f"a test stands for the cell '{on.wanted.cell}', and this production run would take its place; KPIs of "
            "production are read from your own production runs without it"
        )
        yield Trouble(pointer="/dataset", message=message, value=on.dataset.id)
    if kind is DatasetKind.PRODUCTION_RUN and on.by_house:
        message = "a production run is handed in by the line that made the cell; a test house hands in what it measured"
        yield Trouble(pointer="/dataset", message=message, value=on.dataset.id)
    if not on.by_house and any(on.tests.get(one.dataset) in on.houses for one in on.standing):
        message = (
            f"what the test house measured stands for the cell '{on.wanted.cell}', and nothing of the line replaces it"
        )
        yield Trouble(pointer="/dataset", message=message, value=on.dataset.id)


def _of_the_record(on: Offered) -> Iterator[Trouble]:
    record, protocol = on.dataset.metadata, on.round.record.protocol
    for name in profiles.missing(record, Profile.ROUND):
        pointer = "/metadata/" + name.split(" or ")[0].replace(".", "/")
        yield Trouble(pointer=pointer, message=f"the record needs {name} for a round, and it is missing")
    test = record.test
    if test is not None and test.round is not None and test.round != on.round.id:
        message = f"the record says the round '{test.round}', and it is handed in to '{on.round.id}'"
        yield Trouble(pointer="/metadata/test/round", message=message, value=test.round)
    run = record.kind is DatasetKind.PRODUCTION_RUN
    used, place = (record.protocol, "protocol") if run else (test.protocol if test else None, "test/protocol")
    if used is None:
        return
    for what, said, asked in (("name", used.name, protocol.name), ("version", used.version, protocol.version)):
        if said is not None and said != asked:
            message = f"the record says the protocol's {what} '{said}', and this round runs '{asked}'"
            yield Trouble(pointer=f"/metadata/{place}/{what}", message=message, value=said)


def _of_the_file(on: Offered) -> Iterator[Trouble]:
    at = "/version" if on.wanted.version is not None else "/dataset"
    if on.run is None:
        newest = on.dataset.latest_version
        asked = f"the dataset has no version {on.version}; its newest is {newest}" if newest else "it has no file yet"
        yield Trouble(pointer=at, message=f"{asked}; upload one", value=str(on.version) if on.version else None)
    elif on.run.state not in FINAL_STATES:
        message = f"build {on.run.build} of version {on.version} is {on.run.state.value}; hand in once it is through"
        yield Trouble(pointer=at, message=message, value=on.run.state.value)
    elif on.run.state not in _BUILDS:
        message = f"build {on.run.build} of version {on.version} has failed; see its report and have it read again"
        yield Trouble(pointer=at, message=message, value=on.run.state.value)
    elif on.read_as is not None and not on.read_as.reads_as(on.means):
        message = f"build {on.run.build} of version {on.version} was read before the record changed; have it read again"
        yield Trouble(pointer=at, message=message)
    if on.twice:
        message = (
            f"the same bytes are handed in for the cell '{on.twice[0]}' of this line already; each has its own file"
        )
        yield Trouble(pointer="/dataset", message=message, value=on.dataset.id)


def _of_the_uncertainties(on: Offered) -> Iterator[Trouble]:
    known: dict[str, Chosen] = {chosen.kpi.id: chosen.kpi for chosen in on.round.plan.kpis}
    entered = [(f"/uncertainties/{place}", one.kpi, False) for place, one in enumerate(on.wanted.uncertainties)]
    budgets = [(f"/budgets/{place}", one.kpi, True) for place, one in enumerate(on.wanted.budgets)]
    seen: set[str] = set()
    for at, kpi, by_budget in (*entered, *budgets):
        message = ""
        if kpi not in known:
            message = f"'{kpi}' is no KPI of the round's plan; {_nearest(kpi, list(known), 'its KPIs')}"
        elif kpi in seen:
            message = f"an uncertainty of '{kpi}' is stated twice; leave one of them out"
        elif by_budget and known[kpi].measure not in BUDGETED:
            message = f"'{kpi}' is a {known[kpi].measure.value}, which has no budget; state its expanded uncertainty"
        if message:
            yield Trouble(pointer=f"{at}/kpi", message=message, value=kpi)
        seen.add(kpi)
    for place, said in enumerate(on.wanted.budgets):
        if said.empty:
            message = "a budget names one contribution that is above zero, at least"
            yield Trouble(pointer=f"/budgets/{place}", message=message)
        counted = said.kpi in known and known[said.kpi].measure in COUNTED
        if counted and said.offset and not said.hours:
            message = f"an offset of '{said.kpi}' adds up over time; say in hours how long it was counted"
            yield Trouble(pointer=f"/budgets/{place}/hours", message=message)


def _nearest(name: str, known: list[str], what: str = "its cells") -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"nearest is '{near[0]}'"
    if not known:
        return "it has none in use"
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"{what} are {', '.join(known[:_SHOWN])}{more}"
