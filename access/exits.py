"""What each exit needs: the table of levels and exits, and in which views a level can be shown, as data."""

from schemas.access import Exit, Level, View

LEVEL_OF_EXIT: dict[Exit, Level] = {
    Exit.LIST: Level.LISTED,
    Exit.DETAIL: Level.LISTED,
    Exit.EXPLAIN: Level.LISTED,
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
    Exit.EXPORT: Level.LISTED,
    Exit.HARVEST: Level.LISTED,
    Exit.LANDING: Level.LISTED,
    Exit.OBJECT: Level.METADATA,
    Exit.REVISIONS: Level.METADATA,
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
VIEWS_OF_EXIT: dict[Exit, frozenset[View]] = {
    Exit.SUMMARY: NAMED | {View.BLINDED},
    Exit.COMPARE: NAMED,
    Exit.TABLE: NAMED | {View.BLINDED},
    Exit.SERIES: NAMED | {View.BLINDED},
    Exit.CODED: frozenset({View.BLINDED}),
    Exit.AGGREGATE: frozenset({View.AGGREGATE}),
}
"""Of the others there is no view but the full one: what would tell whose data they are has no blinded form."""


def views_of(exit: Exit) -> frozenset[View]:
    """The views in which an exit shows anything."""
    return VIEWS_OF_EXIT.get(exit, _FULL)
