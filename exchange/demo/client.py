"""What the demonstration's people send over HTTP: nothing here touches the server's own code."""

import base64
import hashlib
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

CHUNK = 64 * 1024 * 1024
_FINAL = {"ready", "quarantined", "failed"}

Json = dict[str, Any]  # Any: a JSON document of the API


class Person:
    """One person with a token, or the world without one, talking to the API at `base_url`."""

    def __init__(self, base_url: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=f"{base_url}/api/v1", headers=headers, timeout=120)

    def get(self, path: str, **parameters: object) -> Json:
        """A GET that must succeed."""
        return self._done(self._http.get(path, params=parameters))  # type: ignore[arg-type]  # plain values only

    def post(self, path: str, body: Json | None = None) -> Json:
        """A POST that must succeed."""
        return self._done(self._http.post(path, json=body if body is not None else {}))

    def patch(self, path: str, body: Json) -> Json:
        """A PATCH that must succeed."""
        return self._done(self._http.patch(path, json=body))

    def attempt(self, path: str, method: str = "GET", body: Json | None = None) -> tuple[int, Json]:
        """Status and body, whatever they are."""
        answer = self._http.request(method, path, json=body)
        return answer.status_code, answer.json()

    def download(self, url: str) -> bytes:
        """The bytes behind a signed link, fetched without the token."""
        answer = httpx.get(url, timeout=120)
        answer.raise_for_status()
        return answer.content

    def upload(self, dataset: str, path: Path, filename: str) -> str:
        """Send a file by the tus protocol in chunks, each with its checksum; returns the upload's address."""
        pairs = {"filename": filename, "dataset": dataset}
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        tus = {"Tus-Resumable": "1.0.0"}
        length = {"Upload-Length": str(path.stat().st_size), "Upload-Metadata": told}
        created = self._http.post("/uploads", headers=tus | length)
        _raise(created)
        where, offset = urljoin(str(created.url), created.headers["Location"]), 0
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                checksum = f"sha256 {base64.b64encode(hashlib.sha256(chunk).digest()).decode()}"
                headers = tus | {"Upload-Offset": str(offset), "Upload-Checksum": checksum}
                headers["Content-Type"] = "application/offset+octet-stream"
                _raise(self._http.patch(where, content=chunk, headers=headers))
                offset += len(chunk)
        return where

    def wait(self, dataset: str, patience_s: float = 300.0, every_s: float = 0.15) -> Json:
        """The newest build of a dataset, once it has ended."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            builds = self.builds(dataset)
            if builds and builds[-1]["state"] in _FINAL:
                return builds[-1]
            time.sleep(every_s)
        raise TimeoutError(f"{dataset} was not read within {patience_s:.0f} s")

    def builds(self, dataset: str) -> list[Json]:
        """All ingest runs of a dataset, oldest first."""
        answer = self._http.get(f"/datasets/{dataset}/builds")
        _raise(answer)
        found: list[Json] = answer.json()
        return found

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def _done(self, answer: httpx.Response) -> Json:
        _raise(answer)
        content: Json = answer.json() if answer.content else {}
        return content


def _raise(answer: httpx.Response) -> None:
    if answer.is_error:
        raise RuntimeError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
