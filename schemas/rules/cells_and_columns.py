"""Rules of readers: cells, rows and columns of a file, and what its own notes leave open."""

from schemas.report import Severity
from schemas.rules.rule import ERROR, NOTE, WARNING, Rule

RULES = (
    Rule(
        "cell-unreadable",
        ERROR,
        "a cell holds no value of its column's kind, such as text among numbers or a count that is no whole number",
        "A value that cannot be read is never replaced by a guess. A cycle counter of 6.283 in every row, as one "
        "published file has it, shows that the column holds something else.",
        "Correct the cells or export again. Where a whole column holds something else, take it out of the export; "
        "the platform counts cycles by the current anyway.",
    ),
    Rule(
        "cell-empty",
        ERROR,
        "time, voltage or current is an empty cell in the export",
        "A row without one of them cannot be integrated, and leaving it out would hide that it was there.",
        "Export the file again with a value in every row.",
    ),
    Rule(
        "row-ragged",
        ERROR,
        "a row has more or fewer cells than the header",
        "It cannot be told which cell is missing. A last row that is cut off means that the export was interrupted.",
        "Repair or remove the row, or export again.",
    ),
    Rule(
        "rows-lost",
        (Severity.ERROR, Severity.WARNING),
        "the file has more records than the table has rows; an error where lines do not come out as rows",
        "Rows in and rows out are counted apart, so that nothing is dropped silently.",
        "The report's other findings say which rows; the raw file keeps them all. Where line ends are mixed or bytes "
        "damaged, export again.",
    ),
    Rule(
        "text-damaged",
        WARNING,
        "bytes that are no UTF-8 stand in a file that begins as such",
        "They show as “�” in names and comments; numbers are not touched by it.",
        "Export again if the names matter.",
    ),
    Rule(
        "column-left-out",
        WARNING,
        "a known column could not be taken, mostly as its heading prints no unit",
        "A quantity without unit could be wrong by a thousand.",
        "Upload an export with a clear unit if the column is wanted in the tables. The raw file keeps it.",
    ),
    Rule(
        "column-unknown",
        NOTE,
        "columns have no term in the Battery Data Format",
        "Only defined quantities go into the tables; everything stays in the raw file.",
        "Nothing is to be done.",
    ),
    Rule(
        "table-left-out",
        NOTE,
        "a file of several tables has some with other columns than the one that was read",
        "One file is one table of a test.",
        "Export the other tables as files of their own if they are wanted.",
    ),
    Rule(
        "record-missing",
        WARNING,
        "record numbers of the instrument jump",
        "Rows were lost before or during the export. Nothing is interpolated.",
        "Export again if they matter; otherwise accept it with the reason.",
    ),
    Rule(
        "cycles-not-recorded",
        NOTE,
        "the file records no cycle number",
        "A converter must not invent the instrument's own count.",
        "Nothing is to be done: the cycle table has its own segmentation by the current.",
    ),
    Rule(
        "partly-damaged",
        WARNING,
        "part of a binary file could not be read and the rest was recovered",
        "What is left may be all of the measurement (a damaged description) or not.",
        "Compare the number of records with the tester; copy the file again if some are missing.",
    ),
    Rule(
        "doubtful-records",
        WARNING,
        "the reader of a binary format doubts some records, such as clock times that go back",
        "They are kept as they are.",
        "Compare with the tester's own export.",
    ),
    Rule(
        "sign-unknown",
        (Severity.ERROR, Severity.WARNING),
        "the current contradicts the states, or is unsigned where they do not tell charge from discharge in a loaded "
        "row; a warning where there is no state at all and no negative current",
        "The sign is never guessed from the voltage.",
        "Export signed current, or the state of every loaded row; or declare the sign in the record's `reading`.",
    ),
    Rule(
        "current-convention",
        WARNING,
        "the file names another convention of the current's sign than “oxidation positive”",
        "Programs use both; the sign is left as it is exported.",
        "Check that charging is positive; otherwise record with the anodic convention or declare the sign.",
    ),
    Rule(
        "column-twice",
        (Severity.NOTE, Severity.ERROR),
        "two columns hold one quantity under two of its names: a note where they say the same, an error where not",
        "One of two contradicting columns is wrong, and none can be chosen for the uploader.",
        "Remove one of the columns, or declare in the record's `reading` which of them holds the quantity.",
    ),
    Rule(
        "sign-kept",
        NOTE,
        "the current was turned as declared, and net capacities or energies stay as the file has them",
        "Only current and power are turned: whether a counter follows the sign is not known.",
        "Compare the file's counters with the cycle table if they are used.",
    ),
    Rule(
        "cut",
        NOTE,
        "the file was read up to the row that is declared",
        "Rows behind the cut stay in the raw file only; the note says how many there are where that is known.",
        "Nothing, if the cut is meant; otherwise remove `last_row` from the record's `reading`.",
    ),
    Rule(
        "time-without-zone",
        (*NOTE, *WARNING, *ERROR),
        "clock times are local and no time zone is declared; a warning where the test time had to be made of them, an "
        "error in production data",
        "A local time without zone is no point in time: there is no Unix time in the table. A test time that is made "
        "of such times is an hour off after a change to or from daylight saving.",
        "Declare the time zone of the test place in the record, such as Europe/Berlin; the file is read again.",
    ),
    Rule(
        "start-ambiguous",
        NOTE,
        "the printed start of the test cannot be read as one date",
        "07/08/2024 is July or August; nothing is guessed.",
        "Export with dates as 2024-08-07 if the start matters.",
    ),
    Rule(
        "past-midnight",
        NOTE,
        "a test time printed as hours and minutes starts anew at midnight, and days were added",
        "So that the test time runs on; which rows it touches follows from the row order alone.",
        "Nothing is to be done if the test ran through midnight.",
    ),
    Rule(
        "clock-repeated-hour",
        (Severity.NOTE, Severity.WARNING),
        "rows stand in the hour that the end of daylight saving repeats; a warning where nothing tells which pass",
        "A local time in that hour means two points in time.",
        "Export times in UTC or with their offset.",
    ),
    Rule(
        "clock-skipped-hour",
        (*WARNING, *ERROR),
        "a local time is one that daylight saving skips; the row has no Unix time. An error in production data",
        "Such a clock probably did not follow daylight saving, and then its other summer times are off as well.",
        "Declare the zone that the clock kept, such as Etc/GMT-1, or export times in UTC.",
    ),
)
