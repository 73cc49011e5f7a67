"""RO-Crate's own validator, without any other host: the context stands in its cache before it asks for it."""

import json
from pathlib import Path
from typing import Any

import requests
from requests_cache import CachedRequest, CachedResponse, CachedSession
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate, validate_metadata_as_dict

CONTEXT = Path(__file__).parent / "contexts" / "ro-crate-1.1.jsonld"
_AVAILABILITY = ["ro-crate-1.1_28.1", "ro-crate-1.1_28.2"]
_ADDRESS = "https://w3id.org/ro/crate/1.1/context"


def faults(
    cache: Path, metadata: str | None = None, folder: Path | None = None, least: str = "RECOMMENDED"
) -> list[str]:
    """What the validator finds in a metadata document, or in an unpacked crate with its files."""
    _fill(cache)
    settings: dict[str, Any] = {
        "rocrate_uri": str(folder) if folder else ".",
        "profile_identifier": "ro-crate-1.1",
        "requirement_severity": Severity[least],
        "offline": True,
        "cache_path": cache / "http",
        # Whether addresses answer is asked of a running server elsewhere.
        "skip_checks": _AVAILABILITY,
    }
    if metadata is None:
        result = validate(ValidationSettings(**settings))
    else:
        result = validate_metadata_as_dict(json.loads(metadata), ValidationSettings(**settings, metadata_only=True))
    return [f"{one.severity.name}: {one.message} ({one.violatingEntity})" for one in result.get_issues(Severity[least])]


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
