"""Rules of values: there, finite, possible, of the right sign."""

from schemas.rules.rule import ERROR, NOTE, WARNING, Rule

RULES = (
    Rule(
        "no-rows",
        ERROR,
        "the file holds no row of data",
        "The test had not begun, or the export was interrupted.",
        "Export the test again.",
    ),
    Rule(
        "column-missing",
        ERROR,
        "time, voltage or current is not there",
        "Without one of the three there is no test to compare.",
        "Export the test with all three. Where a heading is of your own, declare what it holds in the record's "
        "`reading` (`columns`).",
    ),
    Rule(
        "value-missing",
        ERROR,
        "time, voltage or current has no value or is infinite in a row (rows of an impedance measurement excepted)",
        "Such a row cannot be integrated, and is not left out silently.",
        "Export the test again, or cut the file before that row (`last_row` in the record's `reading`).",
    ),
    Rule(
        "value-implausible",
        WARNING,
        "a value lies outside the plausible range of its quantity, such as −10 … 1000 V or −80 … 300 °C",
        "Mostly a wrong unit (mV for V, K for °C) or a sensor that was not connected.",
        "Check the unit of this column in the export; accept it with the reason if a sensor was not connected.",
    ),
    Rule(
        "voltage-outside-window",
        WARNING,
        "the voltage lies more than 50 mV outside the declared voltage window",
        "The declared window belongs to another cell or protocol, or the cell was driven past its limits.",
        "Correct the declared window, or accept it with the reason.",
    ),
    Rule(
        "cycle-counter",
        WARNING,
        "the file's cycle counter falls or is no whole number",
        "Two files were joined, or a program was started anew. The cycle table is not affected: it has its own "
        "segmentation by the current.",
        "Nothing is to be done for the platform's own cycles.",
    ),
    Rule(
        "current-sign",
        ERROR,
        "at constant current the voltage falls while the current is positive, with ten times more evidence for than "
        "against; or the current never is negative although the voltage falls",
        "Charge and discharge would be exchanged, and every efficiency turned upside down. Symmetric cells are not "
        "checked.",
        "Export with the charging current positive, or declare in the record's `reading` that this file counts "
        "discharging as positive.",
    ),
    Rule(
        "impedance-only",
        NOTE,
        "the file holds impedance and no running test",
        "Such a file is welcome; there are no cycles in it.",
        "Nothing is to be done.",
    ),
)
