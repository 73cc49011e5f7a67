"""Where the variation of a KPI arises, by the design of its round: lines, batches, cells."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.document import Block, Column, Heading, Items, Paragraph, Symbols, Table
from exchange.reporting.figures.components import components, named
from schemas.round.components import Components, Design
from schemas.round.evaluation import KpiEvaluation

_HEADS = {
    Design.NESTED: "Lines, batches, cells",
    Design.CROSSED: "Lines and cells that went round",
}


def components_section(kpi: KpiEvaluation) -> Iterator[Block]:
    """Figure and table of the components; of cells that went round how lines differ on the same cells, too."""
    of = kpi.components
    if of is None:
        return
    yield Heading(_HEADS[of.design], 3)
    if of.refused:
        yield Paragraph(f"Not computed: {of.refused}")
        return
    picture = components(kpi, of)
    yield from (picture,) if picture else ()
    yield _table(kpi, of)
    if of.effects:
        columns = (Column("Line"), Column("Difference", words.unit(kpi.unit), number=True))
        rows = [(one.code, words.significant(one.effect, 3)) for one in of.effects]
        yield Table(f"{kpi.label}: each line from the mean of all lines, on the same cells", columns, rows)
    if of.drift is not None:
        drift = words.with_unit(words.significant(of.drift, 3), kpi.unit)
        u = words.with_unit(words.spread(of.u_drift), kpi.unit)
        yield Paragraph(Symbols(f"Drift of the cells at each station of their way: {drift}, u = {u}; it is taken out."))
    if of.notes:
        yield Items(of.notes)
    yield Paragraph(f"Of {words.counted(of.results, 'result')} that are kept, by {of.method}.", small=True)


def _table(kpi: KpiEvaluation, of: Components) -> Table:
    total = sum(one.sd**2 for one in of.shares if one.sd is not None)
    columns = (
        Column("Between"),
        Column("Groups", number=True),
        Column("Degrees of freedom", number=True),
        Column("s", words.unit(kpi.unit), number=True),
        Column("Share of variance", "%", number=True),
    )
    rows = [
        (
            named(of, one.stage),
            str(one.groups),
            str(one.df),
            words.spread(one.sd),
            words.fixed(100 * one.sd**2 / total if total and one.sd is not None else None, 0),
        )
        for one in of.shares
    ]
    return Table(f"{kpi.label}: variance components", columns, rows)
