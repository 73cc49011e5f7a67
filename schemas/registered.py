"""Objects with ids of their own: cells, lots, protocols, equipment, materials, with record, revisions and state."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from schemas.dataset import Visibility
from schemas.derived import SourceId
from schemas.identifiers import ObjectId
from schemas.metadata import DatasetKind
from schemas.production import ObjectKind
from schemas.record.cell import Cell
from schemas.record.equipment import Equipment, Lot
from schemas.record.field import NETWORK, Part, Prose, Text, described
from schemas.record.making import MaterialDescribed, Protocol
from schemas.upgrade import upgraded

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
EXAMPLE = "CEL-7Q4K-M2XP"


class RegisteredKind(StrEnum):
    """What an object is; the first letters of its id say so."""

    CELL = "cell"
    LOT = "lot"
    PROTOCOL = "protocol"
    EQUIPMENT = "equipment"
    MATERIAL = "material"

    @property
    def prefix(self) -> str:
        """The first letters of ids of this kind."""
        return _PREFIX[self]

    @property
    def produced(self) -> tuple[ObjectKind, ...]:
        """As what production data may tell of it, under the same name."""
        return _PRODUCED.get(self, ())


_PREFIX = {
    RegisteredKind.CELL: "CEL",
    RegisteredKind.LOT: "LOT",
    RegisteredKind.PROTOCOL: "PRO",
    RegisteredKind.EQUIPMENT: "EQP",
    RegisteredKind.MATERIAL: "MAT",
}
_PRODUCED = {
    RegisteredKind.CELL: (ObjectKind.CELL,),
    RegisteredKind.LOT: (ObjectKind.LOT, ObjectKind.BATCH, ObjectKind.ROLL),
    RegisteredKind.MATERIAL: (ObjectKind.LOT,),
}


class ObjectState(StrEnum):
    """A retired object stays readable; nothing of it is changed any more."""

    CURRENT = "current"
    RETIRED = "retired"


class ObjectRecord(Part, frozen=True, extra="forbid"):
    """What is known of an object: the group of fields that is named like its kind."""

    cell: Cell | None = described("The cell", NETWORK, why="a group of fields")
    lot: Lot | None = described("The lot", NETWORK, why="a group of fields")
    protocol: Protocol | None = described("The protocol as it is being drafted", NETWORK, why="a group of fields")
    equipment: Equipment | None = described("The equipment", NETWORK, why="a group of fields")
    material: MaterialDescribed | None = described("The material", NETWORK, why="a group of fields")

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that are filled in."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is not None)


class NewObject(BaseModel, frozen=True, extra="forbid"):
    """An object to be registered; its name is unique within the organisation and the kind."""

    kind: RegisteredKind
    name: Text = Field(examples=["L05-C0231"])
    record: ObjectRecord = ObjectRecord()

    @model_validator(mode="after")
    def _of_its_kind(self) -> "NewObject":
        fits(self.kind, self.record)
        return self


class ObjectChange(BaseModel, frozen=True, extra="forbid"):
    """What of an object is to change: fields that are sent replace those of its record, null empties one."""

    name: Text | None = None
    record: ObjectRecord = ObjectRecord()


class ObjectShown(BaseModel, frozen=True, extra="forbid"):
    """To whom an object is shown besides those who read data that point to it."""

    visibility: Visibility


class RegisteredObject(BaseModel, frozen=True):
    """An object as its owner sees it."""

    id: ObjectId
    kind: RegisteredKind
    owner: str
    owner_name: str
    name: str
    state: ObjectState
    visibility: Visibility
    revision: int
    created_at: datetime
    modified_at: datetime
    record: ObjectRecord


class ObjectRevision(BaseModel, frozen=True):
    """What was known of an object at one time."""

    number: int
    name: str
    created_at: datetime
    record: ObjectRecord


class VersionContent(BaseModel, frozen=True, extra="forbid"):
    """What a version of a protocol says: steps, parameters with target and tolerance, and its document.

    The document is a dataset of the kind document or protocol, or known by its SHA-256.
    """

    protocol: Protocol
    document: SourceId | None = None
    document_sha256: Sha256 | None = None

    def sha256(self) -> str:
        """SHA-256 of the canonical JSON: keys in order, no blanks, nothing that is empty, UTF-8 (as RFC 8785)."""
        written = self.model_dump(mode="json", exclude_none=True)
        text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class NewVersion(BaseModel, frozen=True, extra="forbid"):
    """A version of a protocol to be published: what the record says now, or `protocol`, with its document."""

    protocol: Protocol | None = None
    document: SourceId | None = None
    document_sha256: Sha256 | None = None
    note: Prose | None = Field(default=None, description="What is new in it")


class ProtocolVersion(BaseModel, frozen=True):
    """A published version of a protocol; it never changes. `sha256` is what `test.protocol.sha256` names."""

    number: int
    sha256: Sha256
    published_at: datetime
    note: str = ""
    content: VersionContent


class PointingDataset(BaseModel, frozen=True):
    """A dataset that points to an object, as far as the reader may see that it does."""

    dataset: str
    title: str | None
    kind: DatasetKind | None
    owner: str
    owner_name: str


class Relative(BaseModel, frozen=True):
    """A thing of production that went into an object or came of it; `id` where it is registered and shown."""

    kind: ObjectKind
    name: str
    id: ObjectId | None = None


class ShownObject(BaseModel, frozen=True):
    """An object as one reader may see it; `name` is None where it is not told."""

    id: ObjectId = Field(examples=[EXAMPLE])
    iri: str
    kind: RegisteredKind
    owner: str
    owner_name: str
    name: str | None
    state: ObjectState
    visibility: Visibility | None = Field(default=None, description="For the owner's people")
    revision: int
    created_at: datetime
    modified_at: datetime
    record: ObjectRecord


class ObjectPage(ShownObject, frozen=True):
    """An object with everything around it that the reader may see."""

    versions: tuple[ProtocolVersion, ...] = ()
    datasets: tuple[PointingDataset, ...] = Field(default=(), description="The newest 200")
    tests: tuple[PointingDataset, ...] = ()
    made_from: tuple[Relative, ...] = Field(default=(), description="The nearest 500")
    made_into: tuple[Relative, ...] = Field(default=(), description="The nearest 500")
    made_into_total: int = 0


class ObjectList(BaseModel, frozen=True):
    """One page of objects by their ids; `next` is the last id where there are more."""

    items: tuple[ShownObject, ...]
    next: str | None = None


class FromGenealogy(BaseModel, frozen=True, extra="forbid"):
    """The production run whose cells are to be registered."""

    dataset: SourceId


class Entered(BaseModel, frozen=True):
    """An object of a run with the id that it has now."""

    id: ObjectId
    name: str
    new: bool


class RegisteredFromRun(BaseModel, frozen=True):
    """The cells of a production run, each with its id."""

    dataset: str
    items: tuple[Entered, ...]


def stored(record: Mapping[str, Any], version: str) -> ObjectRecord:
    """A record as it was kept in a version of the metadata schema; what it shares with that is converted up."""
    made = {name: dict(group) for name, group in record.items()}
    for groups in (made, made.get("lot", {})):
        shared = {name: groups[name] for name in _SHARED if name in groups}
        present = upgraded({"schema_version": version, **shared})
        groups.update({name: present[name] for name in shared if name in present})
    return ObjectRecord.model_validate(made)


_SHARED = ("cell", "material", "protocol")
"""Groups of fields that are those of a dataset's record."""


def fits(kind: RegisteredKind, record: ObjectRecord) -> None:
    """`ValueError` when a group of fields is filled in that is not the kind's."""
    wrong = [name for name in record.groups if name != kind.value]
    if wrong:
        raise ValueError(f"an object of kind {kind.value} is described in record.{kind.value}, not record.{wrong[0]}")
