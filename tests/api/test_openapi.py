"""The API as its own document describes it, tried with generated requests, good and bad ones."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from exchange.identify import identify
from exchange.services import Services
from exchange.settings import Settings
from exchange.sheets.template import MEDIA_TYPES
from exchange.start import close_services, open_services
from schemas.errors import ExchangeError
from schemas.sheet import SheetForm
from tests import servers
from tests.apps import create_app
from tests.worlds import World, network

DOCUMENT: dict[str, Any] = create_app(Services(Settings(), *[None] * 3, b"")).openapi()  # type: ignore[arg-type]  # only its document is wanted
"""Made once: asking each application for it would take longer than what is tried by it."""
OPERATIONS = [(path, method) for path, operations in DOCUMENT["paths"].items() for method in operations]


EXAMPLES = int(os.environ.get("EXCHANGE_TEST_API_EXAMPLES", "2"))
"""Per operation and database; a longer run takes more."""
BEYOND_SCHEMA = {
    ("/api/v1/organisations", "post"): "a ROR id's check digits, and control characters in names",
    ("/api/v1/organisations/{organisation}", "patch"): "the same",
    ("/api/v1/registrations", "post"): "the same",
    ("/api/v1/invitations/redeem", "post"): "control characters in names",
    ("/api/v1/organisations/{organisation}/handover", "post"): "that the taker is a member",
    ("/api/v1/groups", "post"): "control characters in names",
    ("/api/v1/people/services", "post"): "the same",
    ("/api/v1/lines", "post"): "the same, the name of a time zone, the terms of the vocabulary, narrow before wide",
    ("/api/v1/lines/{line}", "put"): "the same",
    ("/api/v1/datasets", "get"): "that a cursor was given out by this server",
    ("/api/v1/notifications", "get"): "the same",
    ("/api/v1/notifications/preferences", "put"): "that the kind is not one of security",
    ("/api/v1/requests", "get"): "the same",
    ("/api/v1/requests/{id}/approve", "post"): "how the fields of a grant go together",
    ("/api/v1/datasets/{dataset}/requests", "get"): "the same",
    ("/api/v1/datasets/{dataset}/requests", "post"): "that the end is not past and the agreements exist",
    ("/api/v1/datasets", "post"): "an ORCID's check character, the order of a voltage window, the name of a time zone",
    ("/api/v1/datasets/{dataset}/metadata", "patch"): "the same",
    ("/api/v1/registry", "post"): "that the record is of the kind, and what it names exists",
    ("/api/v1/registry/{object}", "patch"): "the same",
    ("/api/v1/registry/{object}/versions", "post"): "that it asks for something, and what it names exists",
    ("/api/v1/datasets/{dataset}/grants", "post"): "that the grantee exists and the end is not past",
    ("/api/v1/datasets/{dataset}/grants/{grant}", "put"): "the same",
    ("/api/v1/datasets/{dataset}/embargo", "put"): "that the end is not past",
    ("/api/v1/datasets/{dataset}/public-title", "put"): "that the title is not blank",
    ("/api/v1/datasets/{dataset}/transfer", "post"): "that the organisation exists and may own datasets",
    ("/api/v1/blocks", "post"): "that whoever is blocked exists and is of another organisation",
    ("/api/v1/sharing-templates", "post"): "that the grantees exist, and that contributors do not open to the world",
    ("/api/v1/bulk/preview", "post"): "that datasets are chosen one way, and that the action fits each of them",
    ("/api/v1/bulk/apply", "post"): "the same",
    ("/api/v1/vocabularies/{name}/terms", "post"): "that a term has either an IRI or the reason why it has none",
    ("/api/v1/term-proposals/{id}/accept", "post"): "the same",
    ("/api/v1/metadata/preview", "post"): "what stands in a sheet",
    ("/api/v1/metadata/apply", "post"): "the same",
    ("/api/v1/metadata/edit/preview", "post"): "that the record has the place, and takes the value there",
    ("/api/v1/metadata/edit/apply", "post"): "the same",
    ("/api/v1/rounds", "post"): "how the fields of a plan go together, and control characters in the title",
    ("/api/v1/rounds/{round}", "put"): "the same",
    ("/api/v1/rounds/{round}/amendments", "post"): "how the fields of a plan go together",
    ("/api/v1/rounds/{round}/lines/{line}/cells", "post"): "that no cell is named twice",
    ("/api/v1/rounds/{round}/lines/{line}/custody", "post"): "that a moment and what was measured are in reach",
    ("/api/v1/rounds/{round}/extensions", "post"): "that a moment is in reach",
    ("/api/v1/collections", "post"): "that the name has no control characters",
    ("/api/v1/datasets/{dataset}/versions", "post"): "that the organisation holds the files, and each named once",
    ("/api/v1/agreements/{agreement}/requirement", "put"): "that the year is in reach",
    ("/catalogue", "get"): "that a cursor was given out by this server",
    ("/api/v1/datasets/{dataset}/accesses", "get"): "that a cursor was given out by this server",
    ("/api/v1/accesses", "get"): "the same",
    ("/api/v1/audit", "get"): "the same, and that a moment is in reach",
    ("/api/v1/uploads", "post"): "what stands inside the base64 of Upload-Metadata",
    ("/api/v1/datasets/{dataset}/series", "get"): "the columns that the table has",
    ("/api/v1/datasets/{dataset}/tables/{table}", "get"): "the same",
    ("/api/v1/datasets/{dataset}/tables/{table}/{form}", "get"): "the same",
}
"""Rules that JSON Schema cannot say; there alone may a request that fits the schema be refused with 422."""


@schemathesis.serializer(
    "application/offset+octet-stream", *(MEDIA_TYPES[form] for form in (SheetForm.XLSX, SheetForm.CSV, SheetForm.YAML))
)
def chunk(_context: object, value: object) -> bytes:
    """A chunk of an upload, or a sheet, is sent as the bytes it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


