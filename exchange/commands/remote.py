"""Commands that speak to a running server, as its user: address and token from options or the environment."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import quote

import httpx
import typer

Server = Annotated[str, typer.Option(help="Address of the installation", envvar="EXCHANGE_SERVER", show_default=False)]
_PATIENCE_S = 120.0
_API = "/api/v1"
_LONGEST_VALUE = 60

Json = Any
"""A JSON document of the API."""


class Remote:
    """Somebody at a server; the token comes from EXCHANGE_TOKEN, never from the command line, where others see it.

    A path is given by its parts, each of which is one step of it whatever letters it has. What is refused is told in
    the server's words, and the command ends with status 1.
    """

    def __init__(self, server: str, *at: str) -> None:
        self._at = at
        self._http = httpx.Client(base_url=_address(server), headers=_identity(), timeout=_PATIENCE_S)

    def get(self, *parts: object) -> Json:
        """A document."""
        return self._document(self._answer("GET", parts))

    def post(self, *parts: object, body: Json = None, correction: bool = False) -> Json:
        """Do something; None where the server answers without a document."""
        query = {"correction": "true"} if correction else {}
        return self._document(self._answer("POST", parts, body if body is not None else {}, query))

    def put(self, *parts: object, body: Json) -> Json:
        """Put something in the place of what is there."""
        return self._document(self._answer("PUT", parts, body))

    def save(self, *parts: object, to: Path) -> str:
        """Stream a file to a path and return its SHA-256; nothing is there before all of it has come."""
        partly = to.with_name(f"{to.name}.part")
        digest = hashlib.sha256()
        try:
            with self._streamed(parts) as answer, partly.open("wb") as file:
                for piece in answer.iter_bytes():
                    digest.update(piece)
                    file.write(piece)
            partly.replace(to)
        except OSError as wrong:
            raise typer.BadParameter(f"'{to}' cannot be written: {wrong.strerror}", param_hint="--into") from None
        finally:
            with contextlib.suppress(OSError):
                partly.unlink(missing_ok=True)
        return digest.hexdigest()

    @contextlib.contextmanager
    def _streamed(self, parts: tuple[object, ...]) -> Iterator[httpx.Response]:
        try:
            with self._http.stream("GET", self._path(parts)) as answer:
                if not answer.is_success:
                    answer.read()
                    _tell(answer)
                yield answer
        except httpx.HTTPError as wrong:
            self._silent(wrong)

    def _answer(
        self, method: str, parts: tuple[object, ...], body: Json = None, query: dict[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = self._http.request(method, self._path(parts), json=body, params=query)
        except httpx.HTTPError as wrong:
            self._silent(wrong)
        if not answer.is_success:
            _tell(answer)
        return answer

    def _path(self, parts: tuple[object, ...]) -> str:
        steps = [str(one) for one in (*self._at, *parts)]
        if any(one in ("", ".", "..") for one in steps):
            raise typer.BadParameter("an id is empty; write it out")
        return "/" + "/".join(quote(one, safe="") for one in steps)

    def _silent(self, wrong: httpx.HTTPError) -> NoReturn:
        _fail(f"{self._http.base_url.host} does not answer ({type(wrong).__name__}); is the address right?")

    def _document(self, answer: httpx.Response) -> Json:
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            _fail(f"{self._http.base_url.host} answers with no document of an exchange; is the address right?")


def _address(server: str) -> httpx.URL:
    """The root of the API of an installation, whether or not its path stands there already."""
    meant = "write it like https://exchange.example.org"
    try:
        url = httpx.URL(server.strip().rstrip("/").removesuffix(_API) + _API)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise typer.BadParameter(f"'{server}' is no address of an installation; {meant}", param_hint="--server")
    return url


def _identity() -> dict[str, str]:
    token = os.environ.get("EXCHANGE_TOKEN", "").strip()
    if not token.isascii() or not token.isprintable():
        said = "it is no token; a token is one line that begins with plx_"
        raise typer.BadParameter(said, param_hint="EXCHANGE_TOKEN")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _tell(answer: httpx.Response) -> NoReturn:
    try:
        problem = answer.json()
        typer.echo(f"{problem['title']}: {problem['detail']}", err=True)
        for one in problem.get("errors", ()):
            value = one["value"] or ""
            place = " ".join(part for part in (one["pointer"], value if len(value) <= _LONGEST_VALUE else "") if part)
            typer.echo(f"  {place}: {one['message']} {one['hint']}".rstrip(), err=True)
    except (ValueError, KeyError, TypeError):
        _fail(f"The server answered {answer.status_code} and no problem document; is the address right?")
    raise typer.Exit(1)


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
