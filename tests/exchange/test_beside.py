"""Lines of a free comparison stand beside each other by the statistics of round robins, judged from five lines on."""

import pytest

from exchange import roundrobin
from exchange.delivery.beside import CAPACITY, beside
from schemas.delivery import CycleSummary, Summary
from tests.closed_rounds import planted


def cells(values: list[float], last: int = 3) -> list[Summary]:
    def cycle(number: int, value: float) -> CycleSummary:
        return CycleSummary(cycle=number, truncated=False, discharge_capacity_ah=value, coulombic_efficiency=0.9)

    return [
        Summary(
            reference="PLX-0000-0000@1.b1",
            first_cycle_efficiency=0.9,
            cycles=tuple(cycle(number, one - number) for number in range(1, last + 1)),
        )
        for one in values
    ]


def test_efficiency_and_capacity_of_the_first_and_the_last_common_cycle_are_compared() -> None:
    values = {f"o{at}/L{at}": each for at, each in enumerate(planted(6, seed=5))}
    values["o2/L2"] = [one + 9 for one in values["o2/L2"]]
    efficiency, first, last = beside({line: cells(each, 3 + (line == "o1/L1")) for line, each in values.items()})
    assert (first.quantity, first.cycle, last.cycle, first.power) == (CAPACITY, 1, 3, "indicative")
    level = roundrobin.level_of_results({line: [one - 1 for one in each] for line, each in values.items()})
    assert first.all_results.s_R.value == pytest.approx(roundrobin.precision(level).s_R, rel=1e-12)
    assert [one.code for one in first.judged.lines if "outlier" in one.flags] == ["o2/L2"]
    assert {one.h for one in efficiency.judged.lines} == {None}, "all are equal"


def test_four_lines_are_not_judged_and_one_is_compared_with_nothing() -> None:
    four = beside({f"o/L{at}": cells(each) for at, each in enumerate(planted(4))})
    assert {(one.power, *(line.mandel_h for line in one.judged.lines)) for one in four} == {
        ("plots-only", *["undecided"] * 4)
    }
    alone = beside({"o/L": cells([1.0, 2.0])})[1]
    assert "values of 1 line;" in alone.refused and alone.judged.lines[0].n == 2
    assert [one.refused != "" for one in beside({})] == [True]
