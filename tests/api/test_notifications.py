"""Notifications tell each person what they may know when they read, and mails what they may know when they leave."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from fastapi.testclient import TestClient
from sqlalchemy import text as sql

from exchange.services import Services
from exchange.telling.mail import NotSent
from exchange.telling.notices import NOTICES, composed
from exchange.telling.notify import notify
from exchange.telling.post import send_due
from schemas.dataset import Visibility
from schemas.notification import Address, Holders, NotificationKind, Person
from schemas.organisation import Role
from storage import people
from tests.apps import create_app
from tests.told import Clock, PostOffice, released, shown_to, with_addresses
from tests.worlds import World

WEST = Holders(organisation="west", roles=frozenset({Role.STEWARD}))
DECLINED = {"owner": "North Line", "level": "tables", "reason": "Not this year."}
CORRECTED = {"owner": "North Line", "what": "version 2 was released", "note": "The current had the wrong sign."}


@pytest.fixture
def client(services: Services, world: World) -> Iterator[TestClient]:
    with_addresses(services)
    with TestClient(create_app(services)) as client:
        yield client


def tell(services: Services, to: object, kind: NotificationKind, about: str | None, facts: dict[str, str]) -> int:
    with services.sessions.begin() as session:
        return notify(services, session, to=to, kind=kind, about=about, facts=facts)  # type: ignore[arg-type]


def inbox(client: TestClient, world: World, user: str, **query: object) -> dict[str, object]:
    answer = client.get("/api/v1/notifications", params=query, headers=world.header(user))
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_a_person_reads_what_concerns_them_and_nobody_else_does(
    services: Services, client: TestClient, world: World
) -> None:
    dataset = released(services, "north", "Formation of N-01")
    assert tell(services, WEST, NotificationKind.REQUEST_DECLINED, dataset, DECLINED) == 1

    page = inbox(client, world, "west")
    assert page["unread"] == 1
    (one,) = page["items"]  # type: ignore[misc]
    assert one["dataset"] == dataset
    assert f"{dataset} 'Formation of N-01'" in one["text"] and "> Not this year." in one["text"]
    assert inbox(client, world, "south")["items"] == []

    refused = client.post(f"/api/v1/notifications/{one['id']}/read", headers=world.header("south"))
    assert refused.status_code == 404
    for marked in (1, 0):
        answer = client.post(f"/api/v1/notifications/{one['id']}/read", headers=world.header("west"))
        assert answer.json() == {"marked": marked}
    assert inbox(client, world, "west")["unread"] == 0
    assert inbox(client, world, "west", unread=True)["items"] == []


def test_what_is_hidden_meanwhile_is_named_neither_in_the_list_nor_in_the_mail(
    services: Services, client: TestClient, world: World
) -> None:
    dataset = released(services, "north", "Formation of N-01")
    tell(services, WEST, NotificationKind.DATA_CORRECTED, dataset, CORRECTED)
    shown_to(services, dataset, Visibility.ORGANISATION)

    office = PostOffice()
    assert send_due(services, office) == 1
    (one,) = inbox(client, world, "west")["items"]  # type: ignore[misc]
    for text in (one["text"], office.mails[0].text, office.mails[0].subject):
        assert dataset not in text and "N-01" not in text and "North" not in text and "sign" not in text
    assert one["dataset"] is None


def test_whoever_may_not_know_of_a_dataset_is_not_told_that_something_happened_to_it(
    services: Services, client: TestClient, world: World
) -> None:
    dataset = released(services, "north", visible_to=Visibility.ORGANISATION)
    facts = {"level": "tables", "grantee": "west", "until": "tomorrow"}
    both = [WEST, Holders(organisation="north", roles=frozenset({Role.STEWARD}))]
    assert tell(services, both, NotificationKind.GRANT_ENDING, dataset, facts) == 1
    assert inbox(client, world, "west")["items"] == []
    assert len(inbox(client, world, "north")["items"]) == 1  # type: ignore[arg-type]


def test_unread_ones_come_first_and_pages_lose_none(services: Services, client: TestClient, world: World) -> None:
    clock = Clock(services.now())
    ticking = replace(services, now=clock)
    for number in range(5):
        clock.move(seconds=1)
        facts = {"agreement": f"a{number}", "version": "1"}
        tell(ticking, Person(user="west", organisation="west"), NotificationKind.AGREEMENT_PUBLISHED, None, facts)
    newest = inbox(client, world, "west", limit=1)["items"][0]["id"]  # type: ignore[index]
    client.post(f"/api/v1/notifications/{newest}/read", headers=world.header("west")).raise_for_status()

    seen, cursor = [], None
    while True:
        page = inbox(client, world, "west", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [one["text"].split("'")[1] for one in page["items"]]  # type: ignore[attr-defined]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["a3", "a2", "a1", "a0", "a4"]
    assert client.post("/api/v1/notifications/read", headers=world.header("west")).json() == {"marked": 4}
    elsewhere = client.get("/api/v1/datasets", params={"limit": 1}, headers=world.header("west")).json()["next"]
    assert elsewhere is None
    wrong = client.get("/api/v1/notifications", params={"cursor": "abc"}, headers=world.header("west"))
    assert wrong.status_code == 422


def test_a_kind_can_be_switched_off_but_never_one_of_security(
    services: Services, client: TestClient, world: World
) -> None:
    address, header = "/api/v1/notifications/preferences", world.header("west")
    published = {"agreement": "nda", "version": "2"}

    def choose(kind: str, channel: str) -> int:
        return client.put(address, json={"kind": kind, "channel": channel}, headers=header).status_code

    assert choose("agreement-published", "list") == 200
    tell(services, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, published)
    assert choose("agreement-published", "none") == 200
    tell(services, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, published)
    assert inbox(client, world, "west")["unread"] == 1
    assert send_due(services, PostOffice()) == 0

    assert choose("glass-broken", "none") == 422
    chosen = client.get(address, headers=header).json()
    assert {"kind": "agreement-published", "channel": "none"} in chosen["chosen"]
    assert "glass-broken" in chosen["always"]


def test_a_mail_is_sent_once_and_tried_again_with_growing_waits(services: Services, world: World) -> None:
    with_addresses(services)
    clock, office = Clock(services.now()), PostOffice(refusals=[NotSent("busy"), NotSent("busy")])
    ticking = replace(services, now=clock)
    tell(ticking, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, {"agreement": "nda", "version": "2"})

    assert send_due(ticking, office) == 0
    clock.move(seconds=50)
    assert send_due(ticking, office) == 0 and len(office.refusals) == 1, "not before a minute has passed"
    clock.move(seconds=20)
    assert send_due(ticking, office) == 0 and office.refusals == []
    clock.move(seconds=110)
    assert send_due(ticking, office) == 0, "the second wait is two minutes"
    clock.move(seconds=20)
    assert send_due(ticking, office) == 1
    clock.move(days=30)
    assert send_due(ticking, office) == 0
    assert [one.to for one in office.mails] == ["west@example.org"]


def test_a_mail_that_never_leaves_is_given_up_with_a_line_in_the_log(services: Services, world: World) -> None:
    with_addresses(services)
    clock, office = Clock(services.now()), PostOffice(refusals=[NotSent("busy")] * 20)
    ticking = replace(services, now=clock)
    tell(ticking, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, {"agreement": "nda", "version": "2"})
    with structlog.testing.capture_logs() as logs:
        for _ in range(20):
            send_due(ticking, office)
            clock.move(hours=7)
    assert len(office.refusals) == 20 - services.settings.mail_attempts
    (line,) = [one for one in logs if one["event"] == "mail given up"]
    assert "west@example.org" not in str(line) and line["log_level"] == "error"


def test_a_sender_that_died_is_followed_by_another_after_a_while(services: Services, world: World) -> None:
    class Died(BaseException):
        pass

    class Dying:
        def send(self, *_: object) -> None:
            raise Died

    with_addresses(services)
    clock = Clock(services.now())
    ticking = replace(services, now=clock)
    tell(ticking, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, {"agreement": "nda", "version": "2"})
    with pytest.raises(Died):
        send_due(ticking, Dying())
    office = PostOffice()
    assert send_due(ticking, office) == 0, "it may still be at it"
    clock.move(minutes=16)
    assert send_due(ticking, office) == 1


def test_whoever_has_ended_gets_no_mail_that_still_waits(services: Services, world: World) -> None:
    with_addresses(services)
    tell(services, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, {"agreement": "nda", "version": "2"})
    with services.sessions.begin() as session:
        people.end_user(session, "west", services.now())
    office = PostOffice()
    assert send_due(services, office) == 0 and office.mails == []


def test_an_address_without_an_account_gets_a_mail_of_which_nothing_is_kept_once_it_is_sent(
    services: Services, world: World
) -> None:
    facts = dict.fromkeys(NOTICES[NotificationKind.INVITATION].needs, "https://x.example/secret")
    tell(services, Address(email="new@example.org"), NotificationKind.INVITATION, None, facts)
    office = PostOffice()
    assert send_due(services, office) == 1
    assert office.mails[0].to == "new@example.org" and "https://x.example/secret" in office.mails[0].text
    with services.sessions.read() as session:
        kept = str(session.execute(sql("SELECT * FROM plx_mail")).all())
    assert "secret" not in kept and "new@example.org" not in kept


def test_a_notification_that_is_rolled_back_was_never_told(services: Services, world: World) -> None:
    with_addresses(services)
    with pytest.raises(ZeroDivisionError), services.sessions.begin() as session:
        facts = {"agreement": "nda", "version": "2"}
        notify(services, session, to=WEST, kind=NotificationKind.AGREEMENT_PUBLISHED, facts=facts)
        raise ZeroDivisionError
    assert send_due(services, PostOffice()) == 0


@pytest.mark.parametrize("kind", NotificationKind)
def test_every_kind_has_words_and_a_text_of_hidden_things_names_no_fact(kind: NotificationKind) -> None:
    notice = NOTICES[kind]
    facts = {name: f"fact-{name}" for name in notice.needs | {notice.quote} - {""}}
    assert all(text in composed(kind, facts, "PLX", hidden=False, person="fact-person") for text in facts.values())
    assert "fact-" not in composed(kind, facts, None, hidden=True)
    assert "\n" not in notice.subject


def test_free_text_cannot_pass_for_words_of_ours() -> None:
    told = composed(
        NotificationKind.REQUEST_DECLINED,
        {"owner": "North\r\nBcc: x@example.org", "level": "tables", "reason": "No.\r\n\r\nThe office:\u2028pay\x1b[0m"},
        "PLX-1 'a\nb'",
        hidden=False,
    )
    first, *rest = told.split("\n")
    assert first == "North Bcc: x@example.org declined your request for tables of PLX-1 'a b'."
    assert rest == ["", "> No.", "> The office:", "> pay [0m"]


def test_facts_that_a_text_does_not_know_or_lacks_are_a_mistake_of_ours(services: Services, world: World) -> None:
    for facts in ({}, {"agreement": "nda", "version": "2", "secret": "x"}):
        with pytest.raises(ValueError, match="takes the facts"):
            tell(services, WEST, NotificationKind.AGREEMENT_PUBLISHED, None, facts)
