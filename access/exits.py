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
    Exit.PICTURE: Level.SUMMARY,
    Exit.CODED: Level.LISTED,
    Exit.AGGREGATE: Level.SUMMARY,
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

NAMED = frozenset({View.FULL, View.COLUMNS})
"""Views in which a dataset goes by its own id; in the others nobody may learn which one it is."""

_FULL = frozenset({View.FULL})
_BLINDED = frozenset({View.BLINDED})
VIEWS_OF_EXIT: dict[Exit, frozenset[View]] = {
    Exit.LIST: _FULL,
    Exit.DETAIL: _FULL,
    Exit.SUMMARY: NAMED | _BLINDED,
    Exit.COMPARE: NAMED,
    Exit.PRODUCTION: _FULL,
    Exit.REPORT: _FULL,
    Exit.TABLE: NAMED | _BLINDED,
    Exit.SERIES: NAMED | _BLINDED,
    Exit.PICTURE: _FULL,
    Exit.CODED: _BLINDED,
    Exit.AGGREGATE: frozenset({View.AGGREGATE}),
    Exit.FILES: _FULL,
    Exit.RAW: _FULL,
    Exit.TERMS: _FULL,
    Exit.SOURCES: _FULL,
}
"""What would tell whose data they are has no blinded form."""
