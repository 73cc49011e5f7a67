"""An S3 server may be known to clients under another address, and its bucket may be made on opening."""

import threading
from urllib.parse import urlsplit

import httpx

from storage.objects import ObjectStore
from storage.open_store import open_store
from tests.servers import S3Server


def _opened(server: S3Server, address: str) -> ObjectStore:
    keys = {"access_key": server.access_key, "secret_key": server.secret_key}
    return open_store(address, secret=b"", base_url="", **keys)


def test_links_lead_to_the_public_address_and_work_there(s3_server: S3Server) -> None:
    port = s3_server.endpoint.rsplit(":", 1)[1]
    store = _opened(s3_server, f"{s3_server.url}&public=http://localhost:{port}")
    store.put("raw/public", b"content")

    link = store.link("raw/public", filename="a.csv", media_type="text/csv", expires_s=60)

    assert urlsplit(link).netloc == f"localhost:{port}"
    # Connected by number, since the name may lead to an address on which the server does not listen.
    numbered = link.replace("localhost", "127.0.0.1", 1)
    assert httpx.get(numbered, headers={"Host": f"localhost:{port}"}).content == b"content"
    assert httpx.get(numbered).status_code == 403
    store.delete("raw/public")


def test_a_link_to_https_is_made_without_asking_there(s3_server: S3Server) -> None:
    store = _opened(s3_server, f"{s3_server.url}&public=https://files.example.org")

    link = store.link("raw/a", filename="a.csv", media_type="text/csv", expires_s=60)

    assert link.startswith(f"https://files.example.org/{s3_server.bucket}/raw/a?")
    assert s3_server.secret_key not in link


def test_processes_that_open_at_once_make_one_bucket(s3_server: S3Server) -> None:
    failures: list[Exception] = []

    def opening() -> None:
        try:
            _opened(s3_server, f"s3://{s3_server.endpoint}/fresh?secure=false&create=true").check()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=opening) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
