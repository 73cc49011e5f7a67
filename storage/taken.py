"""An id or a name that somebody else took at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.errors import Conflict


@contextmanager
def kept_once(session: Session) -> Iterator[None]:
    """Send what is done within to the database; `Conflict` when an id or a name is there already."""
    try:
        yield
        session.flush()
    except IntegrityError as taken:
        raise Conflict("Somebody entered the same id or name at this moment; look and try again.") from taken
