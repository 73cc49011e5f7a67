"""The world of the API's tests, for proofs of access through it."""

from tests.api.conftest import people, services, world

__all__ = ["people", "services", "world"]
