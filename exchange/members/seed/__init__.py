"""What a network begins with, as data: its expert groups."""

import csv
from importlib.resources import files

from sqlalchemy.orm import Session

from schemas.errors import Conflict
from schemas.organisation import Group
from storage import people


def groups() -> list[Group]:
    """The groups of the data file, without members."""
    text = files(__package__).joinpath("groups.csv").read_text(encoding="utf-8")
    return [Group.model_validate(row) for row in csv.DictReader(text.splitlines())]


def seed(session: Session) -> list[str]:
    """Enter the groups that are not there yet and return their ids; those there stay as they are.

    `Conflict` when a name is taken by a group of another id.
    """
    present = {group.id: group.name for group in people.groups(session)}
    fresh = [group for group in groups() if group.id not in present]
    for group in fresh:
        if group.name in present.values():
            raise Conflict(f"Another group is named '{group.name}' already; rename it, then seed again.")
        people.add_group(session, group)
    return [group.id for group in fresh]
