"""Who may do what by role: the tables of rights, as data."""

from schemas.access import NetworkRight, Right, TokenScope
from schemas.organisation import NetworkRole, Role

READERS = frozenset({Role.VIEWER, Role.CONTRIBUTOR, Role.STEWARD})
"""Roles that read the organisation's own data and what others opened to it; signatories and admins have no data."""

_WRITERS = frozenset({Role.CONTRIBUTOR, Role.STEWARD})
_STEWARDS = frozenset({Role.STEWARD})
_OF_THE_HOUSE = frozenset({Role.STEWARD, Role.ADMIN})
ROLES_OF_RIGHT: dict[Right, frozenset[Role]] = {
    Right.CREATE: _WRITERS,
    Right.ADD_FILES: _WRITERS,
    Right.DESCRIBE: _WRITERS,
    Right.RETRY: _WRITERS,
    Right.ACCEPT: _WRITERS,
    Right.PROPOSE: _WRITERS,
    Right.RELEASE: _STEWARDS,
    Right.GRANT: _STEWARDS,
    Right.WITHDRAW: _STEWARDS,
    Right.BLOCK: _STEWARDS,
    Right.SET_TEMPLATES: _STEWARDS,
    Right.ANSWER: _STEWARDS,
    Right.REQUEST: READERS,
    Right.SEE_ACCESSES: _STEWARDS,
    Right.PREVIEW: _STEWARDS,
    Right.TRANSFER: _STEWARDS,
    Right.SIGN: frozenset({Role.SIGNATORY}),
    Right.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
    Right.SEE_PEOPLE: _OF_THE_HOUSE,
    Right.DESCRIBE_LINES: _OF_THE_HOUSE,
    Right.SPEAK_FOR: _OF_THE_HOUSE,
    Right.HAND_IN: _WRITERS,
    Right.JOIN_ROUNDS: frozenset({Role.SIGNATORY}),
    Right.SPEAK_IN_ROUNDS: _STEWARDS,
    Right.LEAVE_ROUNDS: frozenset({Role.STEWARD, Role.SIGNATORY}),
}
_UPLOADING = frozenset(
    {
        Right.CREATE,
        Right.ADD_FILES,
        Right.DESCRIBE,
        Right.RETRY,
        Right.ACCEPT,
        Right.PROPOSE,
        Right.REQUEST,
        Right.HAND_IN,
    }
)
SCOPE_OF_RIGHT: dict[Right, TokenScope] = {
    right: TokenScope.UPLOAD if right in _UPLOADING else TokenScope.MANAGE for right in Right
} | {Right.SEE_PEOPLE: TokenScope.READ}

WITHOUT_TAKING_PART = frozenset(
    {
        Right.SIGN,
        Right.MANAGE_PEOPLE,
        Right.SEE_PEOPLE,
        Right.SPEAK_FOR,
        Right.WITHDRAW,
        Right.BLOCK,
        Right.SEE_ACCESSES,
        Right.LEAVE_ROUNDS,
    }
)
"""What an organisation may do that has not accepted what taking part needs: accept it, and close what is open."""

_OFFICE = frozenset({NetworkRole.OFFICE})
_AUDITORS = frozenset({NetworkRole.AUDITOR})
ROLES_OF_NETWORK_RIGHT: dict[NetworkRight, frozenset[NetworkRole]] = {
    NetworkRight.ADMIT: _OFFICE,
    NetworkRight.MANAGE_NETWORK: _OFFICE,
    NetworkRight.PUBLISH_AGREEMENTS: _OFFICE,
    NetworkRight.READ_AUDIT: _AUDITORS,
    NetworkRight.IDENTIFY_PERSONS: _AUDITORS,
    NetworkRight.EDIT_VOCABULARIES: frozenset({NetworkRole.VOCABULARY_EDITOR}),
    NetworkRight.BREAK_GLASS: _OFFICE,
    NetworkRight.FOUND_ROUNDS: _OFFICE,
}
