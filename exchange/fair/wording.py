"""Wording: what pages and their links say of a dataset beside the facts: access and people."""

from typing import Final

from schemas.published import AccessRight, Published
from schemas.record.people import Creator

CATALOGUE: Final = "Pilot-line data exchange"
"""What the catalogue is called in which every dataset stands."""
_OPENED: Final = {
    "listed": "Its entry alone is open to you",
    "metadata": "You can read its record",
    "summary": "You can read its record and the summary of its cycles",
    "tables": "You can read its record and take its tables",
    "raw": "You can read its record and take its tables and raw files",
}


def conditions(shown: Published) -> str:
    """What the reader may do with it, what the world may, and how to ask for more."""
    if shown.tombstone is not None:
        return "This dataset was withdrawn: its files are closed to others, and its entry remains."
    opened = _OPENED.get(shown.level, _OPENED["listed"])
    return " ".join(part for part in (f"{opened}.", _to_the_world(shown), shown.how_to_ask) if part)


def creators(shown: Published) -> tuple[Creator, ...]:
    """People named as creators; none where nobody may be named to the reader."""
    return shown.record.creators if shown.record else ()


def _to_the_world(shown: Published) -> str:
    match shown.access:
        case AccessRight.OPEN:
            return "Its tables are open to everybody."
        case AccessRight.EMBARGOED:
            until = f" until {shown.embargo_until:%Y-%m-%d}" if shown.embargo_until else ""
            return f"Its files are under embargo{until}."
        case _:
            return "Its files are given on request."
