"""What each exit needs: the table of levels and exits, and in which views a level can be shown, as data."""

from schemas.access import Exit, Level, View

LEVEL_OF_EXIT: dict[Exit, Level] = {
    Exit.LIST: Level.LISTED,
    Exit.DETAIL: Level.LISTED,
    Exit.SUMMARY: Level.SUMMARY,
    Exit.COMPARE: Level.SUMMARY,
    Exit.PRODUCTION: Level.METADATA,
    Exit.REPORT: Level.TABLES,
    Exit.TABLE: Level.TABLES,
    Exit.SERIES: Level.TABLES,
    Exit.FILES: Level.TABLES,
    Exit.RAW: Level.RAW,
    Exit.TERMS: Level.LISTED,
    Exit.SOURCES: Level.METADATA,
}

VIEWS_OF_LEVEL: dict[Level, frozenset[View]] = {
    Level.NONE: frozenset(),
    Level.LISTED: frozenset(View),
    Level.METADATA: frozenset(View),
    Level.SUMMARY: frozenset(View),
    Level.TABLES: frozenset(View),
    Level.RAW: frozenset({View.FULL}),
}
"""Raw files say everything: there is no other view of them."""
