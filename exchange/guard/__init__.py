"""The one guard: ask the access rule, record the decision in its own committed transaction, then act or refuse."""

from exchange.guard.exits import (
    Allowed,
    allow,
    allow_all,
    allow_in_view,
    judge,
    level_of,
    listed,
    listing,
    on_the_machine,
)
from exchange.guard.of_network import acted, is_office, require_in_network, require_within, settle
from exchange.guard.of_objects import AllowedObject, allow_object, nameable, require_object, sights
from exchange.guard.of_rights import (
    created,
    hold,
    may_at_all,
    require,
    require_all,
    require_each,
    require_general,
    require_to_ask,
    unknown,
)
from exchange.guard.of_rounds import AllowedRound, allow_round, require_in_round, standing_in
from exchange.guard.verdicts import not_reading

__all__ = [
    "Allowed",
    "AllowedObject",
    "AllowedRound",
    "acted",
    "allow",
    "allow_all",
    "allow_in_view",
    "allow_object",
    "allow_round",
    "created",
    "hold",
    "is_office",
    "judge",
    "level_of",
    "listed",
    "listing",
    "may_at_all",
    "nameable",
    "not_reading",
    "on_the_machine",
    "require",
    "require_all",
    "require_each",
    "require_general",
    "require_in_network",
    "require_in_round",
    "require_object",
    "require_to_ask",
    "require_within",
    "settle",
    "sights",
    "standing_in",
    "unknown",
]
