"""Glossary: every word with its meaning, the terms as they are now; for everybody."""

from exchange.services import Services
from exchange.vocabulary import living
from schemas.glossary import GlossaryEntry, entries, sought


def find(services: Services, q: str = "") -> list[GlossaryEntry]:
    """All entries, or those that fit."""
    with services.sessions.read() as session:
        return list(sought(entries(living.living(session)), q))
