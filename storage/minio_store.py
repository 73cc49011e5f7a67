"""The object store on an S3 server, by the client `minio`; its private multipart calls are used here alone."""

import contextlib
import io
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

import certifi
import minio.datatypes
import urllib3
from minio import Minio
from minio.credentials.providers import StaticProvider
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from minio.helpers import check_bucket_name
from urllib3.exceptions import HTTPError

from schemas.errors import Misconfigured, NotFound, Unavailable
from storage.objects import Part, Stored, Unfinished

T = TypeVar("T")
Headers = dict[str, str | list[str] | tuple[str]]
_CHUNK = 1 << 20
_PART = 16 << 20
_ABSENT = frozenset({"NoSuchKey", "NoSuchObject", "NotFound", "NoSuchUpload", "InvalidPart"})
_BUCKET_THERE = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


class MinioStore:
    """One bucket of an S3 server at `endpoint` (host:port); the bucket must exist.

    Links lead to `public` (scheme://host:port) when clients reach the server under another address.
    """

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        *,
        access_key: str,
        secret_key: str,
        secure: bool = True,
        region: str = "us-east-1",
        public: str | None = None,
    ) -> None:
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=5, read=60),
            maxsize=32,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
            retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
        )
        self._bucket = bucket
        keys = StaticProvider(access_key, secret_key)
        with _named_mistakes():
            self._client = Minio(endpoint, secure=secure, region=region, http_client=pool, credentials=keys)
        self._signer = self._client
        if public is not None:
            with _named_mistakes():
                there = urlsplit(public)
            if there.scheme not in ("http", "https") or not there.netloc or there.path.strip("/"):
                raise Misconfigured(
                    "EXCHANGE_STORE_URL: the public address is a scheme, host and port, like https://files.example.org."
                )
            # Signing asks nothing of the server, as long as the region is known.
            with _named_mistakes():
                self._signer = Minio(there.netloc, secure=there.scheme == "https", region=region, credentials=keys)
        with _named_mistakes():
            check_bucket_name(bucket)

    def create_bucket(self) -> None:
        """Make the bucket where it is absent; for tests and first installations."""
        if self._ask(lambda: self._client.bucket_exists(self._bucket)):
            return
        try:
            self._ask(lambda: self._client.make_bucket(self._bucket))
        except Unavailable as refusal:
            # Another process made it at the same moment.
            made = isinstance(refusal.__cause__, S3Error) and refusal.__cause__.code in _BUCKET_THERE
            if not made:
                raise

    def put(self, key: str, data: bytes | Path) -> None:
        if isinstance(data, bytes):
            self._ask(lambda: self._client.put_object(self._bucket, key, io.BytesIO(data), len(data)))
            return
        with data.open("rb") as file:
            size = data.stat().st_size
            self._ask(lambda: self._client.put_object(self._bucket, key, file, size, part_size=_PART))

    def get(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        return b"".join(self.stream(key, offset, length))

    def stream(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        if length == 0:
            self.stat(key)
            return iter(())
        try:
            answer = self._ask(lambda: self._client.get_object(self._bucket, key, offset, length or 0))
        except _PastTheEnd:
            return iter(())
        return _chunks(answer)

    def fetch(self, key: str, path: Path) -> None:
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        chunks = self.stream(key)
        try:
            with fresh.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            fresh.replace(path)
        except OSError as full:
            raise Unavailable("The local disk is full; nothing was half-written.") from full
        finally:
            fresh.unlink(missing_ok=True)

    def stat(self, key: str) -> Stored:
        found = self._ask(lambda: self._client.stat_object(self._bucket, key))
        return _stored(key, found.size, found.last_modified)

    def list(self, prefix: str) -> Iterator[Stored]:
        found = iter(self._client.list_objects(self._bucket, prefix=prefix, recursive=True))
        while (one := self._ask(lambda: next(found, None))) is not None:
            if not one.is_dir and one.object_name is not None:
                yield _stored(one.object_name, one.size, one.last_modified)

    def delete(self, key: str) -> None:
        with contextlib.suppress(NotFound):
            self._ask(lambda: self._client.remove_object(self._bucket, key))

    def link(self, key: str, *, filename: str, media_type: str, expires_s: int) -> str:
        disposition = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        served: Headers = {"response-content-disposition": disposition, "response-content-type": media_type}
        until = timedelta(seconds=expires_s)
        return self._ask(lambda: self._signer.presigned_get_object(self._bucket, key, until, response_headers=served))

    def begin(self, key: str) -> str:
        headers: Headers = {"Content-Type": "application/octet-stream"}
        return self._ask(lambda: self._client._create_multipart_upload(self._bucket, key, headers))

    def part(self, key: str, multipart: str, number: int, data: bytes) -> str:
        return self._ask(lambda: self._client._upload_part(self._bucket, key, data, None, multipart, number))

    def complete(self, key: str, multipart: str, parts: Sequence[Part]) -> None:
        made = [minio.datatypes.Part(part.number, part.etag) for part in parts]
        try:
            self._ask(lambda: self._client._complete_multipart_upload(self._bucket, key, multipart, made))
        except NotFound:
            # Completed before; the answer to that was lost. The size tells it from another object of that key.
            if self.stat(key).bytes != sum(part.bytes for part in parts):
                raise

    def abort(self, key: str, multipart: str) -> None:
        with contextlib.suppress(NotFound):
            self._ask(lambda: self._client._abort_multipart_upload(self._bucket, key, multipart))

    def unfinished(self, prefix: str) -> Iterator[Unfinished]:
        key_marker = upload_marker = None
        page = partial(self._client._list_multipart_uploads, self._bucket, prefix=prefix)
        while True:
            found = self._ask(partial(page, key_marker=key_marker, upload_id_marker=upload_marker))
            for one in found.uploads:
                if one.upload_id is not None:
                    begun = one.initiated_time or datetime.now(UTC)
                    yield Unfinished(one.object_name, one.upload_id, begun.astimezone(UTC))
            if not found.is_truncated:
                return
            key_marker, upload_marker = found.next_key_marker, found.next_upload_id_marker

    def check(self) -> None:
        if not self._ask(lambda: self._client.bucket_exists(self._bucket)):
            raise Unavailable(f"The object store answers, but has no bucket '{self._bucket}'.")

    def _ask(self, question: Callable[[], T]) -> T:
        """Ask the server; its failures become ours, whatever keys and addresses they hold stays out of them."""
        try:
            return question()
        except S3Error as refusal:
            if refusal.code in _ABSENT:
                raise NotFound("There is no such object.") from refusal
            if refusal.code == "InvalidRange":
                raise _PastTheEnd from refusal
            raise Unavailable(f"The object store refuses ({refusal.code}); nothing was half-written.") from refusal
        except (HTTPError, ServerError, InvalidResponseError, MinioException, OSError) as failure:
            raise Unavailable("The object store does not answer; nothing was half-written.") from failure


class _PastTheEnd(Exception):
    """The asked range begins behind the object's last byte."""


@contextlib.contextmanager
def _named_mistakes() -> Iterator[None]:
    try:
        yield
    except ValueError as wrong:
        raise Misconfigured(f"EXCHANGE_STORE_URL: {wrong}; write s3://host:port/bucket.") from None


def _stored(key: str, size: int | None, modified: datetime | None) -> Stored:
    return Stored(key, size or 0, (modified or datetime.now(UTC)).astimezone(UTC))


def _chunks(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from answer.stream(_CHUNK)
    except (HTTPError, OSError) as failure:
        raise Unavailable("The object store broke off; ask again.") from failure
    finally:
        answer.close()
        answer.release_conn()
