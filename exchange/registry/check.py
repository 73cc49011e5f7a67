"""Check: ids of registered objects in a record exist, fit where they stand, and are the describer's to see."""

from collections.abc import Iterator

from exchange import guard
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Refused, Trouble
from schemas.record.field import Part
from schemas.record.pointers import Pointer, pointers

_WORDS = {"CEL": "a cell", "LOT": "a lot", "PRO": "a protocol", "EQP": "equipment", "MAT": "a material"}


def named(services: Services, who: Principal, record: Part, before: Part | None = None) -> None:
    """`Refused` for ids that the record names and the one before it did not, all at once.

    What exists and is not to be seen is told as what does not exist.
    """
    present = {(one.place, one.object) for one in pointers(before)} if before is not None else set()
    fresh = [one for one in pointers(record) if (one.place, one.object) not in present]
    if not fresh:
        return
    known = {id for _, id in present}
    unsure = {one.object for one in fresh} - known
    seen = known | (guard.nameable(services, who, unsure) if unsure else set())
    troubles = tuple(trouble for one in fresh for trouble in _troubles(one, seen))
    if troubles:
        raise Refused("The record names objects that cannot stand there.", errors=troubles)


def _troubles(one: Pointer, seen: frozenset[str] | set[str]) -> Iterator[Trouble]:
    if one.object.partition("-")[0] not in one.fits:
        fits = " or ".join(_WORDS[prefix] for prefix in one.fits)
        hint = f"write an id such as {one.fits[0]}-…, or leave it out"
        yield Trouble(pointer=one.place, message=f"names no {fits.removeprefix('a ')}", value=one.object, hint=hint)
    elif one.object not in seen:
        yield Trouble(
            pointer=one.place,
            message=f"there is no object {one.object} that you may see",
            value=one.object,
            hint="register it, ask its owner to show it to you, or leave it out",
        )
