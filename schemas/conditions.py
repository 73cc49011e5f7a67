"""On what a grant can depend: an accepted agreement, reciprocity, a stated purpose."""

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from schemas.metadata import DatasetKind
from schemas.organisation import ShortId


class Purpose(StrEnum):
    """For what data are used; agreements and grants choose from this list."""

    RESEARCH = "research"
    PROCESS_OPTIMISATION = "process-optimisation"
    BENCHMARKING = "benchmarking"
    MODEL_TRAINING = "model-training"
    COMMERCIAL = "commercial"


class AgreementAccepted(BaseModel, frozen=True, extra="forbid"):
    """Met while the grantee's organisation has an acceptance of the agreement in force."""

    type: Literal["agreement"] = "agreement"
    agreement: ShortId


class Reciprocity(BaseModel, frozen=True, extra="forbid"):
    """Met while the organisation has so many released, good, not withdrawn datasets of the kind in a collection."""

    type: Literal["reciprocity"] = "reciprocity"
    collection: ShortId
    kind: DatasetKind
    count: int = Field(default=1, ge=1, le=10_000)


class PurposeStated(BaseModel, frozen=True, extra="forbid"):
    """Use of the data needs one of these purposes, stated with the request; to see that they exist needs none."""

    type: Literal["purpose"] = "purpose"
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=5)]


class Unknown(BaseModel, frozen=True):
    """A kept condition that this version does not know: never met. It cannot be entered."""

    type: Literal["unknown"] = "unknown"
    found: str


Condition = Annotated[AgreementAccepted | Reciprocity | PurposeStated, Field(discriminator="type")]
Kept = AgreementAccepted | Reciprocity | PurposeStated | Unknown
_condition: TypeAdapter[AgreementAccepted | Reciprocity | PurposeStated] = TypeAdapter(Condition)


def kept(stored: Iterable[object]) -> tuple[Kept, ...]:
    """Conditions as they stand in the database; what is not understood becomes `Unknown`."""
    return tuple(_kept(one) for one in stored)


def terms_id(conditions: Iterable[Kept]) -> str:
    """A name for a set of conditions, the same for equal sets: 32 hexadecimal digits; empty for none."""
    written = sorted({json.dumps(one.model_dump(mode="json"), sort_keys=True) for one in conditions})
    return hashlib.sha256("\n".join(written).encode()).hexdigest()[:32] if written else ""


def _kept(stored: object) -> Kept:
    try:
        return _condition.validate_python(stored)
    except ValidationError:
        return Unknown(found=json.dumps(stored, sort_keys=True, default=str)[:500])
