"""Who takes part: organisations, their lines, their people, and the groups across the network."""

from enum import StrEnum

from pydantic import BaseModel


class Standing(StrEnum):
    """What an organisation is to the network."""

    OFFICE = "office"
    MEMBER = "member"
    PARTNER = "partner"


class Role(StrEnum):
    """What a user may do for an organisation."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    STEWARD = "steward"
    ADMIN = "admin"


class Organisation(BaseModel, frozen=True):
    """A legal member or partner of the network; `ror` is its ROR id where it has one."""

    id: str
    name: str
    standing: Standing
    country: str = ""
    ror: str | None = None


class Line(BaseModel, frozen=True):
    """A pilot line: a facility of a member."""

    id: str
    organisation: str
    name: str
    time_zone: str


class Group(BaseModel, frozen=True):
    """A named set of organisations across the network: an expert group, a consortium."""

    id: str
    name: str
    organisations: tuple[str, ...] = ()


class User(BaseModel, frozen=True):
    """A person acting for one organisation."""

    id: str
    organisation: str
    name: str
    role: Role
