"""Designed: in which order cells that go round came to the lines, as custody has it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from schemas.round.custody import Received
from schemas.round.round import Cell, Items, Participant, Round
from storage import custody


def stations(
    session: Session, round: Round, lines: Mapping[str, Participant], cells: Mapping[str, Cell]
) -> dict[tuple[str, int], int]:
    """By code and number of a line's cell: at which station of its way (1, 2, …) the cell of that name was there.

    Only of cells that go round and of which each line that names them recorded the arrival: a way with a gap has no
    order. What is recorded after publication changes nothing in what was published.
    """
    if round.record.items is not Items.CIRCULATED:
        return {}
    arrived = {
        (one.line, one.number): one.entry.at
        for one in reversed(custody.of(session, round.id))
        if isinstance(one.entry, Received) and (round.published_at is None or one.recorded_at < round.published_at)
    }
    ways: dict[str, list[Cell]] = {}
    for cell in cells.values():
        if cell.line in lines and cell.replaced_by is None:
            ways.setdefault(cell.name, []).append(cell)
    found: dict[tuple[str, int], int] = {}
    for way in ways.values():
        if all((one.line, one.number) in arrived for one in way):
            ordered = sorted(way, key=lambda one: (arrived[one.line, one.number], one.id))
            found |= {(lines[one.line].code, one.number): at for at, one in enumerate(ordered, 1)}
    return found
