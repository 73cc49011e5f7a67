"""The section of one Youden pair: the plot, the spreads, both results of every line."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.document import Block, Cell, Column, Facts, Heading, Notice, Paragraph, Symbols, Table, Tone
from exchange.reporting.figures.pairs import youden_plot
from schemas.round.youden import YoudenEvaluation


def youden_section(of: YoudenEvaluation, number: int) -> Iterator[Block]:
    """What tells a bias that a line has in both items from chance within it; a refused one says why and no more."""
    yield Heading(f"Youden pair: {of.first} and {of.second}")
    if of.refused:
        yield Notice("Not computed", of.refused, Tone.WARN)
        return
    if said := words.POWER.get(of.power, ""):
        yield Notice("Few lines", said, Tone.WARN)
    spreads = (
        (Symbols("s_{random}, within lines"), of.s_random),
        (Symbols("s_{total}"), of.s_total),
        (Symbols("s_{between}, between lines"), of.s_between),
        ("Radius of the circle", of.radius),
    )
    yield Facts(tuple((name, words.with_unit(words.spread(value), of.unit)) for name, value in spreads), strip=True)
    picture = youden_plot(of, number)
    yield from (picture,) if picture else ()
    unit, places = words.unit(of.unit), words.decimals_for(of.centre[0] if of.centre else None, of.digits)
    columns = (
        Column("Line"),
        Column(of.first, unit, number=True),
        Column(of.second, unit, number=True),
        Column("Beyond the circle"),
    )
    rows = [
        (
            one.code,
            words.fixed(one.first, places),
            words.fixed(one.second, places),
            Cell("◆ yes", Tone.BAD) if one.outside else Cell("–"),
        )
        for one in of.points
    ]
    yield Table("Both results of every line, means over its cells", columns, rows)
    if of.absent:
        yield Paragraph(f"Lines without both: {words.listed(of.absent)}.", small=True)
