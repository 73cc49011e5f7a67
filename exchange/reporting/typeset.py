"""A document as PDF: accessible (PDF/UA-1), made to last (PDF/A-2a), with the fonts that the typesetter embeds."""

import tempfile
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from typing import Final

import typst

from exchange.reporting.document import (
    Block,
    Cell,
    Document,
    Facts,
    Heading,
    Items,
    Notice,
    Paragraph,
    Picture,
    Table,
    Text,
)

_LOOK: Final = """
#set text(lang: "en", font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 10pt, fill: rgb("#15202b"))
#set par(leading: 0.6em, justify: false)
#show heading.where(level: 1): set text(size: 19pt)
#show heading.where(level: 2): it => block(above: 22pt, below: 8pt, sticky: true, text(size: 13.5pt, it.body))
#show heading.where(level: 3): it => block(above: 14pt, below: 6pt, sticky: true, text(size: 11pt, it.body))
#let quiet = rgb("#465663")
#let fine(body) = text(size: 8.5pt, fill: quiet, body)
#let said(edge, ground, head, body) = block(width: 100%, stroke: (left: 3pt + rgb(edge)), fill: rgb(ground),
  inset: 8pt, below: 9pt, [#strong(head)#if body != [] {linebreak(); body}])
#let facts(strip, ..items) = block(below: 12pt, above: 8pt, grid(
  columns: if strip {(1fr,) * calc.min(4, calc.max(1, items.pos().len()))} else {(auto, 1fr)},
  column-gutter: 14pt, row-gutter: 7pt, ..items.pos().flatten()))
"""
_NOTICES: Final = {
    "plain": ("#1b5baa", "#e7f0fb"),
    "info": ("#1b5baa", "#e7f0fb"),
    "ok": ("#14713f", "#e4f4ea"),
    "warn": ("#835300", "#fff3d1"),
    "bad": ("#ae1f27", "#fdeaea"),
}
_CELLS: Final = {"ok": ("#14713f", "none"), "warn": ("#835300", 'rgb("#fff3d1")'), "bad": ("#ae1f27", 'rgb("#fdeaea")')}
_SMALL: Final = 8
"""Columns from which a table is set smaller."""


def pdf(document: Document) -> bytes:
    """The whole file; the same document gives the same bytes with the same version of the typesetter.

    The clock, the fonts and the files of the machine play no part: the date is the document's own.
    """
    with tempfile.TemporaryDirectory() as empty:
        compiler = typst.Compiler(source(document).encode(), root=empty, font_paths=_fonts())
        stamp = int(document.made_at.timestamp())
        made = compiler.compile(format="pdf", timestamp=stamp, pdf_standards=["ua-1", "a-2a"])
    assert isinstance(made, bytes)
    return made


def source(document: Document) -> str:
    """What is handed to the typesetter; every text stands in it as a string, none as markup."""
    day = document.made_at.astimezone(UTC)
    date = f"datetime(year: {day.year}, month: {day.month}, day: {day.day})"
    head = (
        f"#set document(title: {_string(document.title)}, author: {_string('Pilot-line data exchange')}, "
        f"keywords: ({_string(document.id)},), date: {date})\n"
        f'#set page(paper: "a4", margin: (x: 20mm, y: 20mm), footer: context [#fine[{_said(document.footer)} #h(1fr) '
        '#counter(page).display("1 / 1", both: true)]])\n'
    )
    above = f"#fine[{_said(document.above)}]\n\n" if document.above else ""
    state = f"#fine[{_said(document.state)}]\n\n" if document.state else ""
    blocks = "\n\n".join(_block(block) for block in document.blocks)
    # `fine` is named in the footer, so the look comes first.
    return f"{_LOOK}{head}{above}#heading(level: 1)[{_said(document.title)}]\n\n{state}{blocks}\n"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"#heading(level: {block.level})[{_said(block.text)}]"
        case Paragraph():
            return f"#fine[{_said(block.text)}]" if block.small else f"#par[{_said(block.text)}]"
        case Notice():
            edge, ground = _NOTICES[block.tone.value]
            return f'#said("{edge}", "{ground}")[{_said(block.head)}][{_said(block.text)}]'
        case Facts():
            return _facts(block)
        case Items():
            return f"#list({', '.join(f'[{_said(one)}]' for one in block.items)})"
        case Table():
            return _table(block)
        case Picture():
            drawn = f'image(bytes({_string(block.svg)}), format: "svg", width: 100%, alt: {_string(block.label)})'
            return f"#block(breakable: false, above: 12pt, below: 12pt)[#{drawn}\n#fine[{_said(block.caption)}]]"


def _facts(facts: Facts) -> str:
    if facts.strip:
        items = [f"[#fine[{_said(name)}]#linebreak()#strong[{_said(value)}]]" for name, value in facts.items]
    else:
        items = [f"([#text(fill: quiet)[{_said(name)}]], [{_said(value)}])" for name, value in facts.items]
    return f"#facts({'true' if facts.strip else 'false'}, {', '.join(items)})"


def _table(table: Table) -> str:
    widths = ", ".join(_width(table, place) for place in range(len(table.columns)))
    sides = ", ".join("right" if column.number else "left" for column in table.columns)
    heads = ", ".join(
        f"[#strong[{_said(column.name)}]{f'#linebreak()#fine[{_said(column.unit)}]' if column.unit else ''}]"
        for column in table.columns
    )
    rows = ",\n".join(", ".join(_cell(one, place) for place, one in enumerate(row)) for row in table.rows)
    size = "8.2pt" if len(table.columns) >= _SMALL else "9pt"
    return (
        f"#block(above: 12pt, below: 4pt, sticky: true, fine[{_said(table.caption)}])\n"
        f"#block(below: 12pt)[#set text(size: {size})\n#table(columns: ({widths},), align: ({sides},), "
        'stroke: (x, y) => (bottom: 0.5pt + rgb("#d6dde2")), inset: (x: 5pt, y: 4pt),\n'
        f'table.header(repeat: true, ..({heads},).map(one => table.cell(fill: rgb("#eff3f5"), one))),\n{rows})]'
    )


def _width(table: Table, place: int) -> str:
    """Columns of short words are as wide as these; long texts share what is left."""
    texts = [_plain(one.text if isinstance(one, Cell) else one) for row in table.rows for one in (row[place],)]
    return "1fr" if max((len(one) for one in texts), default=0) > 22 else "auto"


def _cell(one: Text | Cell, place: int) -> str:
    cell = one if isinstance(one, Cell) else Cell(one)
    said = f"#strong[{_said(cell.text)}]" if place == 0 else _said(cell.text)
    if place and cell.tone.value in _CELLS:
        colour, ground = _CELLS[cell.tone.value]
        return f'table.cell(fill: {ground})[#text(fill: rgb("{colour}"))[{said}]]'
    return f"[{said}]"


def _said(text: Text) -> str:
    if isinstance(text, str):
        return "#linebreak()".join(f"#{_string(line)}" for line in text.split("\n")) if text else ""
    pieces: Sequence[str] = [
        {"": f"#{_string(span.text)}", "sub": f"#sub[#{_string(span.text)}]", "sup": f"#super[#{_string(span.text)}]"}[
            span.place
        ]
        for span in text.spans()
    ]
    return "".join(pieces)


def _plain(text: Text) -> str:
    return text if isinstance(text, str) else "".join(span.text for span in text.spans())


def _string(text: str) -> str:
    """A string of the typesetter's language: nothing in it is markup or code."""
    kept = "".join(one if one.isprintable() or one in "\n\u2009\u00a0" else " " for one in text)
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
