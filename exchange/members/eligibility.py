"""The criteria for a pilot line, each judged by itself from answers and from what the line says it can do; pure."""

from collections.abc import Iterable

from schemas.eligibility import Answers, Criterion, Outcome
from schemas.line import Competencies, Led

FORMATS = ("pouch", "prismatic", "cylindrical")
LEAST_CAPACITY_AH = 1.0
LEAST_METRES_PER_DAY = 2.0
LEAST_ROLL_METRES = 2.0
LARGE_CELL_AH = 10.0
LEAST_SMALL_CELLS, LEAST_LARGE_CELLS = 20.0, 10.0
STEPS_OF: dict[str, tuple[str, ...]] = {
    "coating": ("coating",),
    "calendering": ("calendering",),
    "cutting": ("cutting", "slitting"),
    "stacking_or_winding": ("stacking", "winding"),
    "welding": ("contacting",),
    "filling": ("filling",),
    "formation": ("formation",),
}
"""The vocabulary's steps that an answer speaks of; one of them is enough."""


def criteria(answers: Answers, able: Competencies) -> tuple[Criterion, ...]:
    """Every criterion with its outcome; where the competencies are silent, the answer alone counts."""
    return (
        _cell(answers, able),
        _electrodes(answers, able),
        _roll(answers, able),
        *(_step(name, answers, able) for name in STEPS_OF),
        _throughput(answers, able),
    )


def eligible(judged: Iterable[Criterion]) -> bool:
    """True when every criterion is met."""
    return all(one.outcome is Outcome.MET for one in judged)


def _cell(answers: Answers, able: Competencies) -> Criterion:
    asked = f"Pouch, prismatic or cylindrical cells of at least {LEAST_CAPACITY_AH:g} Ah"
    form, capacity = answers.cell_format, answers.cell_capacity_ah
    if form is None or capacity is None:
        return _open("cell", asked, "Fill in the format of the cell and its capacity in Ah.")
    if form not in FORMATS or capacity < LEAST_CAPACITY_AH:
        return _missed("cell", asked, f"A {form} cell of {capacity:g} Ah is not enough.")
    if able.cells and form not in able.formats:
        made = ", ".join(sorted(able.formats))
        return _against("cell", asked, f"The answer says {form}, the competencies list only {made} cells.")
    largest = max((one.capacity_ah for one in able.cells if one.format == form), default=None)
    if largest is not None and largest < capacity:
        said = f"The answer says {capacity:g} Ah, the largest {form} cell of the competencies has {largest:g} Ah."
        return _against("cell", asked, said)
    return _met("cell", asked, f"A {form} cell of {capacity:g} Ah.", silent=not able.cells)


def _electrodes(answers: Answers, able: Competencies) -> Criterion:
    asked = f"Electrodes made continuously, coated on both sides, at least {LEAST_METRES_PER_DAY:g} m a day"
    continuous, metres, sides = answers.electrode_continuous, answers.electrode_metres_per_day, answers.coated_sides
    if continuous is None or metres is None or sides is None:
        return _open("electrodes", asked, "Fill in whether coating is continuous, on how many sides, and m a day.")
    found = f"{'continuous' if continuous else 'not continuous'}, {metres:g} m a day, {_sides(sides)}"
    if not continuous or metres < LEAST_METRES_PER_DAY or sides != 2:
        return _missed("electrodes", asked, f"The line's coating is {found}.")
    said = able.electrodes
    against = [
        *(["that coating is not continuous"] if said.continuous is False else []),
        *(["that one side is coated"] if said.coated_sides == 1 else []),
        *(_less("m a day", metres, said.metres_per_day)),
    ]
    if against:
        return _against("electrodes", asked, f"The answer is {found}; the competencies say {' and '.join(against)}.")
    silent = said.continuous is None and said.coated_sides is None and said.metres_per_day is None
    return _met("electrodes", asked, f"Coating is {found}.", silent=silent)


