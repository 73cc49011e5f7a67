"""The web application: doors in their order, around the services of this process."""

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import Depends, FastAPI

from exchange.api import document, errors
from exchange.api.doors import known_parameters
from exchange.api.requests import EveryRequest
from exchange.api.routers import FROM_OUTSIDE, ROUTERS
from exchange.services import Services

_DESCRIPTION = """
Exchange of battery test data between pilot lines. Send your token as `Authorization: Bearer plx_…`.
Every refusal is a problem document (RFC 9457) whose `errors` name all problems at once, and whose `reference`
stands in the server's log.
"""


Account = tuple[str, str, str, str]
"""Organisation, person, role and token of a demonstration account."""


def create_app(services: Services, accounts: Sequence[Account] = ()) -> FastAPI:
    """The application; `services` is everything it works with, `accounts` are shown on a demonstration's start page."""
    app = FastAPI(
        title="Pilot-line data exchange",
        version=version("pilot-line-exchange"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.accounts = list(accounts)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router, dependencies=[Depends(known_parameters)])
    for router in FROM_OUTSIDE:
        app.include_router(router)
    document.install(app)
    surround(app, services)
    return app


def surround(app: FastAPI, services: Services) -> None:
    """Put around every request what depends on the settings."""
    encrypted = services.settings.base_url.startswith("https:")
    app.add_middleware(EveryRequest, trusted=services.settings.trusted_proxies, encrypted=encrypted)
