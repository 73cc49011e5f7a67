"""Receiving files, verb by verb, on both stores and both databases."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange import receive
from exchange.receive import Checksum, NewFile
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import ChecksumMismatch, ExchangeError, Gone, NotFound, Refused, TooLarge
from schemas.upload import UploadState
from tests.receiving import Committed, draft, kept, later, opened, raw_keys, rubbish, sent, sha256, whole

MIB = 1024**2


def test_a_file_sent_in_odd_chunks_to_changing_servers_arrives_whole(
    services: Services, north: Principal, jobs: Committed
) -> None:
    content, dataset = os.urandom(21 * MIB + 17), draft(services, north)
    upload = opened(services, north, NewFile(dataset, "a.csv", len(content)))
    at = 0
    for size in (1, 5 * MIB, 5 * MIB, 100, 8 * MIB, 3 * MIB - 84):
        other = replace(services)
        upload = sent(other, north, upload.id, at, content[at : at + size])
        at += size
        assert upload.offset == at
    assert upload.state is UploadState.RECEIVED
    assert (upload.sha256, upload.version, upload.attached) == (sha256(content), 1, False)
    assert kept(services, dataset) == [content]
    assert jobs.runs == [upload.run]
    assert rubbish(services) == []


def test_a_connection_that_breaks_keeps_every_byte_that_arrived(services: Services, north: Principal) -> None:
    content, dataset = os.urandom(9 * MIB), draft(services, north)
    upload = opened(services, north, NewFile(dataset, "a.csv", len(content)))
    for cut in (1234, 8 * MIB + 77):
        start = upload.offset
        upload = sent(services, north, upload.id, start, content[start:cut])
        assert upload.offset == cut
    assert sent(services, north, upload.id, upload.offset, content[upload.offset :]).state is UploadState.RECEIVED
    assert kept(services, dataset) == [content]


def test_an_empty_file_is_a_file(services: Services, north: Principal) -> None:
    dataset = draft(services, north)
    assert opened(services, north, NewFile(dataset, "a.csv", 0)).state is UploadState.RECEIVED
    assert kept(services, dataset) == [b""]
    assert whole(services, north, draft(services, north), b"").attached


def test_a_chunk_that_fails_its_checksum_is_not_kept_and_the_upload_goes_on(
    services: Services, north: Principal
) -> None:
    content, dataset = os.urandom(20 * MIB), draft(services, north)
    id = opened(services, north, NewFile(dataset, "a.csv", len(content))).id
    announced = Checksum("sha256", hashlib.sha256(content).digest())
    damaged = content[:-1] + bytes([content[-1] ^ 1])
    for wrong in (damaged, content[:-1]):
        with pytest.raises(ChecksumMismatch):
            sent(services, north, id, 0, wrong, announced)
        assert receive.locate(services, north, id).upload.offset == 0
    assert sent(services, north, id, 0, content, announced).state is UploadState.RECEIVED
    assert kept(services, dataset) == [content]


def test_more_bytes_than_announced_are_refused(services: Services, north: Principal) -> None:
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 10)).id
    with pytest.raises(TooLarge, match="10"):
        sent(services, north, id, 0, b"x" * 11)
    assert receive.locate(services, north, id).upload.offset == 0


def test_a_file_other_than_declared_is_rejected_and_nothing_of_it_remains(
    services: Services, north: Principal, jobs: Committed
) -> None:
    dataset = draft(services, north)
    upload = opened(services, north, NewFile(dataset, "a.csv", 9 * MIB, sha256(b"other")))
    with pytest.raises(ChecksumMismatch, match=sha256(b"other")):
        sent(services, north, upload.id, 0, b"x" * 9 * MIB)
    with pytest.raises(Gone, match="declared"):
        receive.locate(services, north, upload.id)
    assert receive.progress(services, north, upload.id).state is UploadState.REJECTED
    assert (kept(services, dataset), raw_keys(services), rubbish(services), jobs.runs) == ([], [], [], [])


def test_the_same_bytes_again_are_kept_once(services: Services, north: Principal, jobs: Committed) -> None:
    first, second = draft(services, north), draft(services, north)
    content = os.urandom(9 * MIB)
    runs = [whole(services, north, dataset, content).run for dataset in (first, second, second)]
    assert kept(services, first) == kept(services, second) == [content]
    assert len(raw_keys(services)) == 1
    assert runs[1] == runs[2] and jobs.runs == runs[:2]


def test_a_declared_file_that_the_organisation_holds_need_not_be_sent(
    services: Services, callers: Callable[[str], Principal], jobs: Committed
) -> None:
    north, west = callers("north"), callers("west")
    whole(services, north, draft(services, north), b"voltage")
    dataset = draft(services, callers("north-contributor"))
    again = opened(services, callers("north-contributor"), NewFile(dataset, "b.csv", 7, sha256(b"voltage").upper()))
    assert (again.state, again.offset, again.attached, again.version) == (UploadState.RECEIVED, 7, True, 1)
    assert len(jobs.runs) == 2
    foreign = opened(services, west, NewFile(draft(services, west), "b.csv", 7, sha256(b"voltage")))
    assert (foreign.state, foreign.offset, foreign.attached) == (UploadState.UPLOADING, 0, False)
    received = sent(services, west, foreign.id, 0, b"voltage")
    assert not received.attached and len(raw_keys(services)) == 2


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "a/b.csv", "..\\b.csv", "a\0b", "a\nb", "x" * 256, "\ud800", "fdp\u202eexe.csv"]
)
def test_a_file_name_that_is_no_plain_base_name_is_refused(services: Services, north: Principal, name: str) -> None:
    with pytest.raises(Refused, match="file name"):
        opened(services, north, NewFile(draft(services, north), name, 1))


def test_size_and_quota_are_checked_before_a_byte_is_sent(services: Services, north: Principal) -> None:
    tight = replace(services, settings=services.settings.model_copy(update={"max_file_bytes": 80, "quota_bytes": 100}))
    dataset = draft(services, north)
    with pytest.raises(TooLarge, match="81"):
        opened(tight, north, NewFile(dataset, "a.csv", 81))
    unfinished = opened(tight, north, NewFile(dataset, "a.csv", 60))
    with pytest.raises(TooLarge, match="unfinished"):
        opened(tight, north, NewFile(dataset, "b.csv", 41))
    receive.terminate(tight, north, unfinished.id)
    assert opened(tight, north, NewFile(dataset, "b.csv", 41)).state is UploadState.UPLOADING


def test_an_upload_is_known_only_to_whoever_opened_it(services: Services, callers: Callable[[str], Principal]) -> None:
    north = callers("north")
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 5)).id
    told = set()
    for other, upload in ((callers("west"), id), (callers("north-contributor"), id), (callers("west"), "x" * 26)):
        with pytest.raises(NotFound) as refusal:
            receive.locate(services, other, upload)
        told.add(refusal.value.message.replace(upload, "…"))
    assert len(told) == 1


def test_an_ended_upload_leaves_nothing_behind(services: Services, north: Principal) -> None:
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 30 * MIB)).id
    sent(services, north, id, 0, b"x" * 9 * MIB)
    upload = sent(services, north, id, 9 * MIB, b"x" * 5)
    assert len(rubbish(services)) == 2
    receive.terminate(services, north, id)
    assert rubbish(services) == []
    with pytest.raises(Gone):
        sent(services, north, id, upload.offset, b"x")


def test_an_upload_expires_and_its_bytes_and_orphans_are_swept(services: Services, north: Principal) -> None:
    dataset = draft(services, north)
    whole(services, north, dataset, b"kept")
    id = opened(services, north, NewFile(dataset, "a.csv", 30 * MIB)).id
    sent(services, north, id, 0, b"x" * (8 * MIB + 1))
    services.objects.put("raw/orphan", b"o")
    services.objects.put("tail/gone/1", b"o")
    services.objects.begin("raw/begun")
    assert receive.expire(services) == 0
    assert len(rubbish(services)) == 4
    future = later(services, timedelta(hours=73))
    with pytest.raises(Gone, match="expired"):
        receive.locate(future, north, id)
    assert receive.expire(future) == 4
    assert receive.expire(future) == 0
    assert rubbish(services) == []
    assert kept(services, dataset) == [b"kept"]
    assert len(raw_keys(services)) == 1
    receive.expire(later(services, timedelta(days=40)))
    with pytest.raises(NotFound):
        receive.progress(services, north, id)


def test_every_refusal_names_what_was_found(services: Services, north: Principal) -> None:
    dataset = draft(services, north)
    for file, found in ((NewFile(dataset, "a.csv", 1, "12"), "64"), (NewFile("PLX-1", "a.csv", 1), "PLX")):
        with pytest.raises(ExchangeError, match=found):
            opened(services, north, file)
