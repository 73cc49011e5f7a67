"""Rules of what is derived from the rows: the cycler's counter against the integral, and tables that grew too long."""

from schemas.rules.rule import NOTE, WARNING, Rule

RULES = (
    Rule(
        "counter-mismatch",
        (*WARNING, *NOTE),
        "in a step that moved at least 5 % of the largest step's charge, the file's charge counter differs by more "
        "than 0.5 % from the integral of the current; a note where one digit of the counter, half of one of the "
        "current, one tick of the clock and the change of the current between rows allow for it",
        "One of the two is wrong: rows are missing, sampling is too slow for a current that changes, or the counter "
        "jumped. Only counters whose reset rule is known are compared, and no steps with rows of impedance. The tables "
        "use the integral; a round that asks for the counter refuses such a cell.",
        "Look at the step that the finding names. Export with all rows, or accept it with the reason if the counter "
        "was set by the program.",
    ),
    Rule(
        "derived-left-out",
        WARNING,
        "a table of steps, rests, pulses or impedance would have more than 200 000 rows",
        "Such a table is no summary any more; mostly the step counter changes in every row. KPIs that need it are not "
        "computed.",
        "Export the step counter that the cycler shows, or leave the column away if it is none.",
    ),
)
