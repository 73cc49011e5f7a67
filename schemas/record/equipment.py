"""A piece of equipment and a lot, as the platform keeps them for themselves."""

from enum import StrEnum

from pydantic import AwareDatetime

from schemas.record.cell import Cell
from schemas.record.field import CONFIDENTIAL, NETWORK, Part, Prose, Text, described
from schemas.record.making import MaterialDescribed
from schemas.record.testing import Calibration


class EquipmentStatus(StrEnum):
    """Whether a piece of equipment can be used."""

    IN_USE = "in-use"
    UNDER_REPAIR = "under-repair"
    OUT_OF_USE = "out-of-use"


class Calibrated(Calibration, frozen=True, extra="forbid"):
    """One calibration of many: when and by whom, until when it holds, its uncertainties."""

    by: Text | None = described("Laboratory or firm that did it", NETWORK, iri="schema:agent")
    certificate: Text | None = described("Number of the certificate", NETWORK, iri="schema:identifier")
    due_at: AwareDatetime | None = described(
        "Next one due, with offset", NETWORK, why="CHAMEO has the date of a calibration, not of the next"
    )


class Equipment(Part, frozen=True, extra="forbid"):
    """A cycler, a chamber, a coater: what measures or makes."""

    name: Text | None = described("As the line calls it", NETWORK, iri="schema:name", example="Coater 1")
    type: Text | None = described(
        "What it is", NETWORK, terms="equipment-kinds", iri="schema:additionalType", example="cycler"
    )
    maker: Text | None = described("Maker", NETWORK, iri="schema:manufacturer", example="Arbin")
    model: Text | None = described("Model", NETWORK, iri="schema:model", example="LBT 21084")
    serial: Text | None = described("Serial number", NETWORK, iri="schema:serialNumber")
    line: Text | None = described("Name of the pilot line", NETWORK, iri="prov:atLocation", example="North 1")
    location: Text | None = described("Where it stands", CONFIDENTIAL, iri="schema:location", example="Hall 2")
    channels: int | None = described("Channels", NETWORK, why="a count", ge=1, le=100_000)
    commissioned_at: AwareDatetime | None = described(
        "In use since, with offset", NETWORK, why="schema.org has dates of making and of purchase"
    )
    status: EquipmentStatus | None = described(
        "Whether it can be used", NETWORK, why="states that this platform tells apart", example="in-use"
    )
    calibrations: tuple[Calibrated, ...] = described(
        "Calibrations, oldest first", NETWORK, why="a group of fields", default=(), max_length=500
    )
    note: Prose | None = described("What else there is to know", CONFIDENTIAL, iri="schema:description")


class Lot(Part, frozen=True, extra="forbid"):
    """A lot: of equal cells, or of a material."""

    cell: Cell | None = described("What each cell of the lot is", NETWORK, why="a group of fields")
    material: MaterialDescribed | None = described("The material of the lot", NETWORK, why="a group of fields")
    count: int | None = described("Cells of the lot", CONFIDENTIAL, why="a count", ge=1, le=10_000_000)
    made_at: AwareDatetime | None = described(
        "When it was finished or delivered, with offset", NETWORK, iri="schema:productionDate"
    )
