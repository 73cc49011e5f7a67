"""Explain on the machine that the installation runs on: lines to print."""

from collections.abc import Iterator
from dataclasses import dataclass

from exchange import explain
from exchange.settings import Settings
from exchange.start import close_services, open_services, reach
from schemas.access import Level, View
from schemas.explanation import Explanation, WhoCan


@dataclass(frozen=True)
class Wanted:
    """With whose eyes, an organisation's or a person's (neither: the owner's), and what they want."""

    organisation: str | None = None
    user: str | None = None
    level: Level = Level.TABLES
    view: View = View.FULL


def lines(settings: Settings, dataset: str, wanted: Wanted) -> list[str]:
    """What to print: who can reach a dataset, or what somebody would be told of it."""
    services = open_services(settings)
    try:
        reach(settings)
        if not wanted.organisation and not wanted.user:
            return list(_who(explain.on_the_machine(services, dataset)))
        told = explain.for_another(
            services, dataset, wanted.level, wanted.view, organisation=wanted.organisation, user=wanted.user
        )
        return list(_told(dataset, told))
    finally:
        close_services(services)


def _who(found: WhoCan) -> Iterator[str]:
    yield from (one.sentence for one in found.closed)
    yield "rules:"
    for one in found.rules:
        what = f"{one.level}/{one.view.value}" if one.level and one.view else "–"
        grant = f" {one.grant}" if one.grant else ""
        yield f"  {one.by}{grant}  {one.grantee_kind.value} {one.grantee or one.grantee_name}  {what}  {one.effect}"
    yield "who:"
    yield from (f"  {one.kind.value} {one.id or one.name}  {one.sentence}" for one in found.holders)


def _told(dataset: str, told: Explanation | None) -> Iterator[str]:
    if told is None:
        yield f"They are told that {dataset} does not exist."
        return
    yield from (one.sentence for one in told.opened)
    yield from (one.sentence for one in told.closed)
    wanted = told.wanted
    yield f"{wanted.level} in the {wanted.view.value} view: {'open' if wanted.allowed else 'closed'}"
    yield from (f"  {step}" for step in wanted.steps)
