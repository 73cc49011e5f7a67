"""Custody of a round's cells: recorded by the custodian who ships them and by the line; read by these two alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from exchange import guard
from exchange.rounds.cells import allow_own, may_record, no_line
from exchange.services import Services
from exchange.telling import notices
from schemas.access import Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.round.custody import CustodyEntry, Disposed, KeptCustody, Received, RecordCustody, RecordedBy, Sent
from schemas.round.rights import RoundProduct
from schemas.round.round import Cell
from storage import custody, participants, rounds

_MOST = 20
"""Entries of one kind of one cell."""


def record(services: Services, who: Principal, round: str, line: str, wanted: RecordCustody) -> list[KeptCustody]:
    """All entries or none, in whatever state the round is: cells go back after it. Returns all of the line's.

    `Refused` with every problem: a cell that is not there, a moment that cannot be, what is the line's to say.
    """
    own = may_record(services, who, round, line, f"custody of {len(wanted.entries)} cells")
    with services.sessions.begin() as session:
        # Two that record at once come one after the other, as the order of entries is looked at.
        rounds.find(session, round, lock=True)
        cells = {one.name: one for one in participants.cells(session, round, line)}
        if not cells and participants.find(session, round, line) is None:
            raise no_line(round, line)
        before = custody.of(session, round, line)
        if troubles := _troubles(wanted.entries, cells, [one.entry for one in before], own, services.now()):
            raise Refused("Not every entry can be recorded; none was.", errors=tuple(troubles))
        for entry in wanted.entries:
            said = sum(one.entry.cell == entry.cell and one.entry.what == entry.what for one in before)
            if said >= _MOST:
                raise Conflict(f"{entry.cell} has {_MOST} entries that say {entry.what}, the most there may be.")
            by = (RecordedBy.LINE if own else RecordedBy.CUSTODIAN), who.user
            custody.add(session, services.new_id(), cells[entry.cell].id, entry, by, services.now())
        return custody.of(session, round, line)


def of_line(services: Services, who: Principal, round: str, line: str) -> list[KeptCustody]:
    """What was recorded of the line's cells: for the line itself and the custodian."""
    allow_own(services, who, round, line)
    with services.sessions.read() as session:
        found = custody.of(session, round, line)
        if not found and participants.find(session, round, line) is None:
            raise no_line(round, line)
        return found


def every(services: Services, who: Principal, round: str) -> list[KeptCustody]:
    """What was recorded of all cells, those of lines that have left included: for the custodian."""
    guard.allow_round(services, who, RoundProduct.CUSTODY, round)
    with services.sessions.read() as session:
        return custody.of(session, round)


def _troubles(
    entries: Sequence[CustodyEntry],
    cells: Mapping[str, Cell],
    before: Sequence[CustodyEntry],
    own: bool,
    now: datetime,
) -> Iterable[Trouble]:
    found = []
    for at, one in enumerate(entries):
        place = f"/entries/{at}"
        others = [each for each in (*before, *entries) if each is not one and each.cell == one.cell]
        if one.cell not in cells:
            named = ", ".join(sorted(cells)) or "none"
            said = f"is no cell of this line; its cells are {named[:500]}"
            found.append(Trouble(pointer=f"{place}/cell", message=said, value=one.cell))
        if isinstance(one, Received) and not own:
            said = "is for the line to record, which has the cell in its hands"
            found.append(Trouble(pointer=f"{place}/what", message=said, value=one.what))
        if said := _untimely(one, others, now):
            found.append(Trouble(pointer=f"{place}/at", message=said, value=notices.when(one.at)))
    return found


def _untimely(one: CustodyEntry, others: Sequence[CustodyEntry], now: datetime) -> str:
    if one.at > now:
        return "lies in the future; record what has happened"
    sent = [each.at for each in others if isinstance(each, Sent)]
    if isinstance(one, Received) and sent and one.at < min(sent):
        return f"lies before the cell was sent, on {notices.when(min(sent))}"
    gone = [each.at for each in others if isinstance(each, Disposed)]
    if not isinstance(one, Disposed) and gone and one.at > max(gone):
        return f"lies after the cell was disposed of, on {notices.when(max(gone))}"
    return ""
