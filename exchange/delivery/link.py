"""Hand out files: short-lived signed links, and raw bytes through the server for clients that cannot follow one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath
from urllib.parse import quote

from exchange import guard
from exchange.delivery.choose import Pin, chosen, version_of
from exchange.delivery.view import seen, stem, table_of
from exchange.services import Services
from schemas.access import Exit, Principal, View
from schemas.dataset import RawFile
from schemas.delivery import Link
from schemas.errors import NotFound
from storage import intake, runs
from storage.runs import StoredTable

PARQUET = "application/vnd.apache.parquet"
BYTES = "application/octet-stream"


def table_link(
    services: Services, who: Principal, dataset: str, pin: Pin, name: str, in_view: View = View.FULL
) -> Link:
    """A link to one Parquet table of a build, or to what the view shows of it."""
    found = guard.allow_in_view(services, who, Exit.TABLE, dataset, in_view, detail=f"link {name} {pin}")
    with services.sessions.read() as session:
        run = chosen(session, who, found.dataset, pin)
        stored = table_of(run, runs.table(session, run.id, name), name)
    return link_to(services, seen(services, found, run, stored), stem(run, in_view))


def link_to(services: Services, stored: StoredTable, stem: str) -> Link:
    """A link to a table that the guard has let out."""
    table = stored.table
    return _link(services, stored.key, f"{stem}_{table.name}.parquet", table.bytes, table.sha256, PARQUET)


def raw_link(services: Services, who: Principal, dataset: str, version: int | None, file: str) -> Link:
    """A link to one raw file of a version, served under the name it was uploaded with."""
    raw, key = _raw(services, who, dataset, version, file, "link")
    return _link(services, key, PurePosixPath(raw.filename).name, raw.bytes, raw.sha256, BYTES)


def raw_bytes(
    services: Services, who: Principal, dataset: str, version: int | None, file: str
) -> tuple[RawFile, Iterator[bytes]]:
    """A raw file and its bytes, exactly as uploaded."""
    raw, key = _raw(services, who, dataset, version, file, "bytes")
    return raw, services.objects.stream(key)


def _raw(
    services: Services, who: Principal, dataset: str, version: int | None, file: str, how: str
) -> tuple[RawFile, str]:
    found = guard.allow(services, who, Exit.RAW, dataset, detail=f"{how} {file}")
    with services.sessions.read() as session:
        number = version_of(session, who, found, version)
        files = {one.id: one for one in intake.files_of(session, dataset, number)}
        if file not in files:
            raise NotFound(f"Version {number} of {dataset} has no raw file {file}.")
        return files[file], intake.key_of(session, file)


def _link(services: Services, key: str, filename: str, bytes: int, sha256: str, media_type: str) -> Link:
    expires_s = services.settings.link_expiry_s
    url = services.objects.link(key, filename=filename, media_type=media_type, expires_s=expires_s)
    expires_at = services.now() + timedelta(seconds=expires_s)
    return Link(url=url, expires_at=expires_at, filename=filename, bytes=bytes, sha256=sha256, media_type=media_type)


def disposition(filename: str) -> str:
    """A Content-Disposition header value for any file name (RFC 6266, RFC 8187)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_" for letter in filename
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
