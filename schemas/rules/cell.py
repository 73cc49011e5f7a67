"""Rules of the whole test: against the declared cell, and how the file ends."""

from schemas.rules.rule import ERROR, NOTE, WARNING, Rule

RULES = (
    Rule(
        "capacity-implausible",
        ERROR,
        "a cycle moves more than 5 times the declared nominal capacity",
        "That is no property of a cell but an error of unit or scale: mA for A, hours for seconds, a wrong current "
        "range, or Ah declared as mAh.",
        "Check the declared nominal capacity first, then the units of the export.",
    ),
    Rule(
        "nominal-capacity",
        WARNING,
        "a cycle moves more than 1.2 times the declared nominal capacity; or less than half of it although the "
        "declared voltage window was used",
        "C-rates and comparisons rest on the nominal capacity.",
        "Correct the declared nominal capacity, or accept it with the reason (an aged or faulty cell).",
    ),
    Rule(
        "rate-implausible",
        WARNING,
        "the largest current is more than 100 times the declared nominal capacity per hour; or less than a "
        "thousandth of it although whole cycles were found",
        "A cell of 5 mAh declared as 5 Ah, or a current in mA taken for A.",
        "Check the declared nominal capacity (Ah) and the unit of the current (A).",
    ),
    Rule(
        "cycles-declared",
        WARNING,
        "the file has another number of whole cycles than the record declares",
        "The test was stopped, a part is missing, or the record belongs to another protocol.",
        "Correct the declared number (formation and check-up cycles count), or accept it with the reason.",
    ),
    Rule(
        "cycle-truncated",
        NOTE,
        "the file ends within a cycle",
        "A cut cycle has no efficiency: they are left out.",
        "Nothing is to be done if the test is still running or was stopped.",
    ),
    Rule(
        "archive-cycles-differ",
        WARNING,
        "a cycle's capacity differs by more than 0.5 % from that in the Battery Archive's cycle data beside it",
        "The cycle table is made of the time series alone; a difference tells of cycles cut elsewhere or of lost rows.",
        "Compare the cycles that are named; nothing is to be done if the archive cuts its cycles elsewhere.",
    ),
    Rule(
        "no-cycles",
        NOTE,
        "no current flows",
        "A file of rest or storage is welcome; there are no cycles in it.",
        "Nothing is to be done, unless the current was expected: then another column holds it.",
    ),
)
