"""Every route is either on the written list of public ones, or refuses whoever has no token and asks the guard."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from exchange.api import rounds_examples
from exchange.services import Services
from tests.apps import create_app
from tests.worlds import World

PUBLIC = {
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/api/v1/openapi.json"),
    ("HEAD", "/api/v1/openapi.json"),
    ("GET", "/api/v1/health"),
    ("GET", "/api/v1/version"),
    ("GET", "/api/v1/rules"),
    ("GET", "/api/v1/rules/{name}"),
    ("GET", "/rules"),
    ("GET", "/rules/{name}"),
    ("GET", "/metadata"),
    ("GET", "/api/v1/schemas/metadata"),
    ("GET", "/api/v1/schemas/metadata/{version}"),
    ("GET", "/glossary"),
    ("GET", "/api/v1/glossary"),
    *((method, f"/vocabularies{path}") for method in ("GET", "HEAD") for path in ("/{name}", "/{name}/{term}")),
    ("GET", "/vocabularies"),
    ("GET", "/api/v1/vocabularies"),
    ("GET", "/api/v1/vocabularies/{name}"),
    ("GET", "/api/v1/vocabularies/{name}/skos"),
    ("GET", "/api/v1/vocabularies/{name}/csv"),
    ("GET", "/api/v1/vocabularies/{name}/{term}"),
    ("GET", "/blobs/{key}"),
    ("OPTIONS", "/api/v1/uploads"),
    ("GET", "/api/v1/agreements"),
    ("GET", "/api/v1/agreements/{agreement}"),
    ("GET", "/api/v1/agreements/{agreement}/versions/{number}"),
    ("GET", "/api/v1/rounds"),
    ("GET", "/api/v1/rounds/{round}"),
    ("GET", "/api/v1/rounds/{round}/summary"),
    ("GET", "/api/v1/rounds/{round}/summary/files"),
    ("GET", "/api/v1/rounds/{round}/summary/files/{edition}/{name}"),
    ("GET", "/rounds/{round}/report"),
    ("GET", "/rounds/{round}/report/as/{form}"),
    ("GET", "/rounds/{round}/report/{version}"),
    ("GET", "/rounds/{round}/report/{version}/as/{form}"),
    ("GET", "/api/v1/lines"),
    ("GET", "/api/v1/lines/{line}"),
    ("GET", "/lines/{line}"),
    ("HEAD", "/lines/{line}"),
    ("POST", "/api/v1/registrations"),
    ("POST", "/api/v1/invitations/redeem"),
    ("GET", "/api/v1/signin"),
    ("POST", "/api/v1/signin/{name}"),
    ("POST", "/api/v1/session"),
    ("POST", "/api/v1/invitations/redeem"),
    ("POST", "/api/v1/password"),
    ("POST", "/api/v1/password/reset"),
    ("GET", "/signin/{name}"),
    ("GET", "/signin/{name}/callback"),
}
"""`/blobs` checks the signature of the link instead of a token; to sign in needs none yet; the others
tell nothing of any dataset."""

ABOUT_THE_CALLER = {
    ("GET", "/api/v1/me"),
    ("GET", "/api/v1/directory"),
    ("GET", "/api/v1/templates/production.{form}"),
    ("GET", "/api/v1/templates/metadata.{form}"),
    ("GET", "/api/v1/agreements/{agreement}/acceptances"),
    ("GET", "/api/v1/agreements/{agreement}/duties"),
    ("GET", "/api/v1/collections"),
    ("POST", "/api/v1/notifications/read"),
    ("POST", "/api/v1/notifications/{id}/read"),
    ("GET", "/api/v1/notifications/preferences"),
    ("PUT", "/api/v1/notifications/preferences"),
    ("GET", "/api/v1/organisations"),
    ("POST", "/api/v1/organisations/takeover"),
    ("GET", "/api/v1/organisations/{organisation}"),
    ("GET", "/api/v1/organisations/{organisation}/history"),
    ("GET", "/api/v1/groups"),
    ("GET", "/api/v1/people"),
    ("GET", "/api/v1/invitations"),
    ("PUT", "/api/v1/password"),
    ("GET", "/api/v1/session"),
    ("PUT", "/api/v1/session/organisation"),
    ("DELETE", "/api/v1/session"),
    ("GET", "/api/v1/sessions"),
    ("DELETE", "/api/v1/sessions/{id}"),
    ("GET", "/api/v1/tokens"),
    ("POST", "/api/v1/tokens"),
    ("DELETE", "/api/v1/tokens/{token}"),
}
"""Need a token and show no dataset, so no decision about one is recorded."""


WITHIN_ONES_OWN = {
    ("GET", "/api/v1/accesses"),
    ("GET", "/api/v1/blocks"),
    ("POST", "/api/v1/blocks"),
    ("GET", "/api/v1/sharing-templates"),
    ("POST", "/api/v1/sharing-templates"),
    ("GET", "/api/v1/proposals"),
    ("GET", "/api/v1/transfers"),
    ("GET", "/api/v1/term-proposals"),
    ("POST", "/api/v1/registry"),
}
"""A steward of any organisation may, for it alone."""
HARVESTS = {"/catalogue", "/oai"}
LISTS = {"/api/v1/datasets", "/api/v1/notifications", "/api/v1/requests", "/api/v1/registry", *HARVESTS}
"""Lists answer everybody, with what each may know of."""


BASE = "/api/v1/datasets"
ONE = f"{BASE}/{{dataset}}"
CODED = "/api/v1/coded/{collection}/{code}"
REGISTERED = "/api/v1/registry/{object}"
OPEN_TO_THE_WORLD = {
    ("GET", BASE),
    ("GET", ONE),
    *(
        ("GET", ONE + path)
        for path in (
            "/versions",
            "/builds",
            "/builds/{build}/difference",
            "/report",
            "/report/csv",
            "/summary",
            "/picture.svg",
            "/tables",
            "/tables/{table}",
            "/tables/{table}/{form}",
            "/series",
            "/raw/{file}",
            "/production",
            "/access",
            "/sources",
            "/odrl",
            "/revisions",
            "/revisions/{number}",
            "/difference",
        )
    ),
    *(
        (method, "/datasets/{dataset}" + path)
        for method in ("GET", "HEAD")
        for path in ("", "/as/{form}", "/files/{name}", "/raw/{file}")
    ),
    ("POST", f"{ONE}/tables/{{table}}/link"),
    ("POST", f"{ONE}/raw/{{file}}/link"),
    ("GET", "/api/v1/comparison"),
    ("GET", REGISTERED),
    *(("GET", REGISTERED + path) for path in ("/versions/{number}", "/passport", "/passport/json")),
    ("GET", "/objects/{object}"),
    ("HEAD", "/objects/{object}"),
    ("GET", "/api/v1/bundles"),
    ("GET", "/datasets/{dataset}/bundle.zip"),
    *(
        ("GET", CODED + path)
        for path in ("/tables", "/tables/{table}", "/tables/{table}/{form}", "/series", "/summary")
    ),
    ("GET", "/catalogue"),
    ("HEAD", "/catalogue"),
    ("GET", "/oai"),
    ("POST", "/oai"),
    ("GET", "/api/v1/coded/{collection}"),
    ("GET", "/api/v1/collections/{collection}/aggregate"),
    ("POST", f"{CODED}/tables/{{table}}/link"),
}
"""Need no token: whoever has none is the world, and gets what is open to everybody."""


def doors(services: Services) -> Iterator[tuple[str, str]]:
    app = create_app(services)
    for route in app.routes:
        included = getattr(route, "effective_route_contexts", None)
        for one in included() if included else [route]:
            path = re.sub(r":path}", "}", one.path)
            for method in sorted(one.methods or ()):
                yield method, path


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services), raise_server_exceptions=False) as client:
        yield client


def _address(path: str) -> str:
    names = {
        "dataset": "PLX-0000-0000",
        "form": "csv",
        "table": "timeseries",
        "id": "0" * 26,
        "build": "1",
        "event": "1",
        "number": "1",
        "code": "QX",
        "object": "CEL-0000-0000",
        "edition": "1-draft",
        "version": "1",
    }
    if path.startswith("/datasets/"):
        names |= {"form": "json", "name": "timeseries.parquet"}
    return re.sub(r"{(\w+)}", lambda match: names.get(match[1], "abc"), path)


def test_no_route_answers_without_a_token_unless_it_is_listed_as_public(services: Services, client: TestClient) -> None:
    every = list(doors(services))
    assert len(every) > 25
    for method, path in every:
        if (method, path) in PUBLIC | OPEN_TO_THE_WORLD:
            continue
        answer = client.request(method, _address(path), headers={"Tus-Resumable": "1.0.0"})
        assert answer.status_code == 401, f"{method} {path} answered {answer.status_code} without a token"


def test_the_world_finds_no_dataset_that_is_not_shown_to_it(
    services: Services, client: TestClient, world: World
) -> None:
    draft = client.post(BASE, json={}, headers=world.header("north")).json()["id"]
    for method, path in OPEN_TO_THE_WORLD:
        body = _bodies(draft).get((method, path), {})
        answers = [
            client.request(method, _address(path).replace("PLX-0000-0000", id), **(_bodies(id).get((method, path), {})))
            for id in (draft, "PLX-0000-0000")
        ]
        if path in HARVESTS:
            assert [one.status_code for one in answers] == [200, 200]
            assert draft not in answers[0].text and answers[0].text.count("PLX-") == 0
            continue
        if path == BASE:
            assert [one.json()["items"] for one in answers] == [[], []]
            continue
        assert [one.status_code for one in answers] == [404, 404], f"{method} {path} {body}"
        if method == "HEAD":
            continue
        hidden, absent = (one.json() | {"reference": ""} for one in answers)
        assert hidden["detail"].replace(draft, "PLX-0000-0000") == absent["detail"]


def test_the_list_of_public_routes_names_only_routes_that_exist(services: Services) -> None:
    assert set(doors(services)) >= PUBLIC | OPEN_TO_THE_WORLD


def test_every_guarded_route_leaves_a_decision_in_the_audit(
    services: Services, client: TestClient, world: World
) -> None:
    def events() -> int:
        with services.sessions.read() as session:
            return int(session.scalar(text("SELECT count(*) FROM plx_audit")) or 0)

    draft = client.post("/api/v1/datasets", json={}, headers=world.header("north")).json()["id"]
    for method, path in doors(services):
        if (method, path) in PUBLIC | ABOUT_THE_CALLER:
            continue
        before = events()
        address = _address(path).replace("PLX-0000-0000", draft)
        body = _bodies(draft).get((method, path), {})
        answer = client.request(method, address, headers=world.header("partner") | body.pop("headers", {}), **body)
        if (method, path) in WITHIN_ONES_OWN:
            assert (answer.status_code, events()) in ((200, before + 1), (201, before + 1)), f"{method} {path}"
            continue
        assert answer.status_code in (200, 403, 404), f"{method} {path}: {answer.status_code} {answer.text}"
        if answer.status_code != 200:
            assert events() == before + 1, f"{method} {path} refused without a record"
        else:
            assert path in LISTS, f"{method} {path} let the partner in"
            assert draft not in answer.text if path in HARVESTS else answer.json()["items"] == []
            assert events() == before + 1


def _bodies(draft: str) -> dict[tuple[str, str], dict[str, object]]:
    """What a request needs to be well-formed, so that it is the guard that refuses it."""
    from base64 import b64encode

    base = "/api/v1/datasets"
    told = f"filename {b64encode(b'a.csv').decode()},dataset {b64encode(draft.encode()).decode()}"
    tus = {"Tus-Resumable": "1.0.0"}
    holders, agreements = f"{base}/{{dataset}}/rights-holders", "/api/v1/agreements"
    harvest = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    accepted = {"version": 1, "sha256": "0" * 64, "function": "A", "basis": "B"}
    because = {"reason": "Because of it"}
    network = {
        ("POST", "/organisations"): {"id": "east", "name": "East", "standing": "member"} | because,
        ("PATCH", "/organisations/{organisation}"): {"contact": "data@east.example"},
        ("POST", "/organisations/{organisation}/state"): {"state": "admitted"} | because,
        ("POST", "/organisations/{organisation}/withdrawal"): because,
        ("POST", "/organisations/{organisation}/handover"): {"taker": "west"} | because,
        ("POST", "/organisations/takeover"): {"giver": "west"},
        ("POST", "/groups"): {"id": "eg9", "name": "EG9"},
        ("POST", "/lines"): {"id": "east-1", "name": "East 1", "time_zone": "UTC"},
        ("PUT", "/lines/{line}"): {"name": "East 1", "time_zone": "UTC"},
        ("POST", "/lines/{line}/assessments"): {},
        ("POST", "/people/services"): {"name": "Hall 2", "roles": ["viewer"]},
        ("PUT", "/people/{user}/roles"): {"roles": ["viewer"]},
        ("PUT", "/people/{user}/network-roles"): {"roles": ["auditor"]},
        ("POST", "/people/{user}/end"): because,
        ("POST", "/invitations"): {"email": "ada@east.example", "roles": ["viewer"]},
        ("POST", "/invitations/accept"): {"code": "a" * 43},
        ("POST", "/rounds/{round}/dois"): {},
        ("POST", "/rounds/{round}/submissions"): {"line": "north-1", "cell": "A", "dataset": draft},
        ("POST", "/rounds/{round}/attempts"): {"line": "north-1", "cell": "A", "dataset": draft},
        ("POST", "/rounds/{round}/decisions"): {"code": "QX", "cell": 1, "accepted": True} | because,
        ("POST", "/registrations/{id}/approve"): {"organisation": "east"} | because,
        ("POST", "/registrations/{id}/decline"): because,
    }
    network |= _of_rounds()
    return {(method, f"/api/v1{path}"): {"json": body} for (method, path), body in network.items()} | {
        ("GET", "/oai"): {"params": harvest},
        ("POST", "/oai"): {"data": harvest},
        ("POST", base): {"json": {}},
        ("POST", "/api/v1/registry"): {"json": {"kind": "cell", "name": "A"}},
        ("POST", "/api/v1/registry/from-genealogy"): {"json": {"dataset": draft}},
        ("PATCH", REGISTERED): {"json": {"name": "B"}},
        ("PUT", f"{REGISTERED}/visibility"): {"json": {"visibility": "network"}},
        ("POST", f"{REGISTERED}/versions"): {"json": {}},
        ("PATCH", f"{base}/{{dataset}}/metadata"): {"json": {"title": "a"}},
        ("POST", "/api/v1/metadata/check"): {"json": {"record": {}}},
        ("POST", "/api/v1/metadata/preview"): {
            "content": _sheet(draft),
            "headers": {"Content-Type": "application/yaml"},
        },
        ("POST", "/api/v1/metadata/apply"): {
            "content": _sheet(draft),
            "headers": {"Content-Type": "application/yaml"},
            "params": {"token": f"1-{'0' * 64}"},
        },
        ("POST", "/api/v1/metadata/edit/preview"): {"json": {"datasets": [draft], "place": "title", "value": "a"}},
        ("POST", "/api/v1/metadata/edit/apply"): {
            "json": {"datasets": [draft], "place": "title", "value": "a", "token": f"1-{'0' * 64}"}
        },
        ("POST", f"{base}/{{dataset}}/release"): {"json": {}},
        ("POST", f"{base}/{{dataset}}/versions"): {"json": {"files": ["0" * 26]}},
        ("POST", f"{base}/{{dataset}}/split"): {"json": {"choices": "all"}},
        ("POST", f"{base}/{{dataset}}/dois"): {"json": {}},
        ("PUT", f"{base}/{{dataset}}/visibility"): {"json": {"visibility": "network"}},
        ("POST", f"{base}/{{dataset}}/requests"): {
            "json": {"level": "tables", "purpose": "research", "text": "To learn"}
        },
        ("POST", "/api/v1/requests/{id}/approve"): {"json": {}},
        ("POST", "/api/v1/requests/{id}/decline"): {"json": {"reason": "No"}},
        ("POST", f"{base}/{{dataset}}/grants"): {"json": {"grantee": "north", "level": "raw"}},
        ("PUT", f"{base}/{{dataset}}/grants/{{grant}}"): {"json": {"grantee": "north", "level": "raw"}},
        ("PUT", f"{base}/{{dataset}}/public-title"): {"json": {"title": "a"}},
        ("PUT", f"{base}/{{dataset}}/embargo"): {"json": {"until": None}},
        ("POST", f"{base}/{{dataset}}/embargo/confirmations"): {"json": {}},
        ("POST", "/api/v1/blocks"): {"json": {"blocked": "south", "reason": "A contract ended"}},
        ("POST", "/api/v1/sharing-templates"): {"json": {"name": "a"}},
        ("POST", "/api/v1/vocabularies/{name}/terms"): {
            "json": {"id": "a", "label": "A", "definition": "B", "why": "C"} | because
        },
        ("PATCH", "/api/v1/vocabularies/{name}/terms/{term}"): {"json": because},
        ("POST", "/api/v1/vocabularies/{name}/terms/{term}/deprecation"): {"json": because},
        ("POST", "/api/v1/vocabularies/{name}/terms/{term}/restoration"): {"json": because},
        ("POST", "/api/v1/term-proposals/{id}/accept"): {
            "json": {"id": "a", "label": "A", "definition": "B", "why": "C", "public": False} | because
        },
        ("POST", "/api/v1/term-proposals/{id}/map"): {"json": {"term": "a", "public": False} | because},
        ("POST", "/api/v1/term-proposals/{id}/decline"): {"json": because},
        ("POST", f"{base}/{{dataset}}/proposals"): {"json": {}},
        ("POST", "/api/v1/proposals/{id}/approve"): {"json": {}},
        ("POST", "/api/v1/proposals/{id}/decline"): {"json": {"reason": "Not yet"}},
        ("POST", f"{base}/{{dataset}}/transfer"): {"json": {"taker": "north", "reason": "A line moves"}},
        ("POST", "/api/v1/bulk/preview"): {"json": _bulk(draft)},
        ("POST", "/api/v1/bulk/apply"): {"json": _bulk(draft) | {"token": f"1-{'0' * 64}"}},
        ("POST", "/api/v1/collections"): {"json": {"id": "a", "name": "a"}},
        ("POST", f"{base}/{{dataset}}/break-glass"): {"json": {"reason": "A thermal event was reported"}},
        ("POST", f"{base}/{{dataset}}/report/acceptances"): {"json": {"rule": "time-gap", "reason": "Paused"}},
        ("PUT", f"{base}/{{dataset}}/sources"): {"json": {"sources": []}},
        ("POST", f"{holders}"): {"json": {"organisation": "A", "basis": "B"}},
        ("POST", f"{holders}/{{holder}}/consent"): {"json": {"given_by": "A", "given_on": "2027-01-01", "words": "B"}},
        ("POST", f"{holders}/{{holder}}/consent/withdraw"): {"json": {"reason": "A"}},
        ("POST", f"{holders}/{{holder}}/end"): {"json": {"reason": "A"}},
        ("PUT", f"{holders}/consents/{{given}}/documents/{{filename}}"): {"content": b"a"},
        ("POST", agreements): {"json": {"id": "a", "kind": "round-rules", "title": "A", "text": "B"}},
        ("POST", f"{agreements}/{{agreement}}/versions"): {"json": {"text": "A"}},
        ("PUT", f"{agreements}/{{agreement}}/requirement"): {"json": {"required_from": None}},
        ("POST", f"{agreements}/{{agreement}}/retire"): {"json": {"reason": "A"}},
        ("POST", f"{agreements}/{{agreement}}/acceptances"): {"json": accepted},
        ("POST", f"{agreements}/{{agreement}}/acceptances/{{acceptance}}/withdraw"): {"json": {"reason": "A"}},
        ("PUT", f"{agreements}/{{agreement}}/acceptances/{{acceptance}}/documents/{{filename}}"): {"content": b"a"},
        ("POST", f"{agreements}/{{agreement}}/duties/{{duty}}/confirm"): {"json": {"statement": "A"}},
        ("GET", f"{base}/{{dataset}}/series"): {"params": {"y": "voltage_volt"}},
        ("GET", f"{base}/{{dataset}}/builds/{{build}}/difference"): {"params": {"other": 2}},
        ("GET", f"{base}/{{dataset}}/difference"): {"params": {"from": 1, "to": 2}},
        ("GET", "/api/v1/comparison"): {"params": {"dataset": draft}},
        ("GET", "/api/v1/bundles"): {"params": {"dataset": draft}},
        ("GET", f"{CODED}/series"): {"params": {"y": "voltage_volt"}},
        ("GET", "/api/v1/objects/tests"): {"params": {"kind": "roll", "name": "R-1"}},
        ("GET", "/api/v1/objects/parameters"): {"params": {"kind": "cell", "name": "C-1"}},
        ("PUT", f"{base}/{{dataset}}/files/{{filename}}"): {"content": b"a"},
        ("POST", "/api/v1/audit/{event}/person"): {"json": {"reason": "A complaint"}},
        ("POST", "/api/v1/service-accounts/{service}/tokens"): {"json": {"name": "a", "scopes": ["read"]}},
        ("POST", "/api/v1/uploads"): {"headers": tus | {"Upload-Length": "1", "Upload-Metadata": told}},
        ("HEAD", "/api/v1/uploads/{id}"): {"headers": tus},
        ("DELETE", "/api/v1/uploads/{id}"): {"headers": tus},
        ("PATCH", "/api/v1/uploads/{id}"): {
            "headers": tus | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
            "content": b"a",
        },
    }


def _of_rounds() -> dict[tuple[str, str], dict[str, object]]:
    one, line = "/rounds/{round}", "/rounds/{round}/lines/{line}"
    because = {"reason": "Because of it"}
    return {
        ("POST", "/rounds"): rounds_examples.FOUNDED,
        ("PUT", one): rounds_examples.RECORD,
        ("PUT", f"{one}/people"): {"coordinator": "ada"},
        ("POST", f"{one}/conflicts"): {"statement": "I work there"},
        ("POST", f"{one}/lines"): {"lines": ["north-1"]},
        ("POST", f"{line}/join"): rounds_examples.PERSON,
        ("POST", f"{line}/waiver"): rounds_examples.PERSON,
        ("POST", f"{line}/withdrawal"): because,
        ("POST", f"{line}/cells"): {"names": ["A"]},
        ("POST", f"{line}/cells/replacements"): {"name": "A", "by": "B"} | because,
        ("POST", f"{one}/extensions"): {"code": "QX", "closes_at": "2027-04-30T22:00:00Z"} | because,
        ("POST", f"{one}/amendments"): rounds_examples.AMENDMENT,
        ("POST", f"{one}/close"): {},
        ("POST", f"{one}/exclusions"): {"kpi": "q-c10", "code": "QX"} | because,
        ("POST", f"{one}/cancel"): because,
        ("POST", f"{one}/comments"): {"line": "north-1", "text": "It was warm"},
        ("POST", f"{one}/comments/{{comment}}/answer"): {"text": "It was not"},
        ("POST", f"{one}/corrections"): because,
        ("POST", f"{one}/checks"): {"check": "homogeneity", "kpi": "q-c10", "items": [[1, 2], [3, 4]]},
        ("POST", f"{line}/custody"): {"entries": [{"what": "returned", "cell": "A", "at": "2026-01-01T00:00:00Z"}]},
        ("POST", f"{one}/unblindings"): {"code": "QX", "to": "ada"} | because,
        ("POST", f"{one}/unblindings/{{id}}/agreements"): {"role": "office"},
    }


def _sheet(draft: str) -> bytes:
    return f"datasets: [{{dataset: {draft}, title: a}}]".encode()


def _bulk(draft: str) -> dict[str, object]:
    return {"datasets": [draft], "action": {"type": "visibility", "visibility": "network"}}
