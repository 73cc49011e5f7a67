"""Agreements, their versions, and who accepted which."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from schemas.agreement import (
    Acceptance,
    Agreement,
    AgreementKind,
    AgreementText,
    AgreementVersion,
    NewAgreement,
    OnNewVersion,
    Terms,
)
from schemas.errors import NotFound
from storage.tables import AcceptanceRow, AgreementRow, AgreementVersionRow

_AGREEMENTS = (
    select(
        AgreementRow,
        AgreementVersionRow.number,
        AgreementVersionRow.sha256,
        AgreementVersionRow.published_at,
        AgreementVersionRow.fields,
    )
    .outerjoin(AgreementVersionRow, AgreementVersionRow.agreement == AgreementRow.id)
    .order_by(AgreementRow.id, AgreementVersionRow.number)
)
_ACCEPTED = select(AcceptanceRow).order_by(AcceptanceRow.accepted_at, AcceptanceRow.id)
_ACCEPTED_BY = _ACCEPTED.where(AcceptanceRow.organisation == bindparam("organisation"))


def add(session: Session, new: NewAgreement, now: datetime) -> None:
    """A new agreement, without a version yet."""
    facts = new.model_dump(exclude={"text", "terms", "addressees"})
    session.add(AgreementRow(**facts, addressees=list(new.addressees), created_at=now))
    session.flush()


def publish(session: Session, agreement: str, text: str, terms: Terms, by: str, now: datetime) -> int:
    """The next version of an agreement, never changed after; returns its number."""
    of_it = AgreementVersionRow.agreement == agreement
    number = (session.scalar(select(func.max(AgreementVersionRow.number)).where(of_it)) or 0) + 1
    session.add(
        AgreementVersionRow(
            agreement=agreement,
            number=number,
            text=text,
            sha256=sha256(text.encode()).hexdigest(),
            fields=terms.model_dump(mode="json"),
            published_at=now,
            published_by=by,
        )
    )
    session.flush()
    return number


def set_rule(session: Session, agreement: str, rule: OnNewVersion, grace_days: int) -> None:
    """What becomes of older acceptances from now on."""
    these = update(AgreementRow).where(AgreementRow.id == agreement)
    session.execute(these.values(on_new_version=rule, grace_days=grace_days))


def require(session: Session, agreement: str, since: datetime | None) -> None:
    """From then on taking part needs it; None: never."""
    session.execute(update(AgreementRow).where(AgreementRow.id == agreement).values(required_from=since))


def retire(session: Session, agreement: str, by: str, reason: str, now: datetime) -> None:
    """From now on no access rests on it."""
    these = update(AgreementRow).where(AgreementRow.id == agreement)
    session.execute(these.values(retired_at=now, retired_by=by, retire_reason=reason))


def every(session: Session) -> list[Agreement]:
    """All agreements with the moments of their versions, retired ones included, by id."""
    return _agreements(session.execute(_AGREEMENTS))


def find(session: Session, agreement: str, lock: bool = False) -> Agreement | None:
    """One agreement, its row held until commit where that is asked; None when there is none."""
    chosen = _AGREEMENTS.where(AgreementRow.id == agreement)
    found = _agreements(session.execute(chosen.with_for_update(of=AgreementRow) if lock else chosen))
    return found[0] if found else None


def text(session: Session, agreement: str, number: int) -> AgreementText:
    """One version with its words; `NotFound` when there is none."""
    row = session.get(AgreementVersionRow, (agreement, number))
    if row is None:
        raise NotFound(f"The agreement {agreement} has no version {number}.")
    return AgreementText(**_version(row).model_dump(), agreement=row.agreement, text=row.text, terms=_terms(row))


def open_to_rest_on(session: Session, agreement: str) -> bool:
    """True when there is such an agreement, and it is not retired."""
    row = session.get(AgreementRow, agreement)
    return row is not None and row.retired_at is None


def accept(session: Session, given: Acceptance) -> None:
    """Keep an acceptance."""
    session.add(AcceptanceRow(**given.model_dump()))
    session.flush()


def is_acceptance(session: Session, id: str) -> bool:
    """True when there is an acceptance of this id."""
    return session.get(AcceptanceRow, id) is not None


def end_acceptance(session: Session, acceptance: str, by: str, reason: str, now: datetime) -> None:
    """An acceptance ends; its evidence stays."""
    these = update(AcceptanceRow).where(AcceptanceRow.id == acceptance)
    session.execute(these.values(ended_at=now, ended_by=by, end_reason=reason))


def acceptances(session: Session, organisation: str) -> list[Acceptance]:
    """Everything that an organisation ever accepted, oldest first."""
    return [_acceptance(row) for row in session.scalars(_ACCEPTED_BY, {"organisation": organisation})]


def acceptances_of(session: Session, agreement: str) -> list[Acceptance]:
    """Every acceptance of an agreement, by whomever, oldest first."""
    return [_acceptance(row) for row in _accepted(session, AcceptanceRow.agreement == agreement)]


def acceptances_among(session: Session, organisations: Iterable[str]) -> dict[str, list[Acceptance]]:
    """Everything that these organisations ever accepted, by organisation, oldest first."""
    found: dict[str, list[Acceptance]] = {one: [] for one in organisations}
    for row in _accepted(session, AcceptanceRow.organisation.in_(found)):
        found[row.organisation].append(_acceptance(row))
    return found


def _accepted(session: Session, which: ColumnElement[bool]) -> Iterable[AcceptanceRow]:
    return session.scalars(_ACCEPTED.where(which))


def _agreements(rows: Iterable[Row[Any]]) -> list[Agreement]:
    """One for each agreement; a row is one of its versions, without a number where it has none yet."""
    every: dict[str, AgreementRow] = {}
    published: dict[str, list[AgreementVersion]] = defaultdict(list)
    for row in rows:
        every[row.AgreementRow.id] = row.AgreementRow
        if row.number is not None:
            published[row.AgreementRow.id].append(_version(row))
    return [
        Agreement(
            id=row.id,
            kind=AgreementKind(row.kind),
            title=row.title,
            on_new_version=OnNewVersion(row.on_new_version),
            grace_days=row.grace_days,
            example=row.example,
            addressees=tuple(row.addressees),
            required_from=row.required_from,
            retired_at=row.retired_at,
            versions=tuple(published[row.id]),
        )
        for row in every.values()
    ]


def _version(row: object) -> AgreementVersion:
    terms = _terms(row)
    facts = {name: getattr(row, name) for name in ("number", "sha256", "published_at")}
    return AgreementVersion(**facts, starts_on=terms.starts_on, ends_on=terms.ends_on)


def _terms(row: object) -> Terms:
    return Terms.model_validate(getattr(row, "fields"))  # noqa: B009  # a row of the table, or of some of its columns


def _acceptance(row: AcceptanceRow) -> Acceptance:
    return Acceptance(**{name: getattr(row, name) for name in Acceptance.model_fields})
