"""The application around a test's services: its doors are worked out once for all tests of a process."""

import copy
from collections.abc import Sequence
from functools import cache

from fastapi import FastAPI
from starlette.datastructures import State

from exchange import app
from exchange.app import Account
from exchange.services import Services
from exchange.settings import Settings


def create_app(services: Services, accounts: Sequence[Account] = ()) -> FastAPI:
    """What `exchange.app.create_app` makes, without examining every door anew, which costs more than most tests."""
    made = copy.copy(_examined())
    made.state = State()
    made.state.services, made.state.accounts = services, list(accounts)
    made.middleware_stack, made.user_middleware = None, []
    app.surround(made, services)
    return made


@cache
def _examined() -> FastAPI:
    return app.create_app(Services(Settings(), *[None] * 3, b""))  # type: ignore[arg-type]  # the doors alone are shared
