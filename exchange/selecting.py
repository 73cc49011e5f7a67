"""Select: which of one's own datasets are meant, by their ids or by what is sought."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from schemas.access import Principal
from schemas.bulk import Selection
from schemas.errors import Refused, Trouble
from storage import finding


def selected(
    session: Session, who: Principal, datasets: Sequence[str], query: Selection | None, most: int
) -> list[str]:
    """Ids of the datasets that are meant, in their order; `Refused` for none, too many, or one named twice."""
    if query is None:
        ids = sorted(set(datasets))
        if len(ids) < len(datasets):
            trouble = Trouble(pointer="/datasets", message="names a dataset more than once")
            raise Refused("Each dataset counts once.", errors=(trouble,))
        return ids
    ids = finding.own(
        session, who.organisation, query.text, kind=query.kind, line=query.line, state=query.state, limit=most + 1
    )
    if not ids or len(ids) > most:
        found = "no dataset" if not ids else f"more than {most} datasets"
        trouble = Trouble(pointer="/query", message=f"fits {found}")
        raise Refused(f"The query fits {found} of your organisation.", errors=(trouble,))
    return ids
