"""Sharing templates of organisations."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.errors import NotFound
from schemas.template import NewSharingTemplate, SharingTemplate
from storage.tables import SharingTemplateRow

_CONTENT = set(NewSharingTemplate.model_fields)


def add(session: Session, template: SharingTemplate) -> None:
    """Keep a template."""
    content = template.model_dump(mode="json", include=_CONTENT)
    facts = template.model_dump(exclude=_CONTENT)
    session.add(SharingTemplateRow(**facts, content=content))
    session.flush()


def of(session: Session, organisation: str) -> list[SharingTemplate]:
    """All templates of an organisation, retired ones included, oldest first."""
    chosen = select(SharingTemplateRow).where(SharingTemplateRow.organisation == organisation)
    rows = session.scalars(chosen.order_by(SharingTemplateRow.created_at, SharingTemplateRow.id))
    return [_template(row) for row in rows]


def retire(session: Session, organisation: str, template: str, by: str, now: datetime) -> None:
    """Apply a template no more; `NotFound` when this organisation has none in use with this id."""
    row = session.get(SharingTemplateRow, template, with_for_update=True)
    if row is None or row.organisation != organisation or row.retired_at is not None:
        raise NotFound(f"Your organisation has no template {template} in use.")
    row.retired_at, row.retired_by = now, by
    session.flush()


def _template(row: SharingTemplateRow) -> SharingTemplate:
    content = NewSharingTemplate.model_validate(row.content)
    facts = {name: getattr(content, name) for name in _CONTENT}
    return SharingTemplate(
        **facts,
        id=row.id,
        organisation=row.organisation,
        created_at=row.created_at,
        created_by=row.created_by,
        retired_at=row.retired_at,
    )
