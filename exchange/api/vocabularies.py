"""Controlled vocabularies: open to everybody, edited by the network's vocabulary editors."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from exchange.api.datasets import NO_NUL
from exchange.api.doors import Anyone, Caller, Live
from exchange.api.errors import documented
from exchange.vocabulary import edit, read
from schemas.errors import Conflict, Denied, NotFound
from schemas.term import (
    Deprecation,
    NewTerm,
    Restoration,
    ShownTerm,
    ShownVocabulary,
    TermCorrection,
    VocabularyPage,
)

public = APIRouter(prefix="/api/v1/vocabularies", tags=["vocabularies"], responses=documented(NotFound))
router = APIRouter(
    prefix="/api/v1/vocabularies", tags=["vocabularies"], responses=documented(Denied, NotFound, Conflict)
)
Name = Annotated[str, Path(pattern=r"^[a-z][a-z-]*$", max_length=32, examples=["test-kinds"])]
TermPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64, examples=["cycling"])]
Sought = Annotated[str, Query(max_length=200, pattern=NO_NUL, description="Words of its names or its definition")]
_NEW = {
    "id": "fast-charging",
    "label": "Fast charging",
    "definition": "How fast a cell takes charge without damage",
    "synonyms": ["fast-charge test"],
    "why": "no term found in EMMO",
    "reason": "Asked for by three lines",
}
_REASON = {"reason": "Nobody could tell it from duty-cycle"}


@public.get("", summary="All vocabularies")
def every(services: Live) -> list[ShownVocabulary]:
    """With the number of their terms; the version counts up with every change made here."""
    return read.every(services)


@public.get("/{name}", summary="One vocabulary")
def one(
    services: Live,
    name: Name,
    q: Sought = "",
    deprecated: Annotated[bool, Query(description="Deprecated terms, too")] = True,
) -> VocabularyPage:
    """Its terms, or those that fit."""
    return read.one(services, name, q, None if deprecated else False)


@public.get("/{name}/skos", summary="One vocabulary as SKOS", response_class=Response)
def skos(services: Live, name: Name) -> Response:
    """In Turtle."""
    return Response(read.as_skos(services, name), media_type="text/turtle; charset=utf-8")


@public.get("/{name}/csv", summary="One vocabulary as CSV", response_class=Response)
def as_csv(services: Live, name: Name) -> Response:
    """One term a row."""
    return Response(read.as_csv(services, name), media_type="text/csv; charset=utf-8")


@public.get("/{name}/{term}", summary="One term, with its history")
def term(caller: Anyone, services: Live, name: Name, term: TermPath) -> ShownTerm:
    """What it means and every change of it, oldest first; the person behind a change is shown to editors alone."""
    return read.term(services, caller, name, term)


@router.post("/{name}/terms", status_code=201, summary="Add a term")
def add(caller: Caller, services: Live, name: Name, wanted: Annotated[NewTerm, Body(examples=[_NEW])]) -> ShownTerm:
    """By a vocabulary editor."""
    return edit.add(services, caller, name, wanted)


@router.patch("/{name}/terms/{term}", summary="Say a term otherwise")
def correct(
    caller: Caller,
    services: Live,
    name: Name,
    term: TermPath,
    wanted: Annotated[
        TermCorrection, Body(examples=[{"synonyms": ["cycle life test"], "reason": "It is written so, too"}])
    ],
) -> ShownTerm:
    """By a vocabulary editor: label, definition, synonyms or IRI; what it said before stays in its history."""
    return edit.correct(services, caller, name, term, wanted)


@router.post("/{name}/terms/{term}/deprecation", status_code=201, summary="Deprecate a term")
def deprecate(
    caller: Caller,
    services: Live,
    name: Name,
    term: TermPath,
    wanted: Annotated[Deprecation, Body(examples=[_REASON | {"replaced_by": "duty-cycle"}])],
) -> ShownTerm:
    """By a vocabulary editor; it stays readable, and records with it stay valid."""
    return edit.deprecate(services, caller, name, term, wanted)


@router.post("/{name}/terms/{term}/restoration", status_code=201, summary="Take a deprecated term up again")
def restore(
    caller: Caller,
    services: Live,
    name: Name,
    term: TermPath,
    wanted: Annotated[Restoration, Body(examples=[{"reason": "It is still used"}])],
) -> ShownTerm:
    """By a vocabulary editor."""
    return edit.restore(services, caller, name, term, wanted)
