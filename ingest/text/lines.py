"""On which line of a text file each record stands, where blank or broken lines and line breaks in quotes shift it."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from ingest.reader import Reading
from ingest.text.parse import Parsed


@dataclass
class TextReading(Reading):
    """A text file being read; knows the line of each record."""

    breaks: list[tuple[int, int]] = field(default_factory=list)

    def line_of(self, record: int) -> int:
        """The 1-based line of the 0-based record."""
        at = bisect_right(self.breaks, (record, 1 << 62)) - 1
        return record + (self.breaks[at][1] if at >= 0 else self.first_line)

    def note_lines(self, part: Parsed, record: int, line: int) -> None:
        """Keep the shift between records and lines wherever it changes in a part that begins with these."""
        if part.line_of_record is None:
            shifts = np.array([line - record], dtype=np.int64)
            places = np.array([0])
        else:
            every = part.line_of_record + line - record - np.arange(part.rows)
            changes = np.flatnonzero(np.diff(every, prepend=every[:1] - 1))
            places = changes if part.rows else np.array([], dtype=np.int64)
            shifts = every[places]
        for place, shift in zip(places.tolist(), shifts.tolist(), strict=True):
            if not self.breaks or self.breaks[-1][1] != shift:
                self.breaks.append((record + place, shift))
