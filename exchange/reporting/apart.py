"""What a report says beside its statistics: late data, yields, conflicts, amendments, deviations, comments, sources."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.conformance_section import conformance_section
from exchange.reporting.document import Block, Column, Facts, Heading, Items, Paragraph, Symbols, Table, Text
from exchange.reporting.kpi_section import ASSIGNED_BY, SIGMA_FROM
from schemas.round.evaluation import Evaluation
from schemas.round.plan import EvaluationPlan
from schemas.round.report import Edition


def sections(evaluation: Evaluation, edition: Edition) -> Iterator[Block]:
    """Each under its own heading; what must be said is said where there is none, too."""
    yield from _yields(evaluation)
    yield from conformance_section(evaluation)
    yield from _late(evaluation)
    if evaluation.withdrawn:
        yield Heading("Withdrawn lines")
        yield Paragraph(f"{words.listed(evaluation.withdrawn)} withdrew; what had been closed and computed stays.")
    yield from _told("Conflicts declared", evaluation.conflicts, "No conflict of interest was declared.")
    yield from _told("Amendments of the plan", evaluation.amendments, "The plan was not amended after opening.")
    yield from _told("Deviations", evaluation.deviations, "No deviation from the protocol was declared.")
    if evaluation.notes:
        yield from _told("Notes", evaluation.notes, "")
    yield from _comments(edition)


def parameters(evaluation: Evaluation, edition: Edition) -> Iterator[Block]:
    """By what the results were judged."""
    yield Heading("Parameters")
    columns = (Column("KPI"), Column("Assigned value"), Column(Symbols("σ_{pt}"), number=True), Column("σ from"))
    rows = [
        (
            one.label,
            ASSIGNED_BY.get(one.judged_by.assigned_by, one.judged_by.assigned_by or "–"),
            words.with_unit(words.significant(one.judged_by.sigma_pt, 3), one.unit),
            SIGMA_FROM.get(one.judged_by.sigma_from, one.judged_by.sigma_from or "–"),
        )
        for one in evaluation.kpis
        if not one.refused
    ]
    yield Table("How each KPI is judged", columns, rows)
    if edition.plans:
        yield Facts(tuple(_of_plan(edition.plans[-1].plan)))
        yield _plans(edition)


def provenance(evaluation: Evaluation, edition: Edition) -> Iterator[Block]:
    """Of what, and by what, this was made."""
    yield Heading("Provenance")
    yield Facts(
        (
            ("Round", evaluation.round),
            ("Evaluation", f"{evaluation.number} of {words.minute(evaluation.evaluated_at)}"),
            ("Protocol", f"{evaluation.protocol}, version {evaluation.protocol_version}"),
            ("Plan, SHA-256", evaluation.plan_sha256),
            ("Software", f"{evaluation.software}"),
            ("This edition", f"{edition.stage} of {words.minute(edition.made_at)}"),
        )
    )
    said = "The same evaluation and edition give the same bytes again with the same version of the software."
    yield Paragraph(said, small=True)


def _of_plan(plan: EvaluationPlan) -> Iterator[tuple[Text, Text]]:
    yield "Source of charge", plan.charge_source.value
    yield "Straggler, outlier", f"{words.per_cent(plan.straggler)}, {words.per_cent(plan.outlier)}"
    yield (
        "Limits of h and k at",
        words.listed([words.per_cent(one) for one in plan.levels.of_mandel if one is not None]),
    )
    yield "Results that a line's spread needs", str(plan.minimum_cells)
    yield "Rule of exclusion", plan.exclusion_rules


def _plans(edition: Edition) -> Table:
    columns = (Column("Plan"), Column("On"), Column("Reason"), Column("SHA-256"))
    rows = [
        (
            "first" if one.number == 0 else f"amendment {one.number}",
            words.day(one.at),
            one.reason or "–",
            one.sha256[:16] + "…",
        )
        for one in edition.plans
    ]
    return Table("The frozen plan and its amendments", columns, rows)


def _yields(evaluation: Evaluation) -> Iterator[Block]:
    if not evaluation.yields:
        return
    yield Heading("Yield")
    columns = (
        Column("Line"),
        Column("Built", number=True),
        Column("Passed", number=True),
        Column("Analysed", number=True),
        Column("Share passed", "%", number=True),
        Column("95 % interval (Wilson)", "%", number=True),
    )
    rows = [
        (
            one.code,
            str(one.built),
            str(one.passed),
            str(one.analysed),
            words.fixed(_per_cent(one.share.value), 1),
            f"{words.fixed(_per_cent(one.share.low), 1)} to {words.fixed(_per_cent(one.share.high), 1)}",
        )
        for one in sorted(evaluation.yields, key=lambda one: one.code)
    ]
    yield Table("Cells built, passed and analysed", columns, rows)


def _late(evaluation: Evaluation) -> Iterator[Block]:
    yield Heading("Late data")
    if not evaluation.late:
        yield Paragraph("Nothing arrived after closing.")
        return
    yield Paragraph("Arrived after closing: shown apart, in no assigned value and no precision.")
    of = {one.kpi: one for one in evaluation.kpis}
    columns = (Column("Line"), Column("KPI"), Column("Values", number=True))
    rows = []
    for one in evaluation.late:
        kpi = of.get(one.kpi)
        shown = [words.significant(value, kpi.digits if kpi else 4) for value in one.values]
        rows.append((one.code, words.in_unit(kpi.label, kpi.unit) if kpi else one.kpi, "; ".join(shown)))
    yield Table("Late results", columns, rows)


def _told(heading: str, said: tuple[str, ...], none: str) -> Iterator[Block]:
    yield Heading(heading)
    yield Items(said) if said else Paragraph(none)


def _comments(edition: Edition) -> Iterator[Block]:
    if not edition.comments:
        return
    yield Heading("Comments on the draft")
    columns = (Column("Line"), Column("On"), Column("Kind"), Column("Comment"), Column("Answer"))
    rows = [
        (one.code, words.day(one.at), "appeal" if one.appeal else "comment", one.text, one.answer or "–")
        for one in edition.comments
    ]
    yield Table("Comments and appeals with their answers", columns, rows)


def _per_cent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share
