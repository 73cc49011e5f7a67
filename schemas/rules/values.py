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
        "a value is infinite or lies outside the plausible range of its quantity, such as −10 … 1000 V or −80 … 300 °C",
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
        "voltage-chemistry",
        WARNING,
        "the voltage lies outside the range that the declared chemistry makes plausible, once it was well within it",
        "4.2 V at an LFP cell tells of another cell, another chemistry, or damage. Ranges are wide; an unknown "
        "chemistry is not checked, nor what a fresh cell shows before its first charge.",
        "Check the declared chemistry and cell configuration; accept it with the reason if the cell was driven there "
        "on purpose.",
    ),
    Rule(
        "voltage-jump",
        WARNING,
        "the voltage leaves by more than 0.5 V for at most ten rows and comes back while the current stays the same; "
        "or drops from above 1 V to less than 50 mV within one row",
        "A contact was loose or the cell was disconnected: energies and end voltages of that cycle are wrong.",
        "Accept it with the reason, or cut the file before that row (`last_row` in the record's `reading`).",
    ),
    Rule(
        "voltage-stuck",
        WARNING,
        "the very same voltage stands in every row while a constant current moves more than a tenth of the capacity",
        "No cell does that, not even on the plateau of LFP: the channel stood still, and the cell's limits were not "
        "watched.",
        "Compare with the tester's display; cut the file before that row if the channel was faulty.",
    ),
    Rule(
        "voltage-small",
        WARNING,
        "no voltage of a test under current reaches 10 mV, and the cell is not declared symmetric",
        "Volts under a heading that says mV come out a thousand times too small, and energies with them.",
        "Check the unit in the voltage's heading, declare the unit, or declare the cell configuration symmetric.",
    ),
    Rule(
        "temperature-zero",
        WARNING,
        "a temperature is exactly 0 °C in every row",
        "Cyclers write so where no sensor is connected. Whoever compares cells by temperature would take it for ice.",
        "Leave the column out of the export, or accept the warning if the temperature was 0 °C indeed.",
    ),
    Rule(
        "temperatures-mixed",
        WARNING,
        "under current the ambient temperature rises by more than 1 K against a temperature of the cell, and swings "
        "twice as much",
        "Current warms the cell and not the chamber: the two channels are probably exchanged.",
        "Look which sensor sits on the cell, and declare the columns the other way round in the record's `reading`.",
    ),
    Rule(
        "step-counter",
        WARNING,
        "the count of executed steps falls",
        "“Step” has three meanings: the program's step, which comes back in every loop (`step_id`), the count of "
        "executed steps, which never falls (`step_count`), and the record within a step. Cycles do not rest on it.",
        "Name the column `step_id` in the export, or declare it so in the record's `reading`.",
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
