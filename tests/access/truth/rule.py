"""The rule, told a second time and naively, from its written form alone: plain words and plain questions.

Nothing of the product is imported here on purpose: a mistake of its rule must not be repeated.
"""

from tests.access.truth.cases import CALLERS, LEVELS, Case

Permits = set[tuple[str, str]]
"""Pairs of a level and a view that are open."""


def permits(case: Case) -> Permits:
    """Everything that the case opens to the caller on the dataset."""
    who = CALLERS[case.caller]
    # 1. The people of an organisation who read for it reach all of its own, also while it is suspended.
    if of_the_house(case):
        return {("raw", "full")}
    # 2. A seal closes to all but its parties; the owner's organisation is one, the world never.
    party = who.house == "own" or (who.house == "other" and case.shut == "seal of which they are a party")
    if case.shut in ("seal", "seal of which they are a party") and not party:
        return set()
    found: Permits = set()
    # 3. Emergency access is one person's, while it lasts.
    if case.to == "emergency" and case.level != "none" and who.house != "nobody" and lasts(case):
        found.add((case.level, "full"))
    # 4. Whom the owner has blocked gets nothing else.
    if case.shut in ("block on the organisation", "block on the person") and who.house != "nobody":
        return found
    # 5. Nor is a draft open, nor anything in which a third party has not consented.
    if case.state == "draft" or case.shut == "third party":
        return found
    # 6. To whom it is listed.
    if case.shown == "world":
        found.add(("listed", "full"))
    if case.shown == "network" and in_network(case):
        found.add(("listed", "full"))
    # 7. to 10. Grants.
    if "emergency" not in case.to and case.level != "none" and speaks_to(case, case.to) and lasts(case):
        found |= given(case, least(case.level, cap(case)), case.view)
    extra = {
        "summary in full": ("organisation", "summary", "full"),
        "tables blinded": ("organisation", "tables", "blinded"),
        "metadata to the world": ("everybody", "metadata", "full"),
        "listed to the network": ("network", "listed", "full"),
    }
    if case.besides in extra:
        to, level, view = extra[case.besides]
        if speaks_to(case, to):
            found |= given(case, least(level, cap_of_time(case)), view)
    # 7. Who reads the values under the dataset's own id gets no blinded view of it.
    if any(view in ("full", "columns") and rank(level) >= rank("summary") for level, view in found):
        found = {(level, view) for level, view in found if view != "blinded"}
    return found


def left(case: Case) -> bool:
    """Nobody acts for an organisation that has left: their tokens have ended."""
    return CALLERS[case.caller].state == "left"


def of_the_house(case: Case) -> bool:
    """Somebody who reads for the owner, which is in the network still."""
    who = CALLERS[case.caller]
    reads = who.role in ("viewer", "contributor", "steward")
    return who.house == "own" and reads and who.state in ("admitted", "suspended")


def in_network(case: Case) -> bool:
    """Somebody signed in for an organisation that takes part."""
    who = CALLERS[case.caller]
    return who.house != "nobody" and who.state == "admitted" and not who.owes


def speaks_to(case: Case, to: str) -> bool:
    """Whether a grant to this kind of grantee means the caller."""
    if to == "everybody":
        return True
    if to == "network":
        return in_network(case)
    if to in ("organisation", "group", "person's group", "person"):
        return in_network(case) and CALLERS[case.caller].role in ("viewer", "contributor", "steward")
    return False


def lasts(case: Case) -> bool:
    """Begun, not ended, not revoked."""
    return case.when in ("in force", "from now")


def cap(case: Case) -> str:
    """The best level that the first grant can give, whatever stands on it."""
    best = "raw"
    takes_part = in_network(case)
    if "agreement accepted" in case.condition and not takes_part:
        return "none"
    if case.condition in ("agreement not accepted", "agreement retired", "agreement outdated"):
        return "none"
    if case.condition == "reciprocity short" or (case.condition == "reciprocity met" and not takes_part):
        return "none"
    if case.condition == "unknown":
        return "none"
    if "purpose research" in case.condition and case.purpose != "research":
        best = "metadata"
    return least(best, cap_of_time(case))


def cap_of_time(case: Case) -> str:
    """What withdrawal and embargo leave of a grant."""
    if case.state == "withdrawn":
        return "listed"
    if case.embargo in ("running", "ended, not confirmed"):
        return "metadata"
    return "raw"


def given(case: Case, level: str, view: str) -> Permits:
    """What a grant of a view opens: chosen columns come with the record, only the full view opens raw files."""
    if level == "none":
        return set()
    if view == "full":
        return {(level, "full")}
    level = least(level, "tables")
    if view == "columns":
        return {(level, "columns"), (least(level, "metadata"), "full")}
    return {(level, view)}


def confidential(case: Case) -> bool:
    """Whether confidential fields of the record are shown: at level tables, or by the tick in a grant that reads it."""
    held = permits(case)
    if any(view == "full" and rank(level) >= rank("tables") for level, view in held):
        return True
    who = CALLERS[case.caller]
    if case.to == "emergency" and ("full" in {view for _, view in held}) and lasts(case) and who.house != "nobody":
        # The person of the emergency reads what is opened to them whole.
        return case.level in ("metadata", "summary", "tables", "raw")
    ticked = case.ticked == "yes" and case.view in ("full", "columns") and "emergency" not in case.to
    reads = (
        ticked and speaks_to(case, case.to) and lasts(case) and rank(least(case.level, cap(case))) >= rank("metadata")
    )
    return reads and bool(held) and opens(case, "metadata", "full")


def known(case: Case) -> bool:
    """Whether the caller may know that there is a dataset of this id."""
    return any(view in ("full", "columns") and level != "none" for level, view in permits(case))


def opens(case: Case, level: str, view: str) -> bool:
    """Whether a level is open in a view."""
    return any(rank(held) >= rank(level) and seen == view for held, seen in permits(case))


def answer(case: Case, level: str, view: str) -> str:
    """What a door says that needs a level in a view: as `decided`, or `not signed in`."""
    if left(case):
        return "not signed in"
    return decided(case, level, view) if CALLERS[case.caller].reads else "refused"


def decided(case: Case, level: str, view: str) -> str:
    """`given`, `refused`, or `hidden`: what the rule says to a level in a view."""
    if opens(case, level, view):
        return "given"
    if view in ("full", "columns"):
        return "refused" if known(case) else "hidden"
    return "refused" if any(seen == view for _, seen in permits(case)) else "hidden"


def right(case: Case, roles: tuple[str, ...], closes: bool = False, looks: bool = False) -> str:
    """What a door of the owner's own people answers, which needs one of these roles.

    `closes`: what an organisation may do, too, that does not take part; `looks`: and of a withdrawn dataset.
    """
    who = CALLERS[case.caller]
    if who.house == "nobody" or left(case):
        return "not signed in"
    takes_part = who.state == "admitted" and (not who.owes or closes)
    if who.house == "own" and who.role in roles and takes_part and (looks or case.state != "withdrawn"):
        return "given"
    return "refused" if known(case) else "hidden"


def least(one: str, other: str) -> str:
    return min(one, other, key=rank)


def rank(level: str) -> int:
    return LEVELS.index(level)
