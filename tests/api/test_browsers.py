"""What every answer tells a browser: to run nothing of it, frame nothing of it, keep nothing of it."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from exchange import app as application
from exchange.services import Services
from tests.apps import create_app
from tests.worlds import World

PAGES = ("/", "/docs", "/rules")
OTHERS = (
    "/api/v1/me",
    "/api/v1/datasets",
    "/api/v1/datasets/PLX-0000-0000",
    "/api/v1/openapi.json",
    "/blobs/a?expires=1&name=a&type=image/svg%2bxml&signature=a",
    "/nowhere",
)


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
def test_every_answer_is_run_framed_sniffed_and_kept_by_no_browser(services: Services, world: World, path: str) -> None:
    client = TestClient(create_app(services))
    headers = client.get(path, headers=world.header("north")).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert all(one in policy for one in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"))
    assert ("sandbox" in policy) is (path not in PAGES)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


def test_where_people_come_by_https_browsers_are_told_to_come_by_nothing_else(services: Services) -> None:
    assert "strict-transport-security" not in TestClient(create_app(services)).get("/").headers
    settings = services.settings.model_copy(update={"base_url": "https://exchange.example.org"})
    client = TestClient(create_app(replace(services, settings=settings)))
    for path in ("/", "/api/v1/health", "/nowhere"):
        told = client.get(path).headers["strict-transport-security"]
        assert told == "max-age=31536000; includeSubDomains"


def test_no_address_answers_trace_and_no_foreign_origin_is_let_read(services: Services) -> None:
    client = TestClient(create_app(services))
    assert client.request("TRACE", "/api/v1/me").status_code == 405
    asked = client.options(
        "/api/v1/me", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    )
    assert asked.status_code == 405 and "access-control-allow-origin" not in asked.headers


def test_a_fault_of_ours_is_told_by_its_reference_alone(services: Services) -> None:
    app = application.create_app(services)  # One of its own: a door is added to it.

    def broken() -> None:
        raise RuntimeError("the password of the database is hunter2")

    app.add_api_route("/api/v1/broken", broken)
    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/broken")
    assert answer.status_code == 500 and answer.json()["reference"] == answer.headers["x-reference"]
    assert "hunter2" not in answer.text and "RuntimeError" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