def _roll(answers: Answers, able: Competencies) -> Criterion:
    asked, metres = f"At least {LEAST_ROLL_METRES:g} m of electrode on a roll", answers.roll_metres
    if metres is None:
        return _open("roll", asked, "Fill in how many m of electrode are on a roll.")
    if metres < LEAST_ROLL_METRES:
        return _missed("roll", asked, f"{metres:g} m on a roll are not enough.")
    against = _less("m on a roll", metres, able.electrodes.roll_metres)
    if against:
        return _against("roll", asked, f"The answer is {metres:g} m; the competencies say {against[0]}.")
    return _met("roll", asked, f"{metres:g} m on a roll.", silent=able.electrodes.roll_metres is None)


def _step(name: str, answers: Answers, able: Competencies) -> Criterion:
    id, called = name.replace("_", "-"), name.replace("_", " ")
    asked, answer = f"A machine leads {called}", getattr(answers.machine_led, name)
    if answer is None:
        return _open(id, asked, f"Fill in whether a machine leads {called}.")
    if not answer:
        return _missed(id, asked, f"No machine leads {called}.")
    done = [one for one in able.steps if one.step in STEPS_OF[name]]
    if able.steps and not done:
        return _against(id, asked, f"The competencies do not list {called} among the steps of the line.")
    if done and all(one.led is not Led.MACHINE for one in done):
        by = " and ".join(sorted({_BY[one.led] for one in done}))
        return _against(id, asked, f"The competencies say that {called} is done {by}.")
    return _met(id, asked, f"A machine leads {called}.", silent=not able.steps)


def _throughput(answers: Answers, able: Competencies) -> Criterion:
    asked = (
        f"At least {LEAST_SMALL_CELLS:g} cells a day below {LARGE_CELL_AH:g} Ah, "
        f"or {LEAST_LARGE_CELLS:g} from {LARGE_CELL_AH:g} Ah on"
    )
    cells, capacity = answers.cells_per_day, answers.cell_capacity_ah
    if cells is None or capacity is None:
        return _open("throughput", asked, "Fill in the cells a day and the capacity of the cell in Ah.")
    large = capacity >= LARGE_CELL_AH
    needed = LEAST_LARGE_CELLS if large else LEAST_SMALL_CELLS
    if cells < needed:
        return _missed("throughput", asked, f"{cells:g} cells a day of {capacity:g} Ah; {needed:g} are needed.")
    alike = [one.cells_per_day for one in able.throughput if (one.cell_capacity_ah >= LARGE_CELL_AH) == large]
    against = _less("cells a day", cells, max(alike, default=None))
    if against:
        size = f"{'from' if large else 'below'} {LARGE_CELL_AH:g} Ah"
        return _against("throughput", asked, f"The answer is {cells:g}; for cells {size} the line says {against[0]}.")
    return _met("throughput", asked, f"{cells:g} cells a day of {capacity:g} Ah.", silent=not alike)


_BY = {Led.MACHINE: "by a machine", Led.PARTLY: "by a machine in part", Led.HAND: "by hand"}


def _sides(sides: int) -> str:
    return "on both sides" if sides == 2 else "on one side"


def _less(unit: str, answer: float, said: float | None) -> list[str]:
    return [f"{said:g} {unit}"] if said is not None and said < answer else []


def _open(id: str, asked: str, sentence: str) -> Criterion:
    return Criterion(id=id, asked=asked, outcome=Outcome.NOT_FILLED_IN, sentence=sentence)


def _missed(id: str, asked: str, sentence: str) -> Criterion:
    return Criterion(id=id, asked=asked, outcome=Outcome.NOT_MET, sentence=sentence)


def _against(id: str, asked: str, sentence: str) -> Criterion:
    return Criterion(id=id, asked=asked, outcome=Outcome.CONTRADICTS, sentence=sentence)


def _met(id: str, asked: str, sentence: str, silent: bool) -> Criterion:
    more = " The competencies do not speak of it." if silent else ""
    return Criterion(id=id, asked=asked, outcome=Outcome.MET, sentence=sentence + more)
