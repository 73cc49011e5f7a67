"""Rules about impedance and about what a potentiostat's file says of itself."""

from schemas.rules.rule import ERROR, NOTE, WARNING, Rule

RULES = (
    Rule(
        "impedance-inconsistent",
        WARNING,
        "modulus and phase, as one complex number, are further than 1 % of the modulus from real and imaginary part",
        "One impedance is written twice and the two disagree: mostly −Im(Z) under the name of Im(Z), another unit, or "
        "columns of another electrode. Where most points fit once the imaginary part is turned, the finding says so.",
        "Check which columns were exported and in which units; a capacitive impedance has a negative imaginary part.",
    ),
    Rule(
        "impedance-truncated",
        WARNING,
        "fewer frequencies are there than the sweep in the file's settings asks for, one fewer excepted",
        "A fit to half a spectrum misses the slow processes; the finding has both counts.",
        "Measure or export it again if the missing frequencies matter.",
    ),
    Rule(
        "rows-announced",
        WARNING,
        "fewer rows are there than the file itself announces (Gamry's tables, BioLogic's loops)",
        "The file was cut, or exported in part; the finding has both counts.",
        "Export it again if rows are missing.",
    ),
    Rule(
        "experiment-aborted",
        WARNING,
        "the file says that its experiment was aborted",
        "It holds what was measured until then, and its last step is not what the program meant.",
        "Nothing is to be done if that is known.",
    ),
    Rule(
        "voltage-of-electrode",
        NOTE,
        "the file holds a working electrode's potential and that of another electrode or of the cell, and no cell "
        "configuration is declared",
        "The voltage then is the working electrode's against the reference, which is not that of the cell.",
        "Declare the cell configuration: for full, symmetric and three-electrode it is the difference of the two.",
    ),
    Rule(
        "voltage-zero",
        ERROR,
        "the voltage is exactly 0 in every row although current flows",
        "No measured voltage is 0 to the last digit throughout: the export lost it, as newer versions of EC-Lab do in "
        "text exports of constant-current techniques. Energies and resistances would be 0.",
        "Upload the instrument's own file (such as .mpr), or export another voltage column.",
    ),
    Rule(
        "export-joined",
        ERROR,
        "a second BioLogic export stands in the file behind the first",
        "It has settings, columns and times of its own, which the first one's headings do not describe.",
        "Upload each export as a file of its own, as parts of one test, or declare the last row of the first.",
    ),
    Rule(
        "doubtful-column",
        WARNING,
        "the program that takes a binary file apart is not certain what one of its columns holds",
        "The layout of such files is not published, and one number can mean two columns.",
        "Compare the table with the maker's own text export, or upload that.",
    ),
)
