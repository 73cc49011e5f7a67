"""Rules of tests made of several files: where each part goes, and what the parts share."""

from schemas.rules.rule import ERROR, NOTE, WARNING, Rule

RULES = (
    Rule(
        "part-overlaps",
        ERROR,
        "the first rows of a file of a test are the last rows, or the first ones, of the file before",
        "Rows that stand twice count their charge twice. They are compared value by value: time, voltage and current.",
        "Leave out the file that the other repeats, or read the one before only up to the row that is named "
        "(`last_row` below its name in `files` of the record's `reading`).",
    ),
    Rule(
        "part-out-of-order",
        ERROR,
        "a file of a test begins, by its clock or its test time, before the one before it ends",
        "The files overlap, or stand in another order than they were recorded in.",
        "Make a version with the files in the order of their times; leave out or cut one that overlaps.",
    ),
    Rule(
        "part-gap-unknown",
        WARNING,
        "a file of a test counts its time anew, and no clock tells how long it took from one file to the next",
        "The part is put behind the last row without a gap: its own times are right, the pause before it is not known.",
        "Export both files with clock times, and declare the time zone where they carry none; otherwise accept it.",
    ),
    Rule(
        "file-continues",
        NOTE,
        "the file begins with all the bytes, or all the whole lines, of a shorter one that your organisation holds",
        "Exports of a running test grow. In one dataset they are its versions; in two they would be two tests.",
        "Nothing, where it became the next version of the same dataset. Where the note names another dataset and it is "
        "the same test, upload the file there.",
    ),
)
