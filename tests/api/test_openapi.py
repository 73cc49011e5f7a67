"""The API as its own document describes it, tried with generated requests, good and bad ones."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from exchange.app import create_app
from exchange.services import Services
from tests.worlds import World

schema = schemathesis.pytest.from_fixture("api")


@pytest.fixture
def api(services: Services) -> Iterator[object]:
    yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(services))


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_what_its_document_says(case: schemathesis.Case, world: World) -> None:
    case.call_and_validate(headers=world.header("north"))
