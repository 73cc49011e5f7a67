"""Rules of time: how it runs, and against what it is compared."""

from schemas.report import Severity
from schemas.rules.rule import ERROR, WARNING, Rule

_BOTH = (Severity.ERROR, Severity.WARNING)

RULES = (
    Rule(
        "time-goes-back",
        ERROR,
        "the test time falls by more than 1 ms from one row to the next",
        "Capacities are integrals over time: a step backwards counts charge twice or takes it away. Every place is "
        "counted, ten are shown.",
        "Rows are out of order, or several tests were joined: export the whole test again with one running test time, "
        "or cut the file before that row (`last_row` in the record's `reading`).",
    ),
    Rule(
        "duplicate-time",
        WARNING,
        "rows inside a step share a test time; a step's last and the next one's first row may",
        "Mostly the export rounds its times; the rows are kept and add no charge.",
        "Harmless where times are rounded; otherwise export with more digits.",
    ),
    Rule(
        "time-gap",
        WARNING,
        "more than an hour without a row, and ten times the usual interval",
        "The test was paused, or records are missing. A gap under current is integrated across.",
        "Accept it with the reason if the test was paused; otherwise export the missing records.",
    ),
    Rule(
        "duration-implausible",
        ERROR,
        "the test would have taken more than ten years",
        "A published reference file claims 16.8 years: hours were multiplied into seconds twice.",
        "The time is in another unit than its column says: export it in seconds.",
    ),
    Rule(
        "clock-mismatch",
        _BOTH,
        "the test time runs 60, 1000, 3600 or 10⁶ times as fast or as slow as the wall clock; by another factor it is "
        "a warning",
        "Seconds in the heading and milliseconds in the cells make every capacity wrong by a thousand. Pauses, in "
        "which only the wall clock runs, are no finding.",
        "Export the test time in seconds, with its unit in the column's name, or declare the unit in the record's "
        "`reading`.",
    ),
    Rule(
        "step-time-scale",
        ERROR,
        "the time within the step runs 10, 60, 1000, 3600 … times as fast or as slow as the test time, nearly "
        "everywhere",
        "One of the two is in another unit than its column says; if it is the test time, every capacity is wrong.",
        "Export both in seconds, or declare the unit of the one that is not in the record's `reading`.",
    ),
    Rule(
        "counter-scale",
        _BOTH,
        "a counter of charge or energy rises 10, 60, 100, 1000, 3600 or 10⁶ times as fast or as slow as current by "
        "time; a warning where only some places of the file do",
        "The file contradicts itself by the factor of a unit or of a current range: one of time, current and counter "
        "is not in the unit that its column says. Sixteen places of each batch are looked at, of constant current and "
        "without a reset.",
        "The finding says which slip fits. Export with the right unit, or declare the unit of the column in the "
        "record's `reading`.",
    ),
    Rule(
        "clock-goes-back",
        WARNING,
        "the wall clock falls by more than a second",
        "Perhaps a change to winter time, or a clock that was set. The test time is not made of it.",
        "Export times in UTC.",
    ),
    Rule(
        "step-time-runs-on",
        ERROR,
        "an export without total time prints a time within the step that does not start anew with any step",
        "Where a file prints only the time within each step, the test time is that time after the steps before it. "
        "That is wrong where the column is a running time already, or runs across steps.",
        "Export the records with their total time.",
    ),
)
