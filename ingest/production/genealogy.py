"""What was made from what: the edges of a run, and what is odd about them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ingest.production.entries import Edge, Place, Told, Value
from schemas.production import Descent, ObjectKind, Produced, ProducedObject

_CONSUMED = (ObjectKind.BATCH, ObjectKind.ROLL, ObjectKind.ELECTRODE)
_NAMED = 10
_LONGEST_NAME = 200


def produced(values: Sequence[Value], edges: Iterable[Edge], told: Told) -> Produced:
    """Objects and edges, each once in the order of the file; every finding about them."""
    places = {value.entry.line.object: value.entry.line.place for value in reversed(values)}
    once: dict[Descent, Edge] = {}
    for edge in edges:
        if edge.source == edge.product:
            message = f"“{edge.product.name}” is named as made from itself; it was worked on and stays the same object."
            told.note("genealogy-self", message, "", edge.place)
            continue
        once.setdefault(Descent(source=edge.source, step=edge.step, product=edge.product), edge)
    _find_cycle(once, told)
    _find_unused(places, once, told)
    _find_orphans(places, once, told)
    objects = dict.fromkeys(places)
    for descent in once:
        objects |= dict.fromkeys((descent.source, descent.product))
    _find_long_names(objects, places, told)
    known = [value.entry.line.object for value in values]
    return Produced(objects=tuple(dict.fromkeys([*known, *objects])), descents=tuple(once))


def _find_long_names(objects: Iterable[ProducedObject], places: Mapping[ProducedObject, Place], told: Told) -> None:
    for one in objects:
        if len(one.name) > _LONGEST_NAME or not one.name.isprintable():
            message = f"A name has {len(one.name)} characters or signs that cannot be printed."
            hint = f"Use at most {_LONGEST_NAME} printable characters."
            told.error("object-name", message, hint, places.get(one), one.name)


def _find_cycle(once: Mapping[Descent, Edge], told: Told) -> None:
    """One error for each loop that a walk along the edges closes."""
    onward: dict[ProducedObject, list[Descent]] = defaultdict(list)
    for descent in once:
        onward[descent.source].append(descent)
    done: set[ProducedObject] = set()
    for start in list(onward):
        path: dict[ProducedObject, None] = {}
        waiting = [(start, iter(onward[start]))] if start not in done else []
        path[start] = None
        while waiting:
            here, descents = waiting[-1]
            step = next(descents, None)
            if step is None:
                waiting.pop()
                path.pop(here, None)
                done.add(here)
            elif step.product in path:
                names = [one.name for one in path]
                loop = " → ".join([*names[list(path).index(step.product) :], step.product.name])
                message = f"The genealogy runs in a circle: {loop}."
                told.error("genealogy-cycle", message, "Nothing is made from itself: correct a name.", once[step].place)
            elif step.product not in done:
                path[step.product] = None
                waiting.append((step.product, iter(onward[step.product])))


def _find_unused(places: Mapping[ProducedObject, Place], once: Mapping[Descent, Edge], told: Told) -> None:
    used = {descent.source for descent in once}
    made = dict.fromkeys([*places, *(descent.product for descent in once)])
    for kind in _CONSUMED:
        unused = [one for one in made if one.kind is kind and one not in used]
        if unused:
            shown = ", ".join(one.name for one in unused[:_NAMED])
            shown += f" and {len(unused) - _NAMED} more" if len(unused) > _NAMED else ""
            message = f"Nothing that is recorded was made of {kind.value} {shown}."
            told.note("object-unused", message, "Fill in “Made from” where they were used.", places.get(unused[0]))


def _find_orphans(places: Mapping[ProducedObject, Place], once: Mapping[Descent, Edge], told: Told) -> None:
    born = {descent.product for descent in once}
    for one, place in places.items():
        if one.kind is ObjectKind.CELL and one not in born:
            message = f"Nothing says what the cell “{one.name}” was made from."
            told.warn("cell-without-genealogy", message, "Fill in “Made from” where it was stacked or wound.", place)
