"""Commands that speak to a running server, as its user: address and token from options or the environment."""

import os
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

Server = Annotated[str, typer.Option(help="Address of the installation", envvar="EXCHANGE_SERVER", show_default=False)]
_PATIENCE_S = 120.0

Json = Any
"""A JSON document of the API."""


class Remote:
    """Somebody at a server; the token comes from EXCHANGE_TOKEN, never from the command line, where others see it."""

    def __init__(self, server: str) -> None:
        token = os.environ.get("EXCHANGE_TOKEN", "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=f"{server.rstrip('/')}/api/v1", headers=headers, timeout=_PATIENCE_S)

    def get(self, path: str) -> Json:
        """A document; what is refused is told, and the command ends with status 1."""
        return self._answer("GET", path).json()

    def post(self, path: str, body: Json = None) -> Json:
        """Do something; None where the server answers without a document."""
        answer = self._answer("POST", path, body if body is not None else {})
        return answer.json() if answer.content else None

    def save(self, path: str, to: Path) -> int:
        """Keep a file; returns its bytes."""
        content = self._answer("GET", path).content
        to.write_bytes(content)
        return len(content)

    def _answer(self, method: str, path: str, body: Json = None) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.HTTPError as wrong:
            typer.echo(f"{self._http.base_url.host} does not answer ({type(wrong).__name__}).", err=True)
            raise typer.Exit(1) from None
        if answer.is_error:
            _tell(answer)
            raise typer.Exit(1)
        return answer


def _tell(answer: httpx.Response) -> None:
    try:
        problem = answer.json()
        typer.echo(f"{problem['title']}: {problem['detail']}", err=True)
        for one in problem.get("errors", ()):
            typer.echo(f"  {one['pointer']}: {one['message']} {one['hint']}".rstrip(), err=True)
    except (ValueError, KeyError, TypeError):
        typer.echo(f"The server answered {answer.status_code} and no problem document.", err=True)
