"""The directory of pilot lines, what they can do, and their self-assessments."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from exchange.api.datasets import NO_NUL
from exchange.api.doors import Anyone, Caller, Live, ShortPath
from exchange.api.errors import documented
from exchange.members import survey
from schemas.eligibility import Answers, Assessment
from schemas.errors import Conflict, Denied, NotFound
from schemas.line import LineRecord, NewLine, ShownLine

router = APIRouter(prefix="/api/v1/lines", tags=["network"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_RECORD = {
    "name": "Pouch line",
    "time_zone": "Europe/Berlin",
    "public": True,
    "competencies": {
        "steps": [{"step": "coating", "led": "machine", "equipment": "Slot die, two dryers"}],
        "cells": [{"format": "pouch", "capacity_ah": 5, "width_mm": 60, "height_mm": 90}],
        "chemistries": ["NMC811//graphite"],
        "throughput": [{"cells_per_day": 40, "cell_capacity_ah": 5}],
        "electrodes": {"continuous": True, "coated_sides": 2, "metres_per_day": 200, "roll_metres": 100},
    },
}
_ANSWERS = {
    "cell_format": "pouch",
    "cell_capacity_ah": 5,
    "electrode_continuous": True,
    "electrode_metres_per_day": 200,
    "coated_sides": 2,
    "roll_metres": 100,
    "machine_led": {"coating": True, "formation": True},
    "cells_per_day": 40,
}
Word = Annotated[str | None, Query(max_length=32, pattern=r"^[a-z-]+$", description="A term of the vocabulary")]


@router.get("", summary="Find pilot lines")
def find(
    caller: Anyone,
    services: Live,
    text: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="Words of its name or description")] = "",
    step: Word = None,
    format: Word = None,
    chemistry: Annotated[str, Query(max_length=100, pattern=NO_NUL, description="A part of one is enough")] = "",
    cells_per_day: Annotated[float | None, Query(gt=0, le=1_000_000, description="At least, of any cell")] = None,
) -> list[ShownLine]:
    """Lines of the network by name; the world finds those that are public, without throughput."""
    return survey.find(services, caller, survey.Wanted(text, step, format, chemistry, cells_per_day))


@router.post("", status_code=201, summary="Enter a pilot line", responses=documented(Denied, Conflict))
def add(
    caller: Caller, services: Live, wanted: Annotated[NewLine, Body(examples=[{"id": "north-2"} | _RECORD])]
) -> ShownLine:
    """Of the caller's organisation, by its steward or admin."""
    return survey.add(services, caller, wanted)


@router.get("/{line}", summary="One pilot line", responses=_one)
def one(caller: Anyone, services: Live, line: ShortPath) -> ShownLine:
    """As far as it is shown to the caller."""
    return survey.one(services, caller, line)


@router.put("/{line}", summary="Describe a pilot line", responses=_one)
def describe(
    caller: Caller, services: Live, line: ShortPath, record: Annotated[LineRecord, Body(examples=[_RECORD])]
) -> ShownLine:
    """What the line says of itself, in place of what it said."""
    return survey.describe(services, caller, line, record)


@router.get("/{line}/assessments", summary="Self-assessments", responses=_one)
def assessments(caller: Caller, services: Live, line: ShortPath) -> list[Assessment]:
    """Newest first, each judged; for the line's own steward and admin, and the office."""
    return survey.assessments(services, caller, line)


@router.post("/{line}/assessments", status_code=201, summary="Assess eligibility", responses=_one)
def assess(
    caller: Caller, services: Live, line: ShortPath, answers: Annotated[Answers, Body(examples=[_ANSWERS])]
) -> Assessment:
    """A new version of the answers, judged at once, criterion by criterion."""
    return survey.assess(services, caller, line, answers)
