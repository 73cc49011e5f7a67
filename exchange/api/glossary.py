"""The glossary as data."""

from fastapi import APIRouter

from exchange.api.doors import Live
from exchange.api.errors import documented
from exchange.api.vocabularies import Sought
from exchange.vocabulary import glossary
from schemas.glossary import GlossaryEntry

router = APIRouter(prefix="/api/v1/glossary", tags=["vocabularies"], responses=documented())


@router.get("", summary="Words and what they mean")
def find(services: Live, q: Sought = "") -> list[GlossaryEntry]:
    """Words of the platform, metrics and the terms of every vocabulary; with `q` those that fit."""
    return glossary.find(services, q)
