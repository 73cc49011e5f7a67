"""ODRL 2.2 as JSON-LD (W3C Recommendations of 2018-02-15): an offer of one dataset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.access import Level, View
from schemas.agreement import AgreementText, Onward
from schemas.conditions import Purpose, Reciprocity

Json = dict[str, Any]  # Any: a piece of JSON-LD
CONTEXT: list[str | Json] = [
    "http://www.w3.org/ns/odrl.jsonld",
    {"plx": "urn:plx:", "dcterms": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#"},
]
PROFILE = "urn:plx:odrl"
"""Says that the terms with the prefix `plx` are ours."""
ACTIONS: dict[Level, tuple[str, str]] = {
    Level.LISTED: ("", "index"),
    Level.METADATA: ("#record", "read"),
    Level.SUMMARY: ("#summary", "display"),
    Level.TABLES: ("#tables", "use"),
    Level.RAW: ("#raw", "reproduce"),
}
"""Which part of the dataset a level opens, and the ODRL action that comes nearest."""


@dataclass(frozen=True)
class Offered:
    """One way in which the caller is offered the dataset: a level in a view, on terms.

    `recipient` is the caller's IRI, None for the world; `embargo_until` holds for what lies above the record.
    """

    level: Level
    view: View = View.FULL
    columns: tuple[str, ...] = ()
    recipient: str | None = None
    until: datetime | None = None
    embargo_until: datetime | None = None
    purposes: tuple[Purpose, ...] = ()
    agreements: tuple[AgreementText, ...] = ()
    reciprocity: tuple[Reciprocity, ...] = ()


@dataclass(frozen=True)
class Asset:
    """What is offered, by whom: addresses of this installation and of the dataset, the owner's IRI, the licence."""

    api: str
    dataset: str
    assigner: str
    licence: str | None = None

    @property
    def address(self) -> str:
        """Where the dataset is found."""
        return f"{self.api}/datasets/{self.dataset}"


def offer(asset: Asset, offered: Sequence[Offered]) -> Json:
    """The offer; a part of the dataset for each level, with its constraints and duties."""
    document: Json = {
        "@context": CONTEXT,
        "@type": "Offer",
        "uid": f"{asset.address}/odrl",
        "profile": PROFILE,
        "assigner": asset.assigner,
        "permission": [one for each in offered for one in _permissions(asset, each)],
    }
    prohibitions = list(_prohibitions(asset, offered))
    if prohibitions:
        document["prohibition"] = prohibitions
    if asset.licence:
        document["dcterms:license"] = asset.licence
    return document


def _permissions(asset: Asset, offered: Offered) -> Iterator[Json]:
    for level, (part, action) in ACTIONS.items():
        if level > offered.level:
            continue
        permission: Json = {"target": _target(asset, offered, level, part), "action": action}
        constraints, duties = list(_constraints(offered, level)), list(_duties(asset, offered))
        if constraints:
            permission["constraint"] = constraints
        if duties:
            permission["duty"] = duties
        yield permission


def _target(asset: Asset, offered: Offered, level: Level, part: str) -> str | Json:
    address = f"{asset.address}{part}"
    if offered.view is View.FULL or level < Level.SUMMARY:
        return address
    target: Json = {"uid": address, "plx:view": offered.view.value}
    return target | {"plx:columns": list(offered.columns)} if offered.columns else target


def _constraints(offered: Offered, level: Level) -> Iterator[Json]:
    if offered.recipient:
        yield _constraint("recipient", "eq", {"@id": offered.recipient})
    if offered.until:
        yield _constraint("dateTime", "lt", _moment(offered.until))
    if level <= Level.METADATA:
        return
    if offered.embargo_until:
        yield _constraint("dateTime", "gteq", _moment(offered.embargo_until))
    for purposes in (offered.purposes, *(one.terms.purposes for one in offered.agreements)):
        if purposes:
            yield _constraint("purpose", "isAnyOf", [{"@id": f"urn:plx:purpose:{one.value}"} for one in purposes])


def _duties(asset: Asset, offered: Offered) -> Iterator[Json]:
    for one in offered.agreements:
        target = _version(asset, one)
        yield {"action": "reviewPolicy", "target": target}
        if one.terms.onward_sharing is Onward.SAME_TERMS or one.terms.of_derived is Onward.SAME_TERMS:
            yield {"action": "nextPolicy", "target": target}
        if one.terms.deletion_days is not None:
            yield {"action": "delete", "constraint": [_within("lteq", one.terms.deletion_days)]}
        if one.terms.publication_review_days is not None:
            within = [_within("gteq", one.terms.publication_review_days)]
            yield {"action": "inform", "informedParty": asset.assigner, "constraint": within}
    for each in offered.reciprocity:
        # The vocabulary has no word for giving data of the same kind.
        yield {
            "action": {"@id": "plx:contribute"},
            "plx:collection": each.collection,
            "plx:kind": each.kind.value,
            "plx:count": each.count,
        }


def _prohibitions(asset: Asset, offered: Sequence[Offered]) -> Iterator[Json]:
    told: set[str] = set()
    for one in (text for each in offered for text in each.agreements):
        pairs = ((one.terms.onward_sharing, asset.address), (one.terms.of_derived, f"{asset.address}#derived"))
        for rule, target in pairs:
            if rule is Onward.FORBIDDEN and target not in told:
                told.add(target)
                yield {"target": target, "action": "distribute"}


def _version(asset: Asset, one: AgreementText) -> Json:
    address = f"{asset.api}/agreements/{one.agreement}/versions/{one.number}"
    return {"uid": address, "plx:agreement": one.agreement, "plx:version": one.number, "plx:sha256": one.sha256}


def _constraint(left: str, operator: str, right: object) -> Json:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _moment(at: datetime) -> Json:
    return {"@value": at.isoformat(), "@type": "xsd:dateTime"}


def _within(operator: str, days: int) -> Json:
    return _constraint("delayPeriod", operator, {"@value": f"P{days}D", "@type": "xsd:duration"})
