"""Open the object store that a URL names."""

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from schemas.errors import Misconfigured
from storage.folder_store import FolderStore
from storage.minio_store import MinioStore
from storage.objects import ObjectStore

_FORMS = "write s3://host:port/bucket or folder:///absolute/path"


def open_store(
    url: str, *, secret: bytes, base_url: str, access_key: str | None = None, secret_key: str | None = None
) -> ObjectStore:
    """`folder:///absolute/path` or `s3://host:port/bucket?secure=true&region=us-east-1`.

    `secret` and `base_url` sign and begin the folder store's links; the keys are for S3. More options of S3:
    `public=https://files.example.org` where links lead when clients reach the server under another address;
    `create=true` makes the bucket where it is absent. `Misconfigured` for a URL that names no store.
    """
    parsed = _split(url)
    if parsed.scheme == "folder":
        folder = Path(url.removeprefix("folder://"))
        if not folder.is_absolute():
            raise Misconfigured(
                "EXCHANGE_STORE_URL: the folder must be absolute; write folder:///srv/exchange/objects."
            )
        return FolderStore(folder, secret, base_url)
    if parsed.scheme != "s3":
        raise Misconfigured(f"EXCHANGE_STORE_URL: a store '{parsed.scheme}' is not supported; {_FORMS}.")
    if not access_key or not secret_key:
        raise Misconfigured(
            "EXCHANGE_STORE_URL names an S3 server; set EXCHANGE_S3_ACCESS_KEY and EXCHANGE_S3_SECRET_KEY too."
        )
    options = _options(parsed.query)
    bucket = _bucket(parsed)
    store = MinioStore(
        parsed.netloc,
        bucket,
        access_key=access_key,
        secret_key=secret_key,
        secure=_true(options, "secure", "true"),
        region=options.get("region", "us-east-1"),
        public=options.get("public"),
    )
    if _true(options, "create", "false"):
        store.create_bucket()
    return store


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # Without its text, which repeats the address.
        raise Misconfigured(f"EXCHANGE_STORE_URL is not an address; {_FORMS}.") from None


def _bucket(parsed: SplitResult) -> str:
    bucket = parsed.path.strip("/")
    if parsed.username or parsed.password:
        raise Misconfigured(
            "EXCHANGE_STORE_URL: keep the keys out of its URL; set EXCHANGE_S3_ACCESS_KEY and EXCHANGE_S3_SECRET_KEY."
        )
    if not parsed.netloc or not bucket or "/" in bucket:
        raise Misconfigured("EXCHANGE_STORE_URL names no bucket; write s3://host:port/bucket.")
    return bucket


def _options(query: str) -> dict[str, str]:
    options = dict(parse_qsl(query))
    if unknown := set(options) - {"secure", "region", "public", "create"}:
        raise Misconfigured(
            f"EXCHANGE_STORE_URL has an unknown option '{min(unknown)}'; it may have secure, region, public and create."
        )
    return options


def _true(options: dict[str, str], name: str, default: str) -> bool:
    value = options.get(name, default).lower()
    if value not in ("true", "false"):
        raise Misconfigured(f"EXCHANGE_STORE_URL has {name}={value}; it may be true or false.")
    return value == "true"
