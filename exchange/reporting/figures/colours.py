"""Colours by code and by verdict; colour is never alone: a dash, a sign or a word goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.round.evaluation import CodedLine

_LINES: Final = (
    ("#075EBC", ""),
    ("#F96119", "7 4"),
    ("#468070", "2 3"),
    ("#620054", ""),
    ("#A58F66", "7 4"),
    ("#CF74AD", "2 3"),
    ("#A64751", ""),
    ("#4C6302", "7 4"),
    ("#8D7EFE", "2 3"),
    ("#50300E", ""),
    ("#5B5767", "7 4"),
)
"""Told apart with normal, protan and deutan vision; each with its dash."""
GREY: Final = "#AEB8BF"
MOST_COLOURS: Final = len(_LINES)
MOST_EMPHASISED: Final = 6


@dataclass(frozen=True)
class Shade:
    """Fill and edge of a bar or box, and whether a sign goes with it: none, warning or bad."""

    fill: str
    edge: str
    light: str
    level: int = 0


_OK = Shade("#5E97A6", "#0B5F73", "#E2F0F3")
_WARN = Shade("#B57A08", "#835300", "#FFF3D1", 1)
_BAD = Shade("#C0343B", "#AE1F27", "#FDEAEA", 2)
_WARNING, _WORST = frozenset({"warning", "straggler"}), frozenset({"action", "outlier"})


def of_codes(codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Colour and dash of each code by its place among all; with more than eleven all are grey."""
    ordered = sorted(codes)
    if len(ordered) > MOST_COLOURS:
        return dict.fromkeys(ordered, (GREY, ""))
    return dict(zip(ordered, _LINES, strict=False))


def of_verdict(*verdicts: str) -> Shade:
    """The shade of the worst of these verdicts; undecided ones have none."""
    if _WORST & set(verdicts):
        return _BAD
    return _WARN if _WARNING & set(verdicts) else _OK


def of_line(line: CodedLine) -> Shade:
    """The shade of a line by its score, its h and its k."""
    return of_verdict(line.score, line.mandel_h, line.mandel_k)
