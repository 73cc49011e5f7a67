"""What the truth table varies: who asks, what was given, on which conditions, and what shuts the dataset."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations, product
from random import Random

LEVELS = ("none", "listed", "metadata", "summary", "tables", "raw")
VIEWS = ("full", "columns", "blinded", "aggregate")


@dataclass(frozen=True)
class Caller:
    """Whose person asks (`own`: the owner's; `other`: another organisation's; `nobody`), as what, in which state."""

    house: str
    role: str = ""
    state: str = "admitted"
    owes: bool = False
    reads: bool = True
    office: str = ""


CALLERS: dict[str, Caller] = {
    "nobody": Caller("nobody", state=""),
    "own viewer": Caller("own", "viewer"),
    "own contributor": Caller("own", "contributor"),
    "own steward": Caller("own", "steward"),
    "own signatory": Caller("own", "signatory"),
    "own admin": Caller("own", "admin"),
    "own steward, suspended": Caller("own", "steward", "suspended"),
    "own steward, left": Caller("own", "steward", "left"),
    "own steward, owing an agreement": Caller("own", "steward", owes=True),
    "viewer": Caller("other", "viewer"),
    "contributor": Caller("other", "contributor"),
    "steward": Caller("other", "steward"),
    "signatory": Caller("other", "signatory"),
    "admin": Caller("other", "admin"),
    "service account": Caller("other", "viewer"),
    "viewer, suspended": Caller("other", "viewer", "suspended"),
    "viewer, left": Caller("other", "viewer", "left"),
    "viewer, applied": Caller("other", "viewer", "applied"),
    "viewer, owing an agreement": Caller("other", "viewer", owes=True),
    "viewer with a token that only uploads": Caller("other", "viewer", reads=False),
    "office": Caller("other", "admin", office="office"),
    "auditor": Caller("other", "signatory", office="auditor"),
    "vocabulary editor": Caller("other", "admin", office="vocabulary-editor"),
}


@dataclass(frozen=True)
class Case:
    """One situation of one dataset; every field is a word of the table. `besides` is a second grant, in force.

    The block, seal, third party and embargo stand on the dataset, or (`at`) on one that it was made from.
    """

    caller: str = "viewer"
    purpose: str = "none"
    state: str = "released"
    shown: str = "organisation"
    shut: str = "nothing"
    embargo: str = "none"
    at: str = "itself"
    to: str = "organisation"
    level: str = "none"
    view: str = "full"
    ticked: str = "no"
    when: str = "in force"
    condition: str = "none"
    besides: str = "nothing"


WORDS: dict[str, tuple[str, ...]] = {
    "caller": tuple(CALLERS),
    "purpose": ("none", "research", "commercial"),
    "state": ("released", "draft", "withdrawn"),
    "shown": ("organisation", "network", "world"),
    "shut": (
        "nothing",
        "block on the organisation",
        "block on the person",
        "block on another",
        "ended block",
        "seal",
        "seal of which they are a party",
        "opened seal",
        "third party",
        "third party that consented",
    ),
    "embargo": (
        "none",
        "running",
        "running, grant valid during it",
        "ended, not confirmed",
        "ended, confirmed",
        "ended, given after",
    ),
    "at": ("itself", "a source"),
    "to": (
        "organisation",
        "group",
        "person's group",
        "person",
        "network",
        "everybody",
        "another organisation",
        "another person",
        "emergency",
        "another's emergency",
    ),
    "level": LEVELS,
    "view": VIEWS,
    "ticked": ("no", "yes"),
    "when": ("in force", "from now", "not begun", "ends now", "ended", "revoked"),
    "condition": (
        "none",
        "agreement accepted",
        "agreement not accepted",
        "agreement retired",
        "agreement outdated",
        "purpose research",
        "reciprocity met",
        "reciprocity short",
        "agreement accepted and purpose research",
        "unknown",
    ),
    "besides": ("nothing", "summary in full", "tables blinded", "metadata to the world", "listed to the network"),
}
assert list(WORDS) == [one.name for one in fields(Case)]


def sensible(case: Case) -> bool:
    """Leaves out what cannot be kept: emergency access is in full, and there is no grant of nothing."""
    if "emergency" in case.to and (case.view != "full" or case.condition != "none"):
        return False
    if case.level == "none":
        return case == replace(
            Case(), caller=case.caller, state=case.state, shown=case.shown, shut=case.shut, besides=case.besides
        )
    return not (case.at == "a source" and case.shut == "nothing" and case.embargo == "none")


def every() -> Iterator[Case]:
    """Each two of the words that bear on the same opening, in full product, everything else as it mostly is.

    A product of all would have tens of milliards of rows; what stands together here is what the rule joins.
    """
    groups: tuple[tuple[str, ...], ...] = (
        ("caller", "to", "level", "view", "state"),
        ("caller", "to", "when", "embargo", "level"),
        ("caller", "purpose", "condition", "level", "view"),
        ("caller", "shut", "at", "to", "level", "state"),
        ("caller", "shown", "state", "shut", "besides", "view", "level"),
        ("caller", "level", "view", "ticked", "besides", "embargo", "purpose"),
        ("condition", "embargo", "when", "state", "purpose", "level", "view"),
    )
    seen: set[Case] = set()
    for names in groups:
        for words in product(*(WORDS[name] for name in names)):
            case = replace(Case(level="raw"), **dict(zip(names, words, strict=True)))
            if sensible(case) and case not in seen:
                seen.add(case)
                yield case


def covering(words: Mapping[str, Sequence[str]], seed: int = 1, tries: int = 25) -> list[dict[str, str]]:
    """Rows in which every two words of different columns stand together at least once.

    Greedy (after D. M. Cohen et al., The AETG system, IEEE Trans. Softw. Eng. 23 (1997) 437): each row begins with a
    pair that is missing still, and the other columns take the word that meets most missing pairs.
    """
    random, names = Random(seed), list(words)
    missing = {
        ((one, a), (other, b)) for one, other in combinations(names, 2) for a in words[one] for b in words[other]
    }
    order = {name: at for at, name in enumerate(names)}

    def pairs(row: Mapping[str, str], name: str, word: str) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
        for other, there in row.items():
            if other != name:
                first, second = sorted(((name, word), (other, there)), key=lambda pair: order[pair[0]])
                yield first, second

    rows: list[dict[str, str]] = []
    while missing:
        first, second = min(missing)
        best: dict[str, str] = {}
        best_met: set[tuple[tuple[str, str], tuple[str, str]]] = set()
        for _ in range(tries):
            row = dict((first, second))
            for name in random.sample(names, len(names)):
                if name not in row:
                    row[name] = max(
                        random.sample(list(words[name]), len(words[name])),
                        key=lambda word, name=name: sum(pair in missing for pair in pairs(row, name, word)),  # type: ignore[misc]  # bound at once
                    )
            met = {pair for name in row for pair in pairs(row, name, row[name])} & missing
            if len(met) > len(best_met):
                best, best_met = row, met
        missing -= best_met
        rows.append(best)
    return rows
