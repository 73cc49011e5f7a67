"""A document as what it says, not how it looks: it is written once, and shown as HTML and as PDF."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_MARK = re.compile(r"([_^])\{([^{}]*)\}")


class Tone(StrEnum):
    """How a cell or a notice is meant; never said by colour alone."""

    PLAIN = "plain"
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Span:
    """A piece of a text: on the line, below it, or above it."""

    text: str
    place: str = ""


@dataclass(frozen=True)
class Symbols:
    """A text of our own with indices: `s_{R}² = s_{r}² + s_{L}²`. What people typed is always plain text."""

    source: str

    def spans(self) -> tuple[Span, ...]:
        """Its pieces in order."""
        found, at = [], 0
        for mark in _MARK.finditer(self.source):
            found += [Span(self.source[at : mark.start()]), Span(mark[2], "sub" if mark[1] == "_" else "sup")]
            at = mark.end()
        return tuple(one for one in (*found, Span(self.source[at:])) if one.text)


Text = str | Symbols


@dataclass(frozen=True)
class Heading:
    """A heading; the document's title is its only one of level 1."""

    text: Text
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Prose; `small` for notes under figures and tables."""

    text: Text
    small: bool = False


@dataclass(frozen=True)
class Notice:
    """Something that must be seen: a bold first line, and more of it."""

    head: Text
    text: Text = ""
    tone: Tone = Tone.INFO


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    items: Sequence[tuple[Text, Text]]
    strip: bool = False


@dataclass(frozen=True)
class Items:
    """A list."""

    items: Sequence[Text]


@dataclass(frozen=True)
class Cell:
    """A cell of a table that says more than its text; its tone is also said by a sign or a word in it."""

    text: Text
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Column:
    """A column: name, the unit under it, numbers to the right."""

    name: Text
    unit: str = ""
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under columns; the first cell of a row names it."""

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Text | Cell]]


@dataclass(frozen=True)
class Picture:
    """A figure: its name as a file, the drawing, and what it shows in one sentence."""

    name: str
    svg: str
    label: str
    caption: Text = ""


Block = Heading | Paragraph | Notice | Facts | Items | Table | Picture


@dataclass(frozen=True)
class Document:
    """A whole document; `made_at` and `id` are those of what it tells of, so that the same gives the same bytes."""

    id: str
    title: str
    made_at: datetime
    state: str
    blocks: tuple[Block, ...]
    footer: str
    above: str = ""

    def pictures(self) -> tuple[Picture, ...]:
        """Its figures in order."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))
