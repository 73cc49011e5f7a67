"""Vocabularies as they are kept: every change stays, and words of records wait for an answer, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from schemas.errors import Conflict
from schemas.identifiers import new_id
from schemas.organisation import Organisation, Role, Standing, User
from schemas.term import ChangeKind, TermChange
from schemas.term_proposal import TermProposalState
from storage import catalogue, people, term_proposals, vocabularies
from storage.database import Sessions
from tests.records import metadata

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEY = ("materials", "oddstuff")


def enter(session: Session) -> None:
    """North and west, their stewards and three drafts."""
    for id in ("north", "west"):
        people.add_organisation(session, Organisation(id=id, name=id.title(), standing=Standing.MEMBER), NOW)
        people.add_user(session, User(id=id, organisation=id, name=id), {Role.STEWARD}, NOW)
    for dataset, owner in (("n1", "north"), ("n2", "north"), ("w1", "west")):
        catalogue.create(session, dataset, owner, owner, metadata(), NOW)


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """A transaction in which they are entered."""
    with sessions.begin() as opened:
        enter(opened)
        yield opened


def change(number: int, term: str = "a", vocabulary: str = "materials") -> TermChange:
    return TermChange(
        vocabulary=vocabulary,
        number=number,
        term=term,
        kind=ChangeKind.ADDED,
        fields={"label": "A", "synonyms": ["b"]},
        reason="Because",
        at=NOW,
        by="north",
        organisation="north",
    )


def note(session: Session, dataset: str, owner: str, *words: str) -> None:
    keys = {("materials", word.lower().replace(" ", "")): word for word in words}
    term_proposals.note(session, dataset, owner, keys, {key: new_id() for key in keys}, NOW)


def waiting(session: Session, organisation: str | None = None) -> list[tuple[str, str, int]]:
    found = term_proposals.every(session, organisation, TermProposalState.OPEN)
    return sorted((one.organisation, one.text, one.count) for one in found)


def test_changes_come_back_as_they_were_made_and_in_order(session: Session) -> None:
    made = [change(1), change(2, "b"), change(1, "c", "chemistries")]
    for one in made:
        vocabularies.add(session, one)
    assert vocabularies.changes(session) == {"materials": made[:2], "chemistries": made[2:]}
    assert vocabularies.changes(session, ["chemistries"]) == {"chemistries": made[2:]}


def test_two_changes_at_once_do_not_both_go_in(session: Session) -> None:
    vocabularies.add(session, change(1))
    with pytest.raises(Conflict), session.begin_nested():
        vocabularies.add(session, change(1, "b"))
    assert len(vocabularies.changes(session)["materials"]) == 1


def test_each_organisation_has_its_own_proposal_of_a_word(session: Session) -> None:
    note(session, "n1", "north", "Odd stuff")
    note(session, "n2", "north", "odd STUFF", "Other")
    note(session, "w1", "west", "ODD stuff")
    assert waiting(session) == [("north", "Odd stuff", 2), ("north", "Other", 1), ("west", "ODD stuff", 1)]
    assert waiting(session, "west") == [("west", "ODD stuff", 1)]


def test_a_word_that_no_record_has_any_more_is_withdrawn_and_comes_back_with_the_next(session: Session) -> None:
    note(session, "n1", "north", "Odd stuff")
    note(session, "n1", "north")
    assert waiting(session) == []
    assert [one.state for one in term_proposals.every(session)] == [TermProposalState.WITHDRAWN]
    note(session, "n2", "north", "Odd stuff")
    assert waiting(session) == [("north", "Odd stuff", 1)]


def test_two_records_that_propose_a_word_at_the_same_moment_are_both_counted(sessions: Sessions) -> None:
    with sessions.begin() as session:
        enter(session)
    together = Barrier(2)

    def save(dataset: str) -> None:
        together.wait(10)
        with sessions.begin() as session:
            note(session, dataset, "north", "Odd stuff", "Other")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save, ["n1", "n2"]))
    with sessions.read() as session:
        assert waiting(session) == [("north", "Odd stuff", 2), ("north", "Other", 2)]


def test_an_answer_is_for_all_that_are_alike_and_is_given_once(session: Session) -> None:
    note(session, "n1", "north", "Odd stuff", "Other")
    note(session, "w1", "west", "odd stuff")
    [first] = [one for one in term_proposals.every(session, "north") if one.text == "Odd stuff"]
    answered = (TermProposalState.MAPPED, "PVDF", "west", NOW, "The same")
    assert term_proposals.answer(session, first.id, *answered) == 2
    assert waiting(session) == [("north", "Other", 1)]
    assert term_proposals.settled(session, "north") == term_proposals.settled(session, "west") == {KEY: "PVDF"}
    with pytest.raises(Conflict):
        term_proposals.answer(session, first.id, *answered)
    note(session, "n2", "north", "Odd stuff")
    assert waiting(session) == [("north", "Other", 1)], "an answered word is asked again"
