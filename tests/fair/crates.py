"""RO-Crate's own validator, without any other host: the context stands in its cache before it asks for it."""

import functools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from rdflib.plugins.sparql import processor
from requests_cache import CachedRequest, CachedResponse, CachedSession
from rocrate_validator.models import Severity, ValidationSettings, Validator

CONTEXT = Path(__file__).parent / "contexts" / "ro-crate-1.1.jsonld"
_AVAILABILITY = ["ro-crate-1.1_28.1", "ro-crate-1.1_28.2"]
_ADDRESS = "https://w3id.org/ro/crate/1.1/context"


def faults(
    cache: Path, metadata: str | None = None, folder: Path | None = None, least: str = "RECOMMENDED"
) -> list[str]:
    """What the validator finds in a metadata document, or in an unpacked crate with its files."""
    checker = _prepared(cache, least, metadata is not None)
    with _queries_kept():
        if metadata is None:
            result = checker.validate(rocrate_uri=str(folder))
        else:
            result = checker.validate(metadata_dict=json.loads(metadata))
    return [f"{one.severity.name}: {one.message} ({one.violatingEntity})" for one in result.get_issues(Severity[least])]


@functools.cache
def _prepared(cache: Path, least: str, alone: bool) -> Validator:
    """The profile is read once for many documents, or crates with their files."""
    _fill(cache)
    settings = ValidationSettings(
        rocrate_uri=".",
        profile_identifier="ro-crate-1.1",
        requirement_severity=Severity[least],
        metadata_only=alone,
        offline=True,
        cache_path=cache / "http",
        # Whether addresses answer is asked of a running server elsewhere.
        skip_checks=_AVAILABILITY,
    )
    return Validator(settings)


def _fill(cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with CachedSession(cache_name=str(cache / "http"), backend="sqlite", expire_after=-1) as session:
        asked = session.prepare_request(requests.Request("GET", _ADDRESS, headers={"Accept": "application/ld+json"}))
        answer = CachedResponse(
            content=CONTEXT.read_bytes(),
            headers={"Content-Type": "application/ld+json"},
            request=CachedRequest.from_request(asked),
            status_code=200,
            url=_ADDRESS,
        )
        session.cache.responses[session.cache.create_key(asked)] = answer


@contextmanager
def _queries_kept() -> Iterator[None]:
    """The validator parses the same queries anew for every document, which takes most of its time."""
    parse, translate = processor.parseQuery, processor.translateQuery

    def kept(text: str, base: str | None, spaces: Mapping[str, Any] | None) -> Any:  # Any: rdflib's
        key = text, base, tuple(sorted((spaces or {}).items()))
        if key not in _QUERIES:
            _QUERIES[key] = translate(parse(text), base, spaces)
        return _QUERIES[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "parseQuery", lambda text: text)
        patch.setattr(processor, "translateQuery", kept)
        yield


_QUERIES: dict[Any, Any] = {}
