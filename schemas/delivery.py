"""What leaves the platform: pages of datasets, details, links, table pages, series and summaries."""

from datetime import datetime

from pydantic import BaseModel, Field

from schemas.access import TokenScope
from schemas.dataset import Listing, Visibility
from schemas.member import ShownGroup
from schemas.metadata import Metadata
from schemas.organisation import Line, Membership, NetworkRole, Organisation, OrganisationState, Role, Standing


class Me(BaseModel, frozen=True):
    """Who the caller is, for whom, and what their token may do."""

    user: str
    name: str
    organisation: str
    organisation_name: str
    standing: Standing
    state: OrganisationState
    roles: tuple[Role, ...]
    network_roles: tuple[NetworkRole, ...]
    groups: tuple[str, ...]
    scopes: tuple[TokenScope, ...]
    lines: tuple[Line, ...]
    memberships: tuple[Membership, ...] = Field(description="For whom the caller may act besides")


class Health(BaseModel, frozen=True):
    """Whether this instance can do its work now."""

    status: str = Field(examples=["ok"])
    database: str = Field(examples=["ok"])
    store: str = Field(examples=["ok"])


class SoftwareVersion(BaseModel, frozen=True):
    """Which software answers, and in which versions of its schemas."""

    version: str
    metadata_schema: str
    table_schema: str


class Directory(BaseModel, frozen=True):
    """Organisations and groups to whom a grant can be given."""

    organisations: tuple[Organisation, ...]
    groups: tuple[ShownGroup, ...]


class DatasetPage(BaseModel, frozen=True):
    """One page of a search, newest first; `next` fetches the following page, null at the end."""

    items: tuple[Listing, ...]
    next: str | None = None


class DatasetDetail(Listing, frozen=True):
    """A dataset as far as the caller's level opens it; what is closed is null."""

    metadata: Metadata | None = None
    missing: tuple[str, ...] = Field(default=(), description="Fields that release still needs; for the owner")
    visibility: Visibility | None = None
    revision: int | None = None
    latest_version: int | None = None
    released_version: int | None = None


class Link(BaseModel, frozen=True):
    """A signed address that serves one file to whoever has it, for some minutes."""

    url: str
    expires_at: datetime
    filename: str
    bytes: int
    sha256: str
    media_type: str


class TablePage(BaseModel, frozen=True):
    """Rows of a table in order; `rows` holds one list per row, in the order of `columns`."""

    reference: str = Field(examples=["PLX-7Q4K-M2XD@1.b1"])
    table: str
    columns: tuple[str, ...]
    units: tuple[str, ...] = Field(description="UCUM codes, empty where the vocabulary has none")
    start: int = Field(description="Row number of the first row, from 0")
    rows: tuple[tuple[bool | float | int | str | None, ...], ...]
    total: int = Field(description="Rows that the selection has")
    next: int | None = Field(default=None, description="`start` of the following page")


class Series(BaseModel, frozen=True):
    """Signals over an axis, reduced so that every extreme is kept; all lists are of one length."""

    reference: str
    x: str
    columns: dict[str, tuple[float | None, ...]]
    rows: int = Field(description="Rows that the selection has")
    points: int


class CycleSummary(BaseModel, frozen=True):
    """One own-segmented cycle: capacities in Ah, energies in Wh, efficiency as a fraction."""

    cycle: int
    charge_capacity_ah: float | None = None
    discharge_capacity_ah: float | None = None
    charge_energy_wh: float | None = None
    discharge_energy_wh: float | None = None
    coulombic_efficiency: float | None = None
    truncated: bool | None = Field(
        default=False, description="A half of it is cut off or missing: not a measurement; null where not told"
    )
    duration_s: float | None = None


class Coded(BaseModel, frozen=True):
    """A blinded dataset: the letters it goes by, and the level that is open in the blinded view."""

    code: str = Field(examples=["QX"])
    level: str = Field(examples=["tables"])


class Summary(BaseModel, frozen=True):
    """What the level `summary` opens of a build's tables."""

    reference: str
    cell: str | None = None
    line: str | None = None
    first_cycle_efficiency: float | None = None
    cycles: tuple[CycleSummary, ...] = ()
