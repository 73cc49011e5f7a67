"""Who looked: owners see organisation and role, the auditor sees pseudonyms, and the person only for a reason."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from exchange.auditing.seal import seal, verify
from exchange.services import Services
from schemas.organisation import NetworkRole
from storage import people
from tests.apps import create_app
from tests.worlds import World

Json = dict[str, Any]
BASE = "/api/v1"


class Doors:
    """Requests by user id, and their answers."""

    def __init__(self, services: Services, world: World, client: TestClient) -> None:
        self.services, self.world, self.client = services, world, client

    def get(self, user: str, path: str, **params: object) -> tuple[int, Json]:
        answer = self.client.get(f"{BASE}{path}", params=params, headers=self.world.header(user))  # type: ignore[arg-type]
        return answer.status_code, answer.json()

    def post(self, user: str, path: str, body: object) -> tuple[int, Json]:
        answer = self.client.post(f"{BASE}{path}", json=body, headers=self.world.header(user))
        return answer.status_code, answer.json()

    def draft(self, user: str = "north") -> str:
        return str(self.post(user, "/datasets", {"title": "secret"})[1]["id"])

    def looks(self, user: str, path: str, **params: object) -> list[Json]:
        status, page = self.get(user, path, **params)
        assert status == 200, page
        return list(page["items"])


@pytest.fixture
def doors(services: Services, world: World) -> Iterator[Doors]:
    with services.sessions.begin() as session:
        people.give_network_role(session, "office", NetworkRole.AUDITOR, services.now())
    with TestClient(create_app(services), raise_server_exceptions=False) as client:
        yield Doors(services, world, client)


def told(look: Json) -> tuple[str, str, list[str], bool]:
    return look["action"], look["organisation"], look["roles"], look["allowed"]


def test_the_owner_sees_organisation_and_role_of_who_looked_and_was_refused_never_the_person(doors: Doors) -> None:
    draft = doors.draft()
    assert doors.get("west", f"/datasets/{draft}")[0] == 404
    assert doors.get("north-viewer", f"/datasets/{draft}")[0] == 200

    looks = doors.looks("north", f"/datasets/{draft}/accesses")

    assert [told(one) for one in looks] == [
        ("right:see who looked", "north", ["steward"], True),
        ("read:detail", "north", ["viewer"], True),
        ("read:detail", "west", ["steward"], False),
    ]
    assert looks[2]["organisation_name"] == "West Line"
    assert set(looks[0]) == {
        "at", "dataset", "organisation", "organisation_name", "roles", "action", "allowed", "reason",
        "reference",
    }  # fmt: skip
    assert "north-viewer" not in json.dumps(looks) and "North viewer" not in json.dumps(looks)
    outside = doors.looks("north", f"/datasets/{draft}/accesses", outside=True)
    assert [told(one)[1] for one in outside] == ["west"]


def test_a_comparison_is_shown_to_the_owner_of_each_dataset_and_only_of_theirs(doors: Doors) -> None:
    first, second, other = doors.draft(), doors.draft(), doors.draft("west")
    assert doors.get("north", "/comparison", dataset=[first, second, other])[0] == 404

    of_north = doors.looks("north", "/accesses")
    of_west = doors.looks("west", "/accesses")

    assert [one["dataset"] for one in of_north if one["action"] == "read:compare"] == sorted([first, second])
    assert [(one["dataset"], told(one)) for one in of_west if one["action"] == "read:compare"] == [
        (other, ("read:compare", "north", ["steward"], False))
    ]


def test_only_the_owners_steward_sees_who_looked(doors: Doors) -> None:
    draft = doors.draft()
    assert doors.get("west", f"/datasets/{draft}/accesses")[0] == 404
    assert doors.get("north-contributor", f"/datasets/{draft}/accesses")[0] == 403
    assert doors.get("north-viewer", "/accesses")[0] == 403
    assert doors.looks("west", "/accesses") == []


def test_pages_follow_each_other_without_a_gap_and_their_cursors_tell_no_number(doors: Doors) -> None:
    drafts = [doors.draft() for _ in range(3)]
    doors.get("north", "/comparison", dataset=drafts)
    for draft in drafts:
        doors.get("west", f"/datasets/{draft}")
    whole = doors.looks("north", "/accesses", outside=True, limit=100)
    everything = [
        one for one in doors.looks("north", "/accesses", limit=100) if one["action"] != "right:see who looked"
    ]
    assert len(whole) == 3 and len(everything) > 5
    paged: list[Json] = []
    cursor: Json = {}
    while True:
        status, page = doors.get("north", "/accesses", limit=2, **cursor)
        assert status == 200
        paged += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert [one for one in paged if one["action"] != "right:see who looked"] == everything
    raw = base64.urlsafe_b64decode(str(doors.get("north", "/accesses", limit=1)[1]["next"]) + "==")
    with doors.services.sessions.read() as session:
        newest = int(session.scalar(text("SELECT max(id) FROM plx_audit")) or 0)
    number = int(json.loads(raw[16:])[1].split("/")[0])
    assert newest > 0 and abs(number - newest) > 1000
    searched = doors.get("north", "/datasets", limit=1)[1]["next"]
    assert doors.get("north", "/accesses", cursor=searched)[0] == 422
    assert doors.get("north", "/accesses", cursor="AAAA")[0] == 422


def test_the_auditor_alone_reads_the_audit_under_pseudonyms(doors: Doors) -> None:
    draft = doors.draft()
    doors.get("west", f"/datasets/{draft}")
    assert doors.get("north", "/audit")[0] == 403
    status, page = doors.get("office", "/audit", dataset=draft, allowed=False)
    assert status == 200
    [event] = page["items"]
    assert (event["organisation"], event["roles"], event["action"]) == ("west", ["steward"], "read:detail")
    assert event["actor"].startswith("p") and "west" not in event["actor"]
    newest = doors.get("office", "/audit", limit=3)[1]
    assert [one["action"] for one in newest["items"]] == ["network:read the audit"] * 3
    assert doors.get("office", "/audit", cursor=newest["next"], limit=500)[1]["items"][0]["action"] == "read:detail"
    later = doors.get("office", "/audit", since=event["at"], until=event["at"])[1]
    assert later["items"] == []


def test_the_person_behind_an_event_is_named_for_a_reason_that_stays_on_record(doors: Doors) -> None:
    draft = doors.draft()
    doors.get("west", f"/datasets/{draft}")
    [event] = doors.get("office", "/audit", dataset=draft, allowed=False)[1]["items"]
    address = f"/audit/{event['id']}/person"
    assert doors.post("north", address, {"reason": "I would like to know"})[0] == 403
    assert doors.post("office", address, {"reason": " "})[0] == 422

    status, person = doors.post("office", address, {"reason": "Complaint of North Line"})

    assert status == 200
    assert (person["user"], person["name"], person["organisation"]) == ("west", "west steward", "west")
    [asked] = doors.get("office", "/audit", action="network:identify persons in the audit", allowed=True)[1]["items"]
    assert asked["target"] == f"event {event['id']}" and "Complaint" not in json.dumps(asked)
    with doors.services.sessions.read() as session:
        said = session.scalars(
            text("SELECT said FROM plx_audit_person WHERE event_id = :id"), {"id": asked["id"]}
        ).all()
    assert said == ["Complaint of North Line"]
    assert "office" not in [one["organisation"] for one in doors.looks("north", f"/datasets/{draft}/accesses")]
    assert doors.post("office", "/audit/999999/person", {"reason": "Complaint of North Line"})[0] == 404


def test_what_is_searched_for_stands_apart_from_the_event(doors: Doors) -> None:
    doors.get("north", "/datasets", text="Ada Example")
    with doors.services.sessions.read() as session:
        kept = str(session.execute(text("SELECT * FROM plx_audit")).all())
        assert "Ada Example" not in kept and "'north-" not in kept
        assert "Ada Example" in str(session.scalars(text("SELECT said FROM plx_audit_person")).all())
    seal(doors.services)
    with doors.services.sessions.begin() as session:
        session.execute(text("DELETE FROM plx_audit_person"))
    assert verify(doors.services).sound