Inhabited = tuple[Services, World]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def inhabited(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Inhabited]]:
    """One small network on each database for all operations, since each bears what others leave behind; another one
    once its steward is locked out of it."""
    with ExitStack() as stack:
        there: list[Inhabited] = []

        def now() -> Inhabited:
            if not there or not _lets_in(*there[-1]):
                folder = tmp_path_factory.mktemp("inhabited")
                url = _sqlite if request.param == "sqlite" else _postgresql
                there.append(stack.enter_context(_network(folder, stack.enter_context(url(request, folder)))))
            return there[-1]

        yield now


@contextmanager
def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    copyfile(request.getfixturevalue("sqlite_template"), folder / "test.db")
    yield f"sqlite:///{folder / 'test.db'}"


@contextmanager
def _postgresql(request: pytest.FixtureRequest, _: Path) -> Iterator[str]:
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    with servers.fresh_database(server, template) as url:
        yield url


@contextmanager
def _network(folder: Path, url: str) -> Iterator[Inhabited]:
    services = open_services(Settings(data=folder / "data", database_url=url, _env_file=None))  # type: ignore[call-arg]  # no .env here
    try:
        yield services, network(services)
    finally:
        close_services(services)


def _lets_in(services: Services, world: World) -> bool:
    try:
        return bool(identify(services, world.header("north")["Authorization"]))
    except ExchangeError:
        return False


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_the_api_keeps_what_its_document_says(inhabited: Callable[[], Inhabited], path: str, method: str) -> None:
    services, world = inhabited()
    config = schemathesis.Config.from_dict({"checks": _checks(path, method)})
    schema = schemathesis.openapi.from_dict(DOCUMENT, config=config)
    schema.app = create_app(services)
    operation = schema[path][method]
    guarded = "security" in operation.definition.raw
    header = world.header("north") if guarded else {}
    fixed = {"dataset": _draft(services, world)} if "{dataset}" in path else {}
    strategies = [operation.as_strategy(mode) for mode in GenerationMode]
    if fixed:
        strategies.append(operation.as_strategy(GenerationMode.POSITIVE, path_parameters=fixed))

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=st.one_of(strategies))
    def keeps(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=header)

    keeps()


def _checks(path: str, method: str) -> dict[str, Any]:
    accepted = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
    if (path, method) in BEYOND_SCHEMA:
        accepted.append("422")
    refused = ["400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "5xx"]
    if "uploads" in path:
        refused.append("412")  # The upload protocol asks for it: a client of another protocol version.
    return {
        "positive_data_acceptance": {"expected-statuses": accepted},
        "negative_data_rejection": {"expected-statuses": refused},
    }


def _draft(services: Services, world: World) -> str:
    """A dataset with a file, so that requests get further than 'no such dataset'."""
    from fastapi.testclient import TestClient

    with TestClient(create_app(services)) as client:
        made: dict[str, Any] = client.post("/api/v1/datasets", json={}, headers=world.header("north")).json()
        content = io.BytesIO(b"test_time_second,voltage_volt,current_ampere\n0,3.5,1\n1,3.6,1\n")
        address = f"/api/v1/datasets/{made['id']}/files/a.csv"
        client.put(address, content=content.getvalue(), headers=world.header("north")).raise_for_status()
    return str(made["id"])
