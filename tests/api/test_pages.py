"""The two pages: plain, from this host alone, and without a token outside a demonstration."""

import re

from fastapi.testclient import TestClient

from exchange.services import Services
from tests.apps import create_app


def test_the_pages_need_no_script_and_no_other_host(services: Services) -> None:
    client = TestClient(create_app(services))
    for path in ("/", "/docs"):
        page = client.get(path)
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert "<script" not in page.text
        assert not [one for one in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text) if not one.startswith("/")]


def test_every_documented_route_stands_on_the_page_with_its_body(services: Services) -> None:
    client = TestClient(create_app(services))
    page, document = client.get("/docs").text, client.get("/api/v1/openapi.json").json()
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page
    assert "&quot;nominal_capacity_ah&quot;: 5.0" in page and "`" not in page


def test_accounts_are_shown_in_a_demonstration_alone_and_escaped(services: Services) -> None:
    assert "plx_secret" not in TestClient(create_app(services)).get("/").text
    account = ("<b>Line</b>", "Ada", "steward", "plx_secret")
    shown = TestClient(create_app(services, [account])).get("/").text
    assert "plx_secret" in shown and "<b>Line" not in shown and "&lt;b&gt;Line" in shown


def test_every_json_body_has_an_example_that_its_own_schema_takes(services: Services) -> None:
    document = TestClient(create_app(services)).get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None:
                continue
            examples = body["schema"].get("examples")
            assert examples, f"{path} has no example"
            [kind, *_] = body["schema"].get("anyOf", [body["schema"]])  # One that may be left out may be null.
            kinds = [schemas[one["$ref"].rpartition("/")[2]] for one in kind.get("oneOf", [kind])]
            for example in examples:
                fits = [set(one.get("required", ())) <= set(example) <= set(one["properties"]) for one in kinds]
                assert any(fits), f"{path}: {example}"
