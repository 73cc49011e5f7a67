"""Past readers: whoever has taken data out is told when they are corrected or withdrawn."""

from sqlalchemy.orm import Session

from access.exits import LEVEL_OF_EXIT
from access.roles import READERS
from exchange.services import Services
from exchange.telling.notify import notify
from schemas.access import Level
from schemas.dataset import Dataset, DatasetState
from schemas.metadata import Metadata
from schemas.notification import NotificationKind, Person
from schemas.record.field import FieldClass, class_of
from schemas.record.leaves import differing
from storage import past, recipients

_TAKES_DATA = frozenset(f"read:{exit.value}" for exit, level in LEVEL_OF_EXIT.items() if level >= Level.TABLES)
_WORDING = frozenset(
    {"title", "description", "keywords", "language", "creators", "contributors", "contact", "funding", "related"}
) | {"schema_version"}
"""Fields of which no result depends."""


def released(services: Services, session: Session, before: Dataset, version: int, note: str = "") -> int:
    """Tell whoever has read a dataset that another version takes the place of the one released before."""
    if before.released_version is None or before.released_version == version:
        return 0
    what = f"version {version} takes the place of version {before.released_version}"
    return _tell(services, session, before, NotificationKind.DATA_CORRECTED, {"what": what, "note": note})


def described(services: Services, session: Session, before: Dataset, record: Metadata) -> int:
    """Tell whoever has read a released dataset that something of its record changed on which results depend.

    Names of fields that not everybody sees stay unsaid.
    """
    changed = _matter(before, record)
    if not changed:
        return 0
    named = [name for name in changed if class_of(Metadata, name) is FieldClass.CORE]
    what = f"its record changed ({', '.join(named)})" if named else "its record changed"
    return _tell(services, session, before, NotificationKind.DATA_CORRECTED, {"what": what})


def to_be_told(session: Session, before: Dataset, record: Metadata) -> tuple[str, ...]:
    """Ids of the organisations whose people are told when a record becomes this one."""
    if not _matter(before, record):
        return ()
    return tuple(past.readers(session, before.id, before.owner, _TAKES_DATA))


def withdrawn(services: Services, session: Session, dataset: Dataset, note: str = "") -> int:
    """Tell whoever has read a dataset that it was withdrawn."""
    return _tell(services, session, dataset, NotificationKind.DATA_WITHDRAWN, {"note": note})


def _matter(before: Dataset, record: Metadata) -> list[str]:
    """Fields of a released record that change and on which results depend."""
    if before.state is not DatasetState.RELEASED:
        return []
    return sorted({place.partition(".")[0] for place in differing(before.metadata, record)} - _WORDING)


def _tell(services: Services, session: Session, dataset: Dataset, kind: NotificationKind, facts: dict[str, str]) -> int:
    """By mail to those who took the data themselves; in the list to everybody who reads for their organisation."""
    count = 0
    told = facts | {"owner": dataset.owner_name}
    for organisation, took in past.readers(session, dataset.id, dataset.owner, _TAKES_DATA).items():
        others = set(recipients.holders(session, organisation, READERS)) - took
        for users, mailed in ((took, True), (others, False)):
            to = [Person(user=user, organisation=organisation) for user in sorted(users)]
            count += notify(services, session, to=to, kind=kind, about=dataset.id, facts=told, mailed=mailed)
    return count
