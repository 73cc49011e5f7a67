"""Documents kept as evidence: rows here, bytes in the object store; never replaced."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.agreement import Document
from storage.tables import DocumentRow


def key_of(document: str) -> str:
    """Key of a document's bytes."""
    return f"documents/{document}"


def add(session: Session, document: Document, owner: str, by: str) -> None:
    """Keep a document's row; its object stands already."""
    session.add(DocumentRow(**document.model_dump(), owner=owner, key=key_of(document.id), added_by=by))
    session.flush()


def about(session: Session, ids: Iterable[str]) -> list[Document]:
    """Documents about these acceptances or consents, oldest first."""
    chosen = select(DocumentRow).where(DocumentRow.about.in_(list(ids)))
    return [_document(row) for row in session.scalars(chosen.order_by(DocumentRow.added_at, DocumentRow.id))]


def find(session: Session, document: str) -> Document | None:
    """One document; None when there is none."""
    row = session.get(DocumentRow, document)
    return None if row is None else _document(row)


def owner_of(session: Session, document: str) -> str | None:
    """The organisation whose document it is; None when there is none."""
    return session.scalar(select(DocumentRow.owner).where(DocumentRow.id == document))


def known(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of these keys that a row names."""
    return set(session.scalars(select(DocumentRow.key).where(DocumentRow.key.in_(list(keys)))))


def _document(row: DocumentRow) -> Document:
    return Document(**{name: getattr(row, name) for name in Document.model_fields})
