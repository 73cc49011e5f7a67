"""Registry: the REST API of DataCite (JSON:API, support.datacite.org/docs/api), as far as DOIs of ours need it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from exchange.settings import Settings
from schemas.doi import DoiState
from schemas.errors import Conflict, Unavailable

Json = dict[str, Any]  # Any: JSON:API attributes
MEDIA_TYPE: Final = "application/vnd.api+json"
REGISTER, PUBLISH, HIDE = "register", "publish", "hide"
_TIMEOUT_S: Final = 30.0
_LONGEST: Final = 300


@dataclass(frozen=True)
class Registry:
    """Where DOIs are registered, as which repository. Every call can be made again: nothing is done twice."""

    url: str
    repository: str
    password: SecretStr

    def reserve(self, doi: str) -> None:
        """Make the DOI a draft there; one that is there already is left as it is."""
        answer = self._send("POST", "/dois", {"doi": doi})
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY and "taken" in answer.text:
            return
        _checked(answer, doi)

    def change(self, doi: str, attributes: Json, event: str) -> DoiState:
        """Replace what is said of it and bring it into the state that the event leads to; returns that state."""
        answer = self._send("PUT", f"/dois/{quote(doi, safe='')}", attributes | {"event": event})
        document = _checked(answer, doi)
        try:
            return DoiState(document["data"]["attributes"]["state"])
        except (KeyError, TypeError, ValueError):
            raise Unavailable(f"The DOI service answered for {doi} with what is no DOI; try again later.") from None

    def brought_out(self, doi: str, state: DoiState, attributes: Json) -> Iterator[DoiState]:
        """Draft, registered, findable: each state as it is reached, to be remembered before the next step."""
        if state is DoiState.DRAFT:
            self.reserve(doi)
            yield self.change(doi, attributes, REGISTER)
        yield self.change(doi, attributes, PUBLISH)

    def _send(self, method: str, path: str, attributes: Json) -> httpx.Response:
        body = json.dumps({"data": {"type": "dois", "attributes": attributes}})
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
        auth = httpx.BasicAuth(self.repository, self.password.get_secret_value())
        try:
            with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client:
                return client.request(method, self.url.rstrip("/") + path, content=body, headers=headers, auth=auth)
        except httpx.HTTPError as failure:
            raise Unavailable("The DOI service does not answer; nothing is lost, try again later.") from failure


def opened(settings: Settings) -> Registry | None:
    """The registry of the settings; None where they name none, so that DOIs stay drafts."""
    if not (settings.datacite_url and settings.datacite_repository and settings.datacite_password):
        return None
    return Registry(settings.datacite_url, settings.datacite_repository, settings.datacite_password)


def _checked(answer: httpx.Response, doi: str) -> Any:  # Any: JSON
    """The document; `Conflict` with what the service says is wrong with the record, `Unavailable` for all else."""
    if answer.status_code in (httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.BAD_REQUEST):
        raise Conflict(f"The DOI service does not take the record of {doi}: {_said(answer)}")
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Unavailable("The DOI service does not let this installation in; its operator looks at the settings.")
    if not answer.is_success:
        raise Unavailable(f"The DOI service answered with status {answer.status_code}; try again later.")
    try:
        return answer.json()
    except ValueError:
        raise Unavailable("The DOI service answered with what is no JSON; try again later.") from None


def _said(answer: httpx.Response) -> str:
    try:
        told = "; ".join(f"{one.get('source', '')} {one.get('title', '')}".strip() for one in answer.json()["errors"])
    except (ValueError, KeyError, TypeError, AttributeError):
        told = "it gives no reason"
    plain = "".join(sign if sign.isprintable() else " " for sign in told)
    return f"{plain[:_LONGEST]}."
