"""The only table of status codes: how the domain's errors look over HTTP (RFC 9457 problem documents)."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from exchange.asked import asked
from exchange.problems import meant, told
from schemas import errors
from schemas.errors import ExchangeError, ProblemDocument, Trouble

STATUS: dict[type[ExchangeError], int] = {
    errors.Unauthenticated: 401,
    errors.Denied: 403,
    errors.NotFound: 404,
    errors.NotAcceptable: 406,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.WrongProtocolVersion: 412,
    errors.TooLarge: 413,
    errors.WrongMediaType: 415,
    errors.Refused: 422,
    errors.Unreadable: 422,
    errors.TooMany: 429,
    errors.ChecksumMismatch: 460,
    errors.Unavailable: 503,
}
_VERSION = "/schema_version"
"""Where a record that is too new says so; the record itself is at fault then, and is not told back."""
_SECRETS = {"password", "current", "link", "code"}
MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger("exchange.api")

Responses = dict[int | str, dict[str, Any]]  # Any: FastAPI's own shape of documented responses


def documented(*kinds: type[ExchangeError]) -> Responses:
    """The OpenAPI entries of these errors; 401, 422 and 503 can meet every guarded route and are always there."""
    every: set[type[ExchangeError]] = {*kinds, errors.Unauthenticated, errors.Refused, errors.Unavailable}
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    return {
        STATUS[kind]: {"description": kind.title, "content": {MEDIA_TYPE: schema}}
        for kind in sorted(every, key=lambda kind: STATUS[kind])
    }


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(ExchangeError, _of_domain)
    app.add_exception_handler(RequestValidationError, _of_input)
    app.add_exception_handler(HTTPException, _of_routing)


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    troubles: tuple[Trouble, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as a response."""
    document = ProblemDocument(
        type=f"urn:plx:problem:{kind}",
        title=title,
        status=status,
        detail=detail,
        errors=troubles,
        reference=asked.get().reference,
    )
    return Response(document.model_dump_json(), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def answer(error: ExchangeError) -> Response:
    """The response for one of the domain's errors; a subclass answers like its nearest listed base."""
    status = next(STATUS[kind] for kind in (*type(error).__mro__, errors.Refused) if kind in STATUS)
    headers = {}
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after_s)
        _log.warning("unavailable", reference=asked.get().reference, reason=str(error.__cause__ or error))
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    return problem(status, kind, error.title, error.message, error.errors, headers)


def _of_domain(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ExchangeError)
    return answer(error)


def _of_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    body = getattr(request.scope.get("route"), "body_field", None)
    model = None if body is None else body.field_info.annotation
    wrong = meant(error.errors())
    every = [{**found, "loc": _within_body(found["loc"])} for found in wrong]
    troubles = tuple(
        one.model_copy(
            update={
                "pointer": ("/body" if found["loc"][:1] == ("body",) else "") + one.pointer,
                "value": None if _secret(found["loc"]) and one.pointer != _VERSION else one.value,
            }
        )
        for one, found in zip(told(every, model), wrong, strict=True)
    )
    count = "One problem" if len(troubles) == 1 else f"{len(troubles)} problems"
    return problem(422, "refused", errors.Refused.title, f"{count} in the request; see errors.", troubles)


def _within_body(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return place[1:] if place[:1] == ("body",) else place


def _secret(place: tuple[int | str, ...]) -> bool:
    """A password or link is told to nobody, not even back to whoever sent it; nor is the body that holds one."""
    return place == ("body",) or bool(_SECRETS & {str(part) for part in place})


def _of_routing(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return answer(errors.Refused("The body is not JSON in UTF-8."))
    phrase = HTTPStatus(error.status_code).phrase
    kind = phrase.lower().replace(" ", "-")
    detail = {
        404: "There is nothing at this address. The API is described at /docs.",
        405: "This address does not take that method; the Allow header names those it takes.",
    }.get(error.status_code, str(error.detail))
    return problem(error.status_code, kind, phrase, detail, headers=error.headers)
