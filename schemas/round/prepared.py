"""A draft that is prepared for one cell of a round: where its file goes, and what its record still lacks."""

from pydantic import BaseModel, Field


class PreparedDraft(BaseModel, frozen=True):
    """`made`: it was not there before; `missing` is what the record lacks to be handed in, `a or b`: one of the two."""

    round: str
    line: str
    cell: str
    number: int
    dataset: str
    made: bool
    missing: tuple[str, ...]
    upload: str = Field(description="PUT the file here", examples=["/api/v1/datasets/PLX-7Q4K-M2XD/files/{filename}"])
    resumable: str = Field(default="/api/v1/uploads", description="or begin a resumable upload (tus) here")
    record: str = Field(description="PATCH what is missing here", examples=["/api/v1/datasets/PLX-7Q4K-M2XD/metadata"])
