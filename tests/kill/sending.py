"""People who send files and do not give up: after a broken answer they ask how far they came and go on."""

import base64
import hashlib
import random
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.received import bdf_csv

_TUS = {"Tus-Resumable": "1.0.0"}
_CHUNK = _TUS | {"Content-Type": "application/offset+octet-stream"}
_PATIENCE_S = 180.0


@dataclass(frozen=True)
class Sent:
    """What the server has acknowledged: a dataset, and every byte of a file."""

    number: int
    dataset: str
    sha256: str
    bytes: int
    rows: int
    seconds: float


class Files:
    """Files of any size, each unlike the others: the beginning of one long test, with another first voltage."""

    def __init__(self, largest: int) -> None:
        self._longest = bdf_csv(largest // 47 + 100)

    def of(self, size: int, number: int) -> bytes:
        end = self._longest.find(b"\n", size - 1) + 1 or len(self._longest)
        head, first, rest = self._longest[:end].split(b"\n", 2)
        fields = first.split(b",")
        fields[1] = b"3.8%08d" % number
        return b"\n".join([head, b",".join(fields), rest])


class Sender:
    """One person at the API; every call is tried again until it is answered."""

    def __init__(self, base: str, header: dict[str, str], fate: random.Random) -> None:
        self._base, self._fate = base, fate
        self._http = httpx.Client(headers=header, timeout=60)

    def send(self, number: int, content: bytes, path: Path | None = None) -> Sent:
        """A draft with one file, acknowledged to the last byte."""
        began = time.monotonic()
        record = {"title": f"Upload {number}", "time_zone": "UTC"}
        dataset = str(self._ask("POST", "/datasets", json=record).json()["id"])
        told = {"filename": f"cell-{number}.csv", "dataset": dataset}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = _TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        where = self._ask("POST", "/uploads", headers=headers).headers["Location"]
        upload = "/uploads/" + where.rstrip("/").rpartition("/")[2]
        offset, give_up = 0, time.monotonic() + _PATIENCE_S
        while offset < len(content):
            if time.monotonic() > give_up:
                raise TimeoutError(f"upload {number} stands at {offset} of {len(content)}")
            offset = self._chunk(upload, content, offset)
        digest = hashlib.sha256(content).hexdigest()
        return Sent(number, dataset, digest, len(content), content.count(b"\n") - 1, time.monotonic() - began)

    def retry(self, dataset: str) -> None:
        """Ask for a failed run to be tried again."""
        self._ask("POST", f"/datasets/{dataset}/builds")

    def _chunk(self, upload: str, content: bytes, offset: int) -> int:
        piece = content[offset : offset + self._fate.choice((200_000, 1 << 20, 9 << 20))]
        headers = _CHUNK | {"Upload-Offset": str(offset)}
        headers["Upload-Checksum"] = f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}"
        try:
            answer = self._http.patch(f"{self._base}/api/v1{upload}", content=piece, headers=headers)
            if answer.status_code == 204:
                return int(answer.headers["Upload-Offset"])
        except httpx.TransportError:
            pass
        time.sleep(0.1)
        return int(self._ask("HEAD", upload, headers=_TUS).headers["Upload-Offset"])

    def _ask(self, method: str, path: str, **sent: object) -> httpx.Response:
        give_up = time.monotonic() + _PATIENCE_S
        while True:
            try:
                answer = self._http.request(method, f"{self._base}/api/v1{path}", **sent)  # type: ignore[arg-type]  # plain
                if answer.status_code < 500:
                    return answer.raise_for_status()
            except httpx.TransportError:
                pass
            if time.monotonic() > give_up:
                raise TimeoutError(f"{method} {path} was not answered")
            time.sleep(0.2)
