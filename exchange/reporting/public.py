"""The public summary: consensus and precision of a published round, of no line anything."""

from collections.abc import Iterator, Sequence

from exchange.reporting import words
from exchange.reporting.document import (
    Block,
    Column,
    Document,
    Facts,
    Heading,
    Items,
    Notice,
    Paragraph,
    Symbols,
    Table,
    Tone,
)
from exchange.reporting.methods import METHODS
from exchange.reporting.participants import FEWEST, kind_of
from schemas.errors import Conflict
from schemas.round.public import PublicKpi, PublicSummary
from schemas.round.round import RoundKind


def public_summary(summary: PublicSummary, address: str = "") -> Document:
    """Of the summary alone; `address` is where it stays. `Conflict` with fewer than five lines."""
    if summary.p < FEWEST:
        raise Conflict(f"Round {summary.round} has results of fewer than {FEWEST} lines: there is no public summary.")
    return Document(
        id=f"{summary.round}/summary/{summary.published_at:%Y-%m-%d}",
        title=summary.title,
        made_at=summary.published_at,
        above=f"Round robin {summary.round} · public summary",
        state=f"Published on {words.day(summary.published_at)}",
        blocks=tuple(_blocks(summary, address)),
        footer=f"{summary.round}, public summary; {summary.software}.",
    )


def _blocks(summary: PublicSummary, address: str) -> Iterator[Block]:
    if summary.confounded:
        said = "Each line made and tested its own cells: this round cannot tell the effects of both apart."
        yield Notice("The effects of making and of testing are confounded", said, Tone.WARN)
    yield Facts(
        (
            ("Kind", kind_of(summary.kind, summary.confounded)),
            ("Protocol", f"{summary.protocol}, version {summary.protocol_version}"),
            ("Lines", str(summary.p)),
            *((("Address", address),) if address else ()),
        )
    )
    yield Heading("Consensus and precision")
    yield _table(summary)
    within = "spread of production within a line" if summary.kind is RoundKind.MANUFACTURING else "within a line"
    yield Paragraph(
        Symbols(
            f"x*: consensus of the lines with its standard uncertainty u; s_{{r}}: {within}; s_{{R}}: over lines. One "
            "fixed set of statistics is published, and no value of any line."
        ),
        small=True,
    )
    if apart := [one for one in summary.kpis if one.s_line is not None]:
        yield _components(apart)
    if summary.methods:
        yield Heading("Methods")
        yield Items([_method(one) for one in summary.methods])


def _table(summary: PublicSummary) -> Table:
    columns = (
        Column("KPI"),
        Column("Definition"),
        Column("Lines", number=True),
        Column("Results", number=True),
        Column("x*", number=True),
        Column("u(x*)", number=True),
        Column(Symbols("s_{r}"), number=True),
        Column(Symbols("s_{R}"), number=True),
    )
    rows = [
        (
            words.in_unit(one.label, one.unit),
            one.definition,
            str(one.p),
            str(one.results),
            words.significant(one.consensus, one.digits),
            words.spread(one.u),
            words.spread(one.s_r),
            words.spread(one.s_R),
        )
        for one in summary.kpis
    ]
    return Table("All KPIs", columns, rows)


def _components(kpis: Sequence[PublicKpi]) -> Table:
    between = (("lines", "s_line"), ("batches of a line", "s_batch"), ("cells", "s_cell"))
    columns = (Column("KPI"), *(Column(f"Between {name}", number=True) for name, _ in between))
    rows = [
        (words.in_unit(one.label, one.unit), *(words.spread(getattr(one, name)) for _, name in between)) for one in kpis
    ]
    return Table("Standard deviations by where they arise", columns, rows)


def _method(id: str) -> Symbols | str:
    one = METHODS.get(id)
    return Symbols(f"{one.name} ({id}): {one.formula.removesuffix('.')}. {one.source}.") if one else id
