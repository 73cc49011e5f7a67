"""Variance components of a KPI by the design of its round: batches of cells that lines make, or cells that go round."""

from collections.abc import Sequence

from exchange.roundrobin.cells import CellResult
from exchange.roundrobin.crossed import Crossed, crossed_reml
from exchange.roundrobin.nested import RESIDUAL, nested_anova
from exchange.roundrobin.refusals import Uncomputable
from schemas.round.components import Components, Design, LineEffect, Share
from schemas.round.round import Items, RoundKind, RoundRecord


def components(record: RoundRecord, kept: Sequence[CellResult]) -> Components | None:
    """Nested where lines make cells and name their batches, crossed where the same cells go round; else None.

    What these results do not allow is said in `refused`.
    """
    there = [one for one in kept if one.value is not None]
    if record.kind is RoundKind.MANUFACTURING and any(one.batch for one in there):
        return _nested(there)
    return _crossed(there) if record.items is Items.CIRCULATED else None


def _nested(there: Sequence[CellResult]) -> Components:
    """By equating mean squares; of all lines or of none, so that it is of the same results as everything beside it."""
    if without := sorted({one.code for one in there if not one.batch}):
        said = f"Not every record of {', '.join(without)} names the batch of its cell: batches are not told from cells."
        return Components(design=Design.NESTED, refused=said)
    stages: dict[str, Sequence[object]] = {"line": [one.code for one in there], "batch": [one.batch for one in there]}
    try:
        found = nested_anova(_values(there), stages)
    except Uncomputable as why:
        return Components(design=Design.NESTED, refused=why.message)
    return Components(
        design=Design.NESTED,
        method=found.method,
        definition=found.definition,
        results=found.n_total,
        shares=tuple(
            Share(stage="cell" if one.stage == RESIDUAL else one.stage, groups=one.groups, df=one.df, sd=one.sd)
            for one in found.components
        ),
        notes=tuple(said.replace(f"stage {RESIDUAL}", "stage cell") for said in found.notes),
    )


def _crossed(there: Sequence[CellResult]) -> Components:
    notes: tuple[str, ...] = ()
    try:
        try:
            found = _by_order(there)
        except Uncomputable as why:
            found, notes = _by_order(there, ordered=False), (f"No drift is taken out: {why.message}",)
    except Uncomputable as why:
        return Components(design=Design.CROSSED, refused=why.message)
    effects = sorted(zip(found.lines, found.effects, strict=True))
    return Components(
        design=Design.CROSSED,
        method="restricted maximum likelihood",
        definition=found.definition,
        results=found.n_total,
        shares=tuple(Share(stage=one.stage, groups=one.groups, df=one.df, sd=one.sd) for one in found.components),
        effects=tuple(LineEffect(code=code, effect=effect) for code, effect in effects),
        drift=found.drift,
        u_drift=found.u_drift,
        notes=(*notes, *found.notes),
    )


def _by_order(there: Sequence[CellResult], ordered: bool = True) -> Crossed:
    order = [one.order for one in there]
    if ordered and None in order:
        raise Uncomputable("not every cell's arrival is recorded.")
    lines, items = [one.code for one in there], [one.item for one in there]
    return crossed_reml(_values(there), lines, items, order if ordered else None)


def _values(there: Sequence[CellResult]) -> list[float | None]:
    return [one.value for one in there]
