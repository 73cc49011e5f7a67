"""The words of notifications: one fixed text for each kind, and one for when its dataset is hidden from the reader."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from exchange.telling.notice import Notice
from exchange.telling.of_data import OF_DATA
from exchange.telling.of_people import OF_PEOPLE
from exchange.telling.of_rounds import OF_ROUNDS
from schemas.notification import NotificationKind as Kind

LONGEST_FACT = 2000
GONE = "Somebody who has left"
NOTICES: Final[dict[Kind, Notice]] = OF_DATA | OF_ROUNDS | OF_PEOPLE


def checked(kind: Kind, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts to keep; `ValueError` when one is missing or not known: a text must not depend on luck."""
    notice = NOTICES[kind]
    if not notice.needs <= set(facts) or not set(facts) <= notice.needs | {notice.quote}:
        raise ValueError(f"{kind.value} takes the facts {sorted(notice.needs | {notice.quote} - {''})}")
    return {name: text[:LONGEST_FACT] for name, text in facts.items()}


def composed(kind: Kind, facts: Mapping[str, str], dataset: str | None, hidden: bool, person: str | None = None) -> str:
    """The text for somebody who may know of the dataset, named in `dataset` as they see it, or (hidden) may not.

    `person` is what the person is called whom it names.
    """
    notice = NOTICES[kind]
    if hidden:
        return notice.hidden
    plain = {name: _one_line(text) for name, text in (dict(facts) | {"person": person or GONE}).items()}
    text = notice.text.format_map(plain | {"dataset": _one_line(dataset or "")})
    said = _lines(facts.get(notice.quote, "")) if notice.quote else []
    return "\n".join([text, *(["", *(f"> {line}" for line in said)] if said else [])])


def when(moment: datetime | None) -> str:
    """A moment as people read it; without one: no end."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment is not None else "further notice"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _lines(text: str) -> list[str]:
    return [line for line in map(_one_line, text.splitlines()) if line]
