"""What the catalogue keeps: datasets, revisions, versions, people, grants and the audit, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exchange import reach, visibility
from schemas.access import GranteeKind, Level, TokenScope, View
from schemas.audit import AuditEvent, KeptEvent
from schemas.dataset import DatasetState, Entry, RunState, Visibility
from schemas.errors import Conflict, NotFound
from schemas.identifiers import new_id
from schemas.metadata import DatasetKind, Metadata
from schemas.organisation import Group, Line, Organisation, Role, Standing, User
from schemas.policy import Grant
from storage import audit, catalogue, finding, grants, intake, people, runs, tokens
from storage.database import Sessions
from storage.intake import HeldFile
from storage.tables import AuditPersonRow, DatasetRow, UserRow
from tests.records import metadata

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NORTH, WEST = "north", "west"


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """A transaction in which north and west, their stewards and the group eg5 are entered."""
    with sessions.begin() as opened:
        for id, name in (("north", "North Line"), ("west", "West Line")):
            people.add_organisation(opened, Organisation(id=id, name=name, standing=Standing.MEMBER), NOW)
            people.add_user(opened, User(id=id, organisation=id, name=f"{name} steward"), {Role.STEWARD}, NOW)
        people.add_group(opened, Group(id="eg5", name="EG5", organisations=("north", "west")))
        yield opened


def draft(session: Session, id: str, owner: str = "north", at: datetime = NOW, **fields: object) -> str:
    catalogue.create(session, id, owner, owner, metadata(**fields), at)
    return id


def released(session: Session, id: str, at: datetime = NOW, **fields: object) -> str:
    draft(session, id, at=at, **fields)
    catalogue.release(session, id, 1, Visibility.NETWORK, NOW)
    return id


def file(name: str, content: str = "a") -> HeldFile:
    return HeldFile(id=name, key=f"raw/{name}", sha256=content * 64, bytes=100)


def attach(session: Session, dataset: str, held: HeldFile, filename: str = "cell.csv") -> intake.Attached:
    return intake.attach(session, dataset, held, filename, "north", NOW, new_id)


def search(session: Session, user: str, **narrow: object) -> list[Entry]:
    """What a steward finds, after visibility was worked out for everything there is."""
    visibility.refresh(session, finding.ids(session, "", 100))
    who = people.acting(session, user, user)
    assert who is not None
    return finding.search(session, reach.searching(session, who, NOW), **narrow)  # type: ignore[arg-type]


# Datasets and their revisions


def test_a_new_dataset_is_a_draft_with_its_first_revision(session: Session) -> None:
    found = catalogue.find(session, draft(session, "d1", title="A cell", nominal_capacity_ah=5.0))
    assert found is not None
    assert (found.state, found.revision, found.latest_version) == (DatasetState.DRAFT, 1, None)
    assert (found.owner, found.owner_name) == ("north", "North Line")
    assert found.metadata == metadata(title="A cell", nominal_capacity_ah=5.0)


def test_an_unknown_dataset_is_not_found(session: Session) -> None:
    assert catalogue.find(session, "d1") is None
    for ask in (
        lambda: catalogue.lock(session, "d1"),
        lambda: catalogue.describe(session, "d1", Metadata(), "north", NOW),
        lambda: attach(session, "d1", file("f1")),
    ):
        with pytest.raises(NotFound):
            ask()


def test_describing_makes_a_new_revision_and_the_list_follows(session: Session) -> None:
    draft(session, "d1", title="Old title")
    catalogue.describe(session, "d1", Metadata(title="New title"), "north", NOW)
    assert catalogue.lock(session, "d1").revision == 2
    assert [one.title for one in search(session, NORTH, text="new")] == ["New title"]
    assert search(session, NORTH, text="old") == []


def test_releasing_and_withdrawing_are_remembered(session: Session) -> None:
    attach(session, draft(session, "d1"), intake.hold(session, "north", file("f1"), NOW))
    catalogue.release(session, "d1", 1, Visibility.ORGANISATION, NOW)
    found = catalogue.lock(session, "d1")
    assert (found.state, found.visibility) == (DatasetState.RELEASED, Visibility.ORGANISATION)
    assert (found.released_at, found.released_version) == (NOW, 1)
    assert catalogue.versions(session, "d1")[0].released_at == NOW
    catalogue.withdraw(session, "d1")
    assert catalogue.lock(session, "d1").state is DatasetState.WITHDRAWN


def test_a_version_keeps_the_day_on_which_it_was_first_released(session: Session) -> None:
    attach(session, draft(session, "d1"), intake.hold(session, "north", file("f1"), NOW))
    catalogue.release(session, "d1", 1, Visibility.NETWORK, NOW)
    catalogue.release(session, "d1", 1, Visibility.NETWORK, NOW + HOUR)
    assert catalogue.versions(session, "d1")[0].released_at == NOW


def test_instants_come_back_in_universal_time_and_naive_ones_are_refused(session: Session) -> None:
    draft(session, "d1", at=NOW.astimezone(timezone(timedelta(hours=5))))
    created = catalogue.lock(session, "d1").created_at
    assert (created, created.utcoffset()) == (NOW, timedelta(0))
    with pytest.raises(Exception, match="without a time zone"):
        draft(session, "d2", at=NOW.replace(tzinfo=None))


# Searching within a scope


def test_a_search_gives_only_what_the_scope_lists(session: Session) -> None:
    draft(session, "d1")
    released(session, "d2")
    assert [one.id for one in search(session, NORTH)] == ["d2", "d1"]
    assert [one.id for one in search(session, WEST)] == ["d2"]


def test_a_search_turns_pages_without_losing_or_repeating_even_at_equal_times(session: Session) -> None:
    for number in range(7):
        draft(session, f"d{number}", at=NOW + HOUR * (number // 3))
    pages: list[list[str]] = []
    after = None
    for _ in range(4):
        page = search(session, NORTH, after=after, limit=2)
        pages.append([one.id for one in page])
        after = page[-1].created_at, page[-1].id
    assert pages == [["d6", "d5"], ["d4", "d3"], ["d2", "d1"], ["d0"]]
    assert search(session, NORTH, after=after, limit=2) == []


def test_a_search_narrows_by_text_kind_owner_and_state_together(session: Session) -> None:
    released(session, "d1", title="Formation of pouch cells", kind=DatasetKind.CELL_TEST)
    draft(session, "d2", title="Formation of coin cells", kind=DatasetKind.MATERIAL)
    draft(session, "d3", owner="west", title="formation")
    found = {
        "text": search(session, NORTH, text="FORMATION"),
        "kind": search(session, NORTH, kind="material"),
        "owner": search(session, WEST, owner="west"),
        "state": search(session, NORTH, state=DatasetState.RELEASED),
        "both": search(session, NORTH, text="formation", state=DatasetState.DRAFT),
    }
    assert {name: [one.id for one in some] for name, some in found.items()} == {
        "text": ["d2", "d1"],
        "kind": ["d2"],
        "owner": ["d3"],
        "state": ["d1"],
        "both": ["d2"],
    }


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "it's", "µ-cell"])
def test_a_search_takes_every_sign_literally(session: Session, text: str) -> None:
    draft(session, "d1", title=f"before {text} behind")
    draft(session, "d2", title="before 100 a-b back slash its behind")
    assert [one.id for one in search(session, NORTH, text=text)] == ["d1"]


def test_a_title_that_is_hidden_is_not_found_out_by_searching(session: Session) -> None:
    released(session, "d1", title="Silicon anode of Acme")
    session.get_one(DatasetRow, "d1").public_title = "Formation test"
    session.flush()
    assert [one.id for one in search(session, NORTH, text="silicon")] == ["d1"]
    assert search(session, WEST, text="silicon") == []
    assert [one.id for one in search(session, WEST, text="formation")] == ["d1"]


# Files and versions


def test_the_same_bytes_are_held_once_per_organisation_and_never_across(session: Session) -> None:
    first = intake.hold(session, "north", file("f1"), NOW)
    again = intake.hold(session, "north", file("f2"), NOW)
    assert again == first
    assert intake.held(session, "west", first.sha256) is None
    assert intake.hold(session, "west", file("f3"), NOW).id == "f3"


def test_an_organisation_pays_for_each_file_once(session: Session) -> None:
    assert intake.bytes_held(session, "north") == 0
    for name, content in (("f1", "a"), ("f2", "a"), ("f3", "b")):
        intake.hold(session, "north", file(name, content), NOW)
    assert intake.bytes_held(session, "north") == 200


def test_a_file_becomes_a_version_with_a_queued_run(session: Session) -> None:
    held = intake.hold(session, "north", file("f1"), NOW)
    done = attach(session, draft(session, "d1"), held, "Zelle 1.csv")
    assert (done.version, done.fresh) == (1, True)
    (version,) = catalogue.versions(session, "d1")
    assert [(one.filename, one.sha256, one.bytes) for one in version.files] == [("Zelle 1.csv", "a" * 64, 100)]
    started = runs.run(session, done.run)
    assert (started.state, started.build) == (RunState.QUEUED, 1)
    assert [change.state for change in started.history] == [RunState.QUEUED]
    assert intake.key_of(session, "f1") == "raw/f1"


def test_the_newest_file_again_changes_nothing(session: Session) -> None:
    held = intake.hold(session, "north", file("f1"), NOW)
    first = attach(session, draft(session, "d1"), held)
    again = attach(session, "d1", held)
    assert again == intake.Attached(first.version, first.run, fresh=False)
    assert len(catalogue.versions(session, "d1")) == 1


def test_another_file_is_the_next_version_and_the_old_one_stays(session: Session) -> None:
    draft(session, "d1")
    for name, content in (("f1", "a"), ("f2", "b"), ("f3", "a")):
        attach(session, "d1", intake.hold(session, "north", file(name, content), NOW))
    kept = [(one.number, one.files[0].sha256[0]) for one in catalogue.versions(session, "d1")]
    assert kept == [(1, "a"), (2, "b"), (3, "a")]
    assert catalogue.lock(session, "d1").latest_version == 3


def test_builds_of_a_version_are_numbered_without_gaps(session: Session) -> None:
    attach(session, draft(session, "d1"), intake.hold(session, "north", file("f1"), NOW))
    second = intake.add_run(session, "d1", 1, NOW, lambda: "run-two")
    assert [one.build for one in runs.runs_of(session, "d1", 1)] == [1, 2]
    assert runs.run(session, second).build == 2


# People and tokens


def token(session: Session, hash: str = "h1", user: str = "west", until: datetime = NOW + HOUR) -> None:
    scopes = frozenset({TokenScope.READ, TokenScope.MANAGE})
    tokens.add(
        session, id=f"t-{hash}", user=user, organisation=user, hash=hash, prefix="plx_abcd", name="test",
        scopes=scopes, now=NOW, expires_at=until,
    )  # fmt: skip


def test_a_token_leads_to_its_user_organisation_groups_and_scopes(session: Session) -> None:
    token(session)
    who = tokens.principal_of(session, "h1", NOW)
    assert who is not None
    assert (who.user, who.organisation, who.organisation_name) == ("west", "west", "West Line")
    assert (who.roles, who.standing, who.token) == ({Role.STEWARD}, Standing.MEMBER, "t-h1")
    assert (who.groups, who.scopes) == ({"eg5"}, {TokenScope.READ, TokenScope.MANAGE})


def test_a_token_ends_by_time_by_revocation_and_with_its_user(session: Session) -> None:
    token(session)
    assert tokens.principal_of(session, "h1", NOW + HOUR) is None
    assert tokens.principal_of(session, "other", NOW) is None
    session.get_one(UserRow, "west").active = False
    session.flush()
    assert tokens.principal_of(session, "h1", NOW) is None
    session.get_one(UserRow, "west").active = True
    tokens.revoke(session, "west", "t-h1", NOW)
    assert tokens.principal_of(session, "h1", NOW) is None


def test_a_token_is_revoked_by_its_own_user_and_once(session: Session) -> None:
    token(session)
    with pytest.raises(NotFound):
        tokens.revoke(session, "north", "t-h1", NOW)
    tokens.revoke(session, "west", "t-h1", NOW)
    with pytest.raises(NotFound):
        tokens.revoke(session, "west", "t-h1", NOW)


def test_organisations_lines_and_groups_are_listed_by_name(session: Session) -> None:
    for id, name in (("l1", "Pouch"), ("l2", "Coin")):
        people.add_line(session, Line(id=id, organisation="north", name=name, time_zone="Europe/Berlin"))
    assert [one.name for one in people.organisations(session)] == ["North Line", "West Line"]
    assert [one.name for one in people.lines_of(session, "north")] == ["Coin", "Pouch"]
    assert people.lines_of(session, "west") == []
    assert people.groups(session) == [Group(id="eg5", name="EG5", organisations=("north", "west"))]


def test_a_grantee_exists_as_its_kind(session: Session) -> None:
    assert people.grantee_exists(session, GranteeKind.ORGANISATION, "west")
    assert people.grantee_exists(session, GranteeKind.GROUP, "eg5")
    assert not people.grantee_exists(session, GranteeKind.GROUP, "west")
    assert not people.grantee_exists(session, GranteeKind.ORGANISATION, "eg5")


def test_two_organisations_cannot_share_a_name(session: Session) -> None:
    with pytest.raises(Conflict), session.begin_nested():
        people.add_organisation(session, Organisation(id="x", name="West Line", standing=Standing.PARTNER), NOW)


# Grants


def grant(id: str, dataset: str = "d1", at: datetime = NOW) -> Grant:
    return Grant(
        id=id,
        dataset=dataset,
        grantee_kind=GranteeKind.ORGANISATION,
        grantee="west",
        level=Level.TABLES,
        view=View.FULL,
        created_at=at,
        expires_at=NOW + HOUR,
    )


def test_grants_come_back_as_given_oldest_first(session: Session) -> None:
    draft(session, "d1")
    draft(session, "d2")
    for one in (grant("g2", at=NOW + HOUR), grant("g1"), grant("g3", "d2")):
        grants.add(session, one, "north")
    assert grants.on(session, ["d1"]) == [grant("g1"), grant("g2", at=NOW + HOUR)]
    assert [one.id for one in grants.on(session, ["d1", "d2"])] == ["g1", "g3", "g2"]
    assert grants.on(session, []) == []


def test_a_revoked_grant_closes_at_once_and_stays_on_record(session: Session) -> None:
    draft(session, "d1")
    catalogue.release(session, "d1", 1, Visibility.ORGANISATION, NOW)
    grants.add(session, grant("g1"), "north")
    assert [one.id for one in search(session, WEST)] == ["d1"]
    grants.revoke(session, "d1", "g1", "north", NOW)
    assert search(session, WEST) == []
    assert [one.revoked_at for one in grants.on(session, ["d1"])] == [NOW]


def test_only_a_grant_in_force_on_that_dataset_can_be_revoked(session: Session) -> None:
    draft(session, "d1")
    draft(session, "d2")
    grants.add(session, grant("g1"), "north")
    with pytest.raises(NotFound):
        grants.revoke(session, "d2", "g1", "north", NOW)
    grants.revoke(session, "d1", "g1", "north", NOW)
    with pytest.raises(NotFound):
        grants.revoke(session, "d1", "g1", "north", NOW)


# Audit


def event(action: str, target: str | None = None) -> AuditEvent:
    return AuditEvent(
        at=NOW, actor="west", organisation="west", action=action, target=target, allowed=False, detail={"count": 2}
    )


def test_events_come_back_in_order_whole_and_by_target(session: Session) -> None:
    told = [event("read:table", "d1"), event("read:list"), event("read:raw", "d1")]
    numbers = [audit.record(session, one) for one in told]
    kept = [KeptEvent(id=number, **one.model_dump()) for number, one in zip(numbers, told, strict=True)]
    assert list(audit.events(session)) == kept
    assert list(audit.events(session, "d1")) == [kept[0], kept[2]]


def test_personal_fields_can_be_erased_without_touching_the_event(session: Session) -> None:
    audit.record(session, event("read:raw", "d1"), audit.Personal("192.0.2.7"))
    audit.record(session, event("read:list"))
    assert session.scalars(select(AuditPersonRow.address)).all() == ["192.0.2.7"]
    before = list(audit.events(session))
    session.execute(delete(AuditPersonRow))
    assert list(audit.events(session)) == before


# Transactions


def test_a_broken_transaction_leaves_nothing_behind(sessions: Sessions) -> None:
    with pytest.raises(RuntimeError), sessions.begin() as session:
        people.add_organisation(session, Organisation(id="x", name="X", standing=Standing.MEMBER), NOW)
        raise RuntimeError("the power went")
    with sessions.read() as session:
        assert people.organisations(session) == []


def test_a_reading_transaction_never_commits(sessions: Sessions) -> None:
    with sessions.read() as session:
        people.add_organisation(session, Organisation(id="x", name="X", standing=Standing.MEMBER), NOW)
    with sessions.read() as session:
        assert people.organisations(session) == []
