"""Tests of several files, and files of several cells."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.arranging import arrange, split
from schemas.dataset import Version
from schemas.errors import Conflict, Denied, NotFound
from schemas.parts import NewVersion, Proposal, Split, SplitOff

router = APIRouter(prefix="/api/v1/datasets/{dataset}", tags=["data"], responses=documented(Denied, NotFound))
_change = documented(Denied, NotFound, Conflict)
_ORDER = {"files": ["7qg1d0v2m8k4xw9t3r5yhz6bnc", "2c8jw4n0e6p1ak9s5vxd7ht3qm"]}
_ALL, _SOME = {"choices": "all"}, {"choices": ["cells/A-01.csv", "cells/A-02.csv"]}


@router.get("/proposal", summary="In which order the files could be one test")
def proposal(caller: Caller, services: Live, dataset: DatasetId) -> Proposal:
    """By clocks, test times, counters and names; nothing is joined before it is confirmed as a version."""
    return arrange.proposal(services, caller, dataset)


@router.post("/versions", status_code=201, summary="A version of several files", responses=_change)
def new_version(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[NewVersion, Body(examples=[_ORDER])]
) -> Version:
    """Raw files that the organisation holds, in the order of the test; they are referred to, not copied."""
    return arrange.arrange(services, caller, dataset, wanted)


@router.post("/split", status_code=201, summary="One draft for each cell of a file", responses=_change)
def split_off(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[Split, Body(examples=[_ALL, _SOME])]
) -> list[SplitOff]:
    """For each choice that the report names; a choice that was split off before keeps its draft."""
    return split.split(services, caller, dataset, wanted)
