"""A small server of the tests' own that keeps DOIs as the REST API of DataCite documents it; or fails as it is told to.

Drafts are made by POST, changed by PUT; the events `register`, `publish` and `hide` change the state. What a registered
or findable DOI lacks is refused with 422 and JSON:API errors.
"""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

NEEDED = ("url", "creators", "titles", "publisher", "publicationYear", "types")
TO = {"register": "registered", "publish": "findable", "hide": "registered"}
Json = dict[str, Any]


@dataclass
class DataciteServer:
    """`dois` by name as they stand; `fail` are status codes of the next answers, of which 0 acts and hangs up."""

    url: str = ""
    repository: str = "TEST.PLX"
    password: str = "a password of the tests"
    dois: dict[str, Json] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    fail: list[int] = field(default_factory=list)

    def post(self, attributes: Json) -> tuple[int, Json]:
        doi = str(attributes["doi"]).lower()
        if doi in self.dois:
            return 422, {"errors": [{"source": "doi", "title": "This DOI has already been taken"}]}
        return self._kept(doi, {"state": "draft"} | attributes, 201)

    def put(self, doi: str, attributes: Json) -> tuple[int, Json]:
        if doi not in self.dois:
            return 404, {"errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]}
        event = attributes.pop("event", "")
        made = self.dois[doi] | attributes
        lacking = [name for name in NEEDED if not made.get(name)]
        if event in ("register", "publish") and lacking:
            return 422, {"errors": [{"source": name, "title": "can't be blank"} for name in lacking]}
        if event != "hide" or made["state"] != "draft":
            made["state"] = TO.get(event, made["state"])
        return self._kept(doi, made, 200)

    def _kept(self, doi: str, attributes: Json, status: int) -> tuple[int, Json]:
        self.dois[doi] = attributes
        self.states.append(attributes["state"])
        return status, {"data": {"id": doi, "type": "dois", "attributes": attributes}}


@contextlib.contextmanager
def datacite_server() -> Iterator[DataciteServer]:
    """On a free loopback port until the end of the block."""
    kept = DataciteServer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            allowed = base64.b64encode(f"{kept.repository}:{kept.password}".encode()).decode()
            failing = kept.fail.pop(0) if kept.fail else None
            if failing:
                status, body = failing, {"errors": [{"title": "Something went wrong"}]}
            elif self.headers["Authorization"] != f"Basic {allowed}":
                status, body = 401, {"errors": [{"status": "401", "title": "Bad credentials."}]}
            elif self.headers["Content-Type"] != "application/vnd.api+json":
                status, body = 415, {"errors": []}
            else:
                attributes = json.loads(sent)["data"]["attributes"]
                doi = unquote(self.path.removeprefix("/dois/"))
                status, body = kept.post(attributes) if self.command == "POST" else kept.put(doi, attributes)
            if failing == 0:
                self.close_connection = True
                return
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.api+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = _answer  # noqa: N815  # names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield kept
        finally:
            server.shutdown()
