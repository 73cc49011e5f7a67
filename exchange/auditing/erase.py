"""Erase: everything that is kept about a person, as a document, and its erasure where nothing forbids it."""

from dataclasses import dataclass

from exchange import visibility
from exchange.record import ALLOWED, Told, record
from exchange.services import Services
from schemas.errors import Conflict, NotFound
from storage import people, persons, retention


@dataclass(frozen=True)
class Erasure:
    """What became of a person's traces: what went, what stays under an id that names nobody, and what must remain."""

    user: str
    called: str
    tokens: int
    went: dict[str, int]
    renamed: dict[str, int]
    audit_events: int
    audit_ties: int
    remains: tuple[str, ...]


def everything(services: Services, user: str) -> dict[str, object]:
    """Everything kept about a person, as JSON can say it; `NotFound` when there is no such person."""
    now = services.now()
    with services.sessions.begin() as session:
        if not people.user_exists(session, user):
            raise NotFound(f"There is no user {user}.")
        found: dict[str, object] = {
            "user": user,
            "at": now.isoformat(),
            "rows": persons.kept(session, user),
            "audit": retention.events_of(session, user),
            "records_naming": persons.records_naming(session, people.user(session, user).name),
            "holds": [one.model_dump(mode="json") for one in retention.holds(session, user, now)],
            "not_shown": "Hashes of tokens and salts. Raw files and logs are not searched.",
        }
        record(services, session, None, Told("operator:export person", None, ALLOWED, person=user))
    return found


def erase(services: Services, user: str) -> Erasure:
    """End the account and erase the person; what they made stays under an id that names nobody.

    `Conflict` while the audit holds what it knows of them. The audit's events stay; nobody can tell whose.
    """
    now, called = services.now(), f"erased-{services.new_id()[:24]}"
    with services.sessions.begin() as session:
        name = persons.lock(session, user)
        held = retention.holds(session, user, now)
        if held:
            raise Conflict(
                f"What the audit knows of {user} is on hold until {held[-1].until.date().isoformat()}; "
                f"end the account with `exchange network user-end {user}`, and erase it after the hold."
            )
        tokens = people.end_user(session, user, now)
        signed, named = persons.evidence_of(session, user), persons.records_naming(session, name)
        events, ties = retention.forget_person(session, user)
        changed, given = persons.erase(session, user, called, now)
        visibility.refresh(session, given)
        facts: dict[str, str | int] = {"called": called, "events": events, "ties": ties, "tokens": tokens}
        record(services, session, None, Told("operator:erase person", None, ALLOWED, facts))
    return Erasure(
        user=user,
        called=called,
        tokens=tokens,
        went={table: count for table, count in changed.items() if table in persons.OF_THE_PERSON},
        renamed={table: count for table, count in changed.items() if table not in persons.OF_THE_PERSON},
        audit_events=events,
        audit_ties=ties,
        remains=tuple(_remains(name, signed, named)),
    )


def _remains(name: str, signed: int, named: list[str]) -> list[str]:
    """Sentences on what was not erased and why."""
    found = ["The audit's events, under pseudonyms that nobody can resolve any more: proof of what was done with data."]
    if signed:
        found.append(
            f"{signed} acceptances of agreements, or of taking part in rounds, with name and function of who signed: "
            "evidence of a contract (GDPR, Article 17(3)(e)). It goes when the agreement's duties have ended."
        )
    if named:
        found.append(
            f"The name '{name}' in the records of {', '.join(named)}: who published a dataset is part of its citation. "
            "Its owner's steward can correct the record; earlier revisions stay."
        )
    found.append("Raw files are kept exactly as uploaded, and backups and logs until they end; look there by hand.")
    return found
