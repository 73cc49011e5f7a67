"""The OpenAPI document: what FastAPI makes of the doors, and that some of them need no token."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

TOKEN, TOKEN_OR_NONE = "token", "token-or-none"
"""Names of the security schemes; the second one only marks the doors at which nobody has to sign in."""
SESSION = "session"
_COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-plx-session",
    "description": "A browser's session; whatever changes something needs the header X-CSRF-Token besides",
}
Document = dict[str, Any]  # Any: an OpenAPI document


def install(app: FastAPI) -> None:
    """Serve the document made here in place of FastAPI's own."""

    def document() -> Document:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            app.openapi_schema = _without_marks(made)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def _without_marks(document: Document) -> Document:
    schemes = document.get("components", {}).get("securitySchemes", {})
    schemes.pop(TOKEN_OR_NONE, None)
    schemes[SESSION] = _COOKIE
    for operations in document["paths"].values():
        for operation in operations.values():
            if {TOKEN: []} in operation.get("security", []):
                operation["security"] = [{TOKEN: []}, {SESSION: []}]
            if {TOKEN_OR_NONE: []} in operation.get("security", []):
                operation["security"] = [{TOKEN: []}, {SESSION: []}, {}]
    return document
