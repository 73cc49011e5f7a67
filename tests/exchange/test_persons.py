"""Persons are forgotten by age and on demand, a hold keeps them, and the audit's chain stays sound all the while."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from exchange import describe
from exchange.asked import Asked, asked
from exchange.auditing import retain
from exchange.auditing.erase import erase, everything
from exchange.auditing.retain import Forgotten, forget
from exchange.auditing.seal import seal, verify
from exchange.cli import app
from exchange.guard import listed
from exchange.identify import identify, issue_token
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.access import Principal, TokenScope
from schemas.errors import Conflict, NotFound, Refused, Unauthenticated
from schemas.metadata import Metadata
from schemas.organisation import Line, Organisation, Role, Standing, User
from schemas.round.round import RoundRecord, RoundRole
from storage import participants, people, persons, rounds
from storage.tables import (
    AcceptanceRow,
    AgreementRow,
    AgreementVersionRow,
    InvitationRow,
    MailRow,
    NotificationRow,
    Row,
    UserRow,
)

AT = datetime.fromisoformat("2027-01-15T12:00:00+00:00")
DAY = timedelta(days=1)
ROUND = {
    "title": "Capacity",
    "protocol": {"name": "Check", "version": "1"},
    "cells_per_line": 1,
    "closes_at": AT + DAY,
    "plan": {
        "kpis": [{"kpi": {"kind": "cycle-capacity", "id": "q", "label": "Q", "cycle": 1}, "sigma_pt": 1.0}],
    },
}


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path / "data", database_url=database_url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    made = replace(open_services(settings), now=lambda: AT)
    with made.sessions.begin() as session:
        people.add_organisation(session, Organisation(id="north", name="North", standing=Standing.MEMBER), AT)
        for id in ("ada", "eva"):
            user = User(id=id, organisation="north", name=f"{id.title()} Example")
            people.add_user(session, user, {Role.STEWARD}, AT)
    yield made
    close_services(made)


def sign_in(services: Services, user: str) -> Principal:
    return identify(services, f"Bearer {issue_token(services, user, 'test', frozenset(TokenScope))}")


def search(services: Services, user: str, words: str) -> None:
    token = asked.set(Asked(address="192.0.2.7"))
    try:
        listed(services, sign_in(services, user), words, 0)
    finally:
        asked.reset(token)


def after(services: Services, days: float) -> Services:
    return replace(services, now=lambda: AT + days * DAY)


def kept(services: Services) -> tuple[list[str], list[str], list[str]]:
    with services.sessions.read() as session:
        personal = session.execute(text("SELECT address, said FROM plx_audit_person ORDER BY event_id")).all()
        users = session.scalars(text("SELECT user_id FROM plx_audit_actor ORDER BY user_id")).all()
    return [one.address for one in personal if one.address], [one.said for one in personal if one.said], list(users)


def test_addresses_go_after_ninety_days_and_persons_after_three_years_while_the_chain_stays_sound(
    services: Services,
) -> None:
    search(services, "ada", "cells of Eva")
    seal(services)
    assert kept(services) == (["192.0.2.7"], ["cells of Eva"], ["ada"])
    assert forget(after(services, 89)) == Forgotten()
    assert forget(after(services, 91)) == Forgotten(addresses=1)
    assert kept(services) == ([], ["cells of Eva"], ["ada"])
    assert forget(after(services, 1094)) == Forgotten()
    assert forget(after(services, 1096)) == Forgotten(words=1)
    assert forget(after(services, 1096 + 17)) == Forgotten(ties=1), "with the youngest event of its month"
    assert kept(services) == ([], [], [])
    found = verify(services)
    assert found.sound and found.events == 1


def test_a_hold_keeps_what_is_known_of_one_person_until_it_ends_by_itself(services: Services) -> None:
    for user in ("ada", "eva"):
        search(services, user, f"of {user}")
    retain.hold(after(services, 80), "ada", "A complaint", days=20)

    assert forget(after(services, 95)) == Forgotten(addresses=1)
    assert kept(services)[0] == ["192.0.2.7"]
    with pytest.raises(Conflict, match="on hold until"):
        erase(after(services, 95), "ada")
    assert forget(after(services, 101)) == Forgotten(addresses=1)
    assert kept(services)[0] == []
    retain.hold(after(services, 101), "ada", "Another complaint", days=20)
    assert retain.release(after(services, 102), "ada") == 1
    erase(after(services, 102), "ada")


def test_a_hold_keeps_whose_a_pseudonym_is_beyond_three_years(services: Services) -> None:
    for user in ("ada", "eva"):
        search(services, user, f"of {user}")
    retain.hold(after(services, 1000), "ada", "A complaint", days=300)
    assert forget(after(services, 1200)) == Forgotten(addresses=1, words=1, ties=1)
    assert kept(services)[1:] == (["of ada", "A complaint"], ["ada", "ada"])
    assert forget(after(services, 1301)) == Forgotten(addresses=1, words=1, ties=1)
    assert kept(services)[1:] == (["A complaint"], ["ada"]), "why it was held is younger"


@pytest.mark.parametrize(("reason", "days"), [(" ", 1), ("x" * 1001, 1), ("why", 0), ("why", 3651)])
def test_a_hold_needs_a_reason_and_an_end(services: Services, reason: str, days: int) -> None:
    with pytest.raises(Refused):
        retain.hold(services, "ada", reason, days)


def test_an_erased_person_is_named_nowhere_and_what_they_made_stays(services: Services) -> None:
    ada = sign_in(services, "ada")
    token = issue_token(services, "ada", "another", frozenset(TokenScope))
    draft = describe.create(services, ada, Metadata(title="Cells"))
    search(services, "ada", "my own cells")
    search(services, "eva", "hers")
    seal(services)
    before = verify(services).head

    done = erase(services, "ada")

    assert done.tokens == 3 and done.went == {"plx_membership": 1, "plx_token": 3}
    assert done.renamed["plx_dataset"] == 1
    with pytest.raises(Unauthenticated):
        identify(services, f"Bearer {token}")
    everywhere = dump(services)
    assert "'ada'" not in everywhere and "Ada Example" not in everywhere and "my own cells" not in everywhere
    assert kept(services) == (["192.0.2.7"], ["hers"], ["eva"])
    with services.sessions.read() as session:
        made = session.scalar(text("SELECT created_by FROM plx_dataset WHERE id = :id"), {"id": draft.id})
    assert made == done.called
    found = verify(services, anchor=before)
    assert found.sound and found.anchored == 1
    with pytest.raises(NotFound):
        erase(services, "ada")


def test_whoever_ran_a_round_and_took_a_line_into_it_is_named_there_no_more(services: Services) -> None:
    sign_in(services, "ada")
    with services.sessions.begin() as session:
        people.add_line(session, Line(id="north-1", organisation="north", name="North 1", time_zone="UTC"))
        rounds.add(session, "rr", RoundRecord.model_validate(ROUND), "ada", AT)
        rounds.give_role(session, "rr", RoundRole.COORDINATOR, "ada", "eva", AT)
        rounds.give_role(session, "rr", RoundRole.TEST_HOUSE, "ada", "eva", AT)
        rounds.happened(session, "e1", "rr", "founded", "ada", AT)
        participants.invite(session, "rr", ("north-1", "north"), "QX", "ada", AT)
        participants.join(session, "rr", "north-1", "ada", AT, {"name": "Ada Example"})

    assert "plx_round_role" in everything(services, "ada")["rows"]  # type: ignore[operator]  # a document
    done = erase(services, "ada")

    assert done.renamed["plx_round_role"] == 1 and any(one.startswith("1 acceptances") for one in done.remains)
    with services.sessions.read() as session:
        found = rounds.holders(session, "rr")
    assert found[RoundRole.COORDINATOR] == (done.called,) and found[RoundRole.TEST_HOUSE] == ("ada",), "an organisation"
    assert dump(services).count("'ada'") == 1, "the test house of that name"


def dump(services: Services) -> str:
    with services.sessions.read() as session:
        tables = Row.metadata.sorted_tables
        return "".join(str([tuple(row) for row in session.execute(table.select())]) for table in tables)


def test_mail_and_invitations_to_an_erased_person_keep_no_address(services: Services) -> None:
    email = "Ada@north.example"
    rest = {"created_at": AT, "expires_at": AT, "roles": []}
    with services.sessions.begin() as session:
        session.get_one(UserRow, "ada").email = email.lower()
        session.add(InvitationRow(id="i1", organisation="north", email=email, hash="h", created_by="eva", **rest))
        session.add(NotificationRow(id="n1", user="ada", organisation="north", kind="k", facts={}, created_at=AT))
        session.flush()
        mail = {"kind": "k", "facts": {}, "state": "waiting", "created_at": AT, "due_at": AT}
        session.add(MailRow(id="m1", notification="n1", address="", **mail))
        session.add(MailRow(id="m2", notification=None, address=email, **mail))
    assert email in json.dumps(everything(services, "ada"))
    erase(services, "ada")
    assert email.lower() not in dump(services).lower()
    with services.sessions.read() as session:
        assert session.scalar(text("SELECT count(*) FROM plx_mail")) == 0


def test_what_must_remain_is_said_with_its_reason(services: Services) -> None:
    ada = sign_in(services, "ada")
    record = {"title": "Cells", "creators": [{"name": "Ada Example"}]}
    draft = describe.create(services, ada, Metadata.model_validate(record))
    with services.sessions.begin() as session:
        terms = {"id": "terms", "kind": "terms-of-use", "title": "Terms", "on_new_version": "end", "created_at": AT}
        session.add(AgreementRow(**terms))
        session.flush()
        text_of = {"agreement": "terms", "number": 1, "text": "Text", "sha256": "", "fields": {}}
        session.add(AgreementVersionRow(**text_of, published_at=AT, published_by="eva"))
        session.flush()
        signed = {"id": "a1", "agreement": "terms", "version": 1, "organisation": "north", "accepted_by": "ada"}
        ended = {"ended_at": AT, "ended_by": "ada"}
        session.add(AcceptanceRow(**signed, **ended, accepted_at=AT, evidence={"name": "Ada Example"}))

    said = erase(services, "ada").remains

    assert any(draft.id in one and "citation" in one for one in said)
    assert "'ada'" not in dump(services), "not even in columns without a reference"
    assert any(one.startswith("1 acceptances") and "Article 17(3)(e)" in one for one in said)


def test_a_request_under_way_while_its_person_is_erased_leaves_no_tie_for_long(services: Services) -> None:
    ada = sign_in(services, "ada")
    erase(services, "ada")
    listed(services, ada, "late", 0)
    assert kept(services)[2] == ["ada"]
    assert forget(services).ties == 1
    assert kept(services)[2] == []


def test_everything_kept_about_a_person_is_one_document_without_secrets(services: Services) -> None:
    ada = sign_in(services, "ada")
    draft = describe.create(services, ada, Metadata(title="Cells"))
    search(services, "ada", "my cells")
    search(services, "eva", "hers")

    found = everything(services, "ada")

    text_of = json.dumps(found)
    assert found["rows"]["plx_user"][0]["name"] == "Ada Example"  # type: ignore[index]  # a document
    assert found["rows"]["plx_dataset"][0]["id"] == draft.id  # type: ignore[index]  # a document
    assert [one["said"] for one in found["audit"]] == ["", "my cells"]  # type: ignore[attr-defined]  # a document
    assert "hers" not in text_of and "hash" not in text_of.replace("Hashes", "")
    with services.sessions.read() as session:
        assert session.scalar(text("SELECT count(*) FROM plx_audit WHERE action = 'operator:export person'")) == 1


# Tables that people come to be named in: decided on, one by one.

STAYING = frozenset({"plx_access_request"})
"""Tables with a column `user_id` whose rows stay, under an id that names nobody, when the person goes."""
ERASED = {
    ("plx_user", "email"),
    ("plx_user", "orcid"),
    ("plx_audit_person", "address"),
    ("plx_audit_actor", "user_id"),
    ("plx_invitation", "email"),
    ("plx_mail", "address"),
    ("plx_registration", "contact_email"),
}
"""Columns that hold something personal without referring to a person, which erasure takes care of."""
NO_USER = {("plx_split", "chosen_by"), ("plx_duty", "confirm_by"), ("plx_consent", "given_by")}
"""Called as if they named a user: how a file was split, a date, and whose consent is kept as evidence."""


def test_every_table_that_names_a_person_was_decided_on() -> None:
    naming = persons.naming_columns()
    theirs = {table for table, columns in naming.items() if "user_id" in columns}
    undecided = theirs - persons.OF_THE_PERSON - STAYING
    assert not undecided, "do the rows go with the person (persons.OF_THE_PERSON), or stay (STAYING)?"
    found = {(table.name, column.name) for table in Row.metadata.sorted_tables for column in table.columns}
    referring = {(table, column) for table, columns in naming.items() for column in columns}
    words = ("email", "address", "orcid", "phone", "user_id")
    suspects = {one for one in found - referring if one[1] in words or one[1].endswith(("_by", "email"))}
    assert suspects <= ERASED | NO_USER, "who erases these?"


def test_an_operator_verifies_exports_holds_and_erases(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_DATA", str(services.settings.data))
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", str(services.settings.database_url))
    monkeypatch.chdir(tmp_path)
    search(services, "ada", "cells")

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == code, (words, result.output, result.exception)
        return result.output

    anchor = run("audit", "seal").split()[0]
    assert "The anchor is the hash of seal 1." in run("audit", "verify", "--anchor", anchor)
    run("audit", "export", "--out", "audit.jsonl", "--since", "2027-01-01")
    assert "1 events under 1 seals are as they were sealed." in run("audit", "verify", "audit.jsonl")
    assert "anchor" in run("audit", "verify", "audit.jsonl", "--anchor", "f" * 64, code=3)
    altered = (tmp_path / "audit.jsonl").read_text().replace('"allowed":true', '"allowed":false')
    (tmp_path / "altered.jsonl").write_text(altered)
    assert "NOT as it was sealed: Event 1 was changed" in run("audit", "verify", "altered.jsonl", code=3)
    run("audit", "verify", "--anchor", "abc", code=2)
    assert json.loads(run("person", "export", "ada"))["user"] == "ada"
    run("person", "export", "ada", "--out", "ada.json")
    assert (tmp_path / "ada.json").stat().st_mode & 0o077 == 0
    run("person", "hold", "ada", "--reason", "A complaint")
    assert isinstance(CliRunner().invoke(app, ["person", "erase", "ada", "--yes"]).exception, Conflict)
    run("person", "release", "ada")
    assert "What remains, and why:" in run("person", "erase", "ada", "--yes")
    assert "have no seal yet" in run("audit", "verify")
