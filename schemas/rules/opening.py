"""Rules of opening a file: recognised, read to its end, within limits."""

from schemas.rules.rule import ERROR, Rule

_SPLIT = "Split the test into several files, or export it as csv in the Battery Data Format."

RULES = (
    Rule(
        "unreadable",
        ERROR,
        "no reader or several recognise the file, or it is damaged or ambiguous",
        "Nothing is guessed: a unit, a decimal sign or a format that the file does not tell could make every number "
        "wrong.",
        "The sentence says what was found and what to export instead. The raw file is kept as it came.",
    ),
    Rule(
        "several-cells",
        ERROR,
        "the file holds several cells, sheets or files and none was picked",
        "One dataset is the test of one cell; which of several is meant only you can tell.",
        "Pick one of those that the report names, in the record's `reading` (`channel`, `sheet` or `member`), or split "
        "the dataset, so that each becomes one of its own.",
    ),
    Rule(
        "reader-failed",
        ERROR,
        "a reader stopped in a way it does not name",
        "Readers of third parties are used for binary formats; what makes them stop is mostly a damaged file, at times "
        "a fault of theirs.",
        "Copy the file from the tester again. If that does not help, report it together with the file.",
    ),
    Rule(
        "reading-ended",
        ERROR,
        "the process that read the file was ended from outside, or by a fault of the platform",
        "Every file is read in a process of its own, so that one cannot harm another.",
        "Try again; if it happens again, report it together with the file.",
    ),
    Rule(
        "limit-memory",
        ERROR,
        "reading needed more memory than a file may use",
        "The limit keeps one file from stopping the others. Text is read piece by piece and hardly meets it; some "
        "binary formats are read whole.",
        _SPLIT,
    ),
    Rule(
        "limit-cpu",
        ERROR,
        "reading took more computing time than a file of this size may",
        "A file that is read for so long is mostly damaged, or made to keep the platform busy.",
        _SPLIT,
    ),
    Rule(
        "limit-wall",
        ERROR,
        "reading took longer than a file of this size may",
        "A file that is read for so long is mostly damaged, or the machine is overloaded.",
        f"Try again. {_SPLIT}",
    ),
    Rule(
        "limit-output",
        ERROR,
        "the tables would be larger than those of a file of this size may be",
        "Small archives can unfold into something endless.",
        _SPLIT,
    ),
)
