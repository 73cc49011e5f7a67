"""A file that comes packed is read as if it had not been; what could harm or mislead is refused in a sentence."""

import bz2
import gzip
import io
import json
import lzma
import shutil
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest import sandbox
from ingest.limits import MIB, Limits
from ingest.pipeline import ingest
from schemas.ingested import Declared, Ingested
from schemas.instructions import Instructions
from schemas.report import Report

FILES = Path(__file__).resolve().parents[1] / "files"
BDF = (FILES / "bdf.csv").read_bytes()
ARBIN = (FILES / "arbin.csv").read_bytes()


def zipped(**members: bytes) -> bytes:
    return zipped_of({name.replace("__", "."): content for name, content in members.items()})


def zipped_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return told.getvalue()


def read(folder: Path, content: bytes, name: str = "upload.zip", member: str | None = None) -> Ingested:
    """The file read in an empty folder, of which nothing but the tables is left."""
    path, out = folder / "raw", folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    path.write_bytes(content)
    found = ingest(path, name, out, Declared(reading=Instructions(member=member)))
    assert {one.name for one in out.iterdir()} == {table.file for table in found.tables}
    assert str(folder) not in found.model_dump_json()
    return found


def refusal(found: Ingested) -> str:
    [problem] = found.report.problems
    assert found.tables == ()
    return problem.message


@pytest.mark.parametrize(
    ("content", "name", "member"),
    [
        (zipped(bdf__csv=BDF), "upload.zip", "bdf.csv"),
        (gzip.compress(BDF), "bdf.csv.gz", "bdf.csv"),
        (gzip.compress(BDF), "bdf.csv", "bdf.csv"),
        (gzip.compress(BDF[:200]) + gzip.compress(BDF[200:]), "bdf.csv.GZ", "bdf.csv"),
        (zipped_of({"a/b/bdf.csv": BDF}, zipfile.ZIP_STORED), "x.zip", "bdf.csv"),
        (zipped_of({"bdf.csv.gz": gzip.compress(BDF)}), "x.zip", "bdf.csv.gz/bdf.csv"),
        (gzip.compress(zipped(bdf__csv=BDF)), "x.zip.gz", "x.zip/bdf.csv"),
        (zipped_of({"__MACOSX/._bdf.csv": b"x", "a/": b"", "a/.DS_Store": b"x", "a/bdf.csv": BDF}), "x.zip", "bdf.csv"),
    ],
)
def test_one_file_in_an_archive_is_read_as_if_it_were_not(
    tmp_path: Path, content: bytes, name: str, member: str
) -> None:
    plain = read(tmp_path, BDF, "bdf.csv")
    rows = pq.read_table(tmp_path / "out" / "timeseries.parquet")
    found = read(tmp_path, content, name)
    assert _unnamed(found) == _unnamed(plain) and found.reader == plain.reader
    assert pq.read_table(tmp_path / "out" / "timeseries.parquet").equals(rows)
    [source] = found.sources
    assert (source.file, source.member) == (name, member)
    footer = json.loads(pq.read_metadata(tmp_path / "out" / "timeseries.parquet").metadata[b"provenance"])
    assert (footer["member"], footer["source_sha256"]) == (member, source.sha256)


def _unnamed(found: Ingested) -> Report:
    problems = tuple(problem.model_copy(update={"file": ""}) for problem in found.report.problems)
    return found.report.model_copy(update={"problems": problems})


def test_a_neware_file_in_an_archive_is_read_and_its_own_container_is_none(tmp_path: Path) -> None:
    container = (FILES / "neware.ndax").read_bytes()
    alone = read(tmp_path, container, "neware.ndax")
    packed = read(tmp_path, zipped_of({"cell 1.ndax": container}))
    assert alone.sources[0].member == "" and packed.sources[0].member == "cell 1.ndax"
    assert packed.report.rows_out == alone.report.rows_out == 8
    damaged = read(tmp_path, container[:2000], "neware.ndax")
    assert "cannot be read as a Neware file" in refusal(damaged)


def test_an_archive_of_several_files_asks_which_and_reads_the_one_that_is_picked(tmp_path: Path) -> None:
    content = zipped_of({"cells/b.csv": BDF, "cells/a.csv": ARBIN})
    found = read(tmp_path, content)
    assert found.choices is not None
    assert (found.choices.by, found.choices.names) == ("member", ("cells/b.csv", "cells/a.csv"))
    assert "holds 2 files: “cells/b.csv”, “cells/a.csv”" in refusal(found)
    picked = read(tmp_path, content, member="cells/a.csv")
    assert picked.reader == "Arbin csv" and picked.choices is None
    assert "holds no “c.csv”; it holds “cells/b.csv”" in refusal(read(tmp_path, content, member="c.csv"))


def test_a_file_in_an_archive_that_no_reader_knows_is_named_with_its_archive(tmp_path: Path) -> None:
    found = read(tmp_path, zipped_of({"notes.txt": b"hello"}), "pack.zip")
    assert "No reader recognises “notes.txt”" in refusal(found)
    assert found.report.problems[0].file == "pack.zip/notes.txt"


def patched(content: bytes, at: bytes, offset: int, new: bytes) -> bytes:
    """The archive with bytes changed at an offset behind the last place of a signature."""
    place = content.rindex(at) + offset
    return content[:place] + new + content[place + len(new) :]


def linked() -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        link = zipfile.ZipInfo("cell.csv")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return told.getvalue()


def doubled() -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in (BDF, ARBIN):
            archive.writestr("cell.csv", content)
    return told.getvalue()


def tarred() -> bytes:
    told = io.BytesIO()
    with tarfile.open(fileobj=told, mode="w") as archive:
        archive.add(FILES / "bdf.csv", "bdf.csv")
    return told.getvalue()


def wrong_checksum() -> bytes:
    content = bytearray(zipped_of({"a.csv": BDF}, zipfile.ZIP_STORED))
    content[content.index(b"test_time")] ^= 1
    return bytes(content)


CENTRAL = b"PK\x01\x02"
HARMFUL: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "no whole zip": (lambda: zipped(a__csv=BDF)[:-30], "x.zip", "damaged or was cut off"),
    "a wrong checksum": (wrong_checksum, "x.zip", "a checksum differs"),
    "a cut gz": (lambda: gzip.compress(BDF)[:-20], "x.csv.gz", "it ends too early"),
    "gz with rubbish behind": (lambda: gzip.compress(BDF) + b"rubbish", "x.csv.gz", "damaged or was cut off"),
    "gz with a wrong checksum": (
        lambda: gzip.compress(BDF)[:-8] + b"\1\2\3\4" + gzip.compress(BDF)[-4:],
        "x.gz",
        "a checksum differs",
    ),
    "gz with wrong bytes": (
        lambda: gzip.compress(BDF)[:40] + b"\xff" * 9 + gzip.compress(BDF)[49:],
        "x.gz",
        "make no sense",
    ),
    "an empty zip": (lambda: zipped_of({}), "x.zip", "without a file"),
    "a path out": (lambda: zipped_of({"../../etc/cron.csv": BDF}), "x.zip", "no plain name below the archive"),
    "an absolute path": (lambda: zipped_of({"/etc/cron.csv": BDF}), "x.zip", "no plain name"),
    "a drive": (lambda: zipped_of({"C:cell.csv": BDF}), "x.zip", "no plain name"),
    "a link": (linked, "x.zip", "is a link and no file"),
    "a name twice": (doubled, "x.zip", "holds “cell.csv” 2 times"),
    "too many files": (lambda: zipped_of({f"{n}.csv": b"" for n in range(2001)}), "x.zip", "holds 2001 files"),
    "a password": (lambda: patched(zipped(a__csv=BDF), CENTRAL, 8, b"\1\0"), "x.zip", "is encrypted"),
    "LZMA": (lambda: zipped_of({"a.csv": BDF}, zipfile.ZIP_LZMA), "x.zip", "packed by LZMA"),
    "bzip2 inside": (lambda: zipped_of({"a.csv": BDF}, zipfile.ZIP_BZIP2), "x.zip", "packed by bzip2"),
    "bzip2": (lambda: bz2.compress(BDF), "x.csv.bz2", "packed by bzip2, which is not unpacked"),
    "xz": (lambda: lzma.compress(BDF), "x.csv.xz", "packed by xz"),
    "7-Zip": (lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 90, "x.7z", "packed by 7-Zip"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\x00" + b"\0" * 90, "x.rar", "packed by RAR"),
    "tar": (tarred, "x.tar", "packed by tar"),
    "tar in gz": (lambda: gzip.compress(tarred()), "x.tar.gz", "“x.tar.gz/x.tar” is packed by tar"),
    "three levels": (
        lambda: zipped_of({"b.zip": zipped_of({"c.csv.gz": gzip.compress(BDF)})}),
        "a.zip",
        "in an archive in an archive",
    ),
    "many in the second": (
        lambda: zipped_of({"b.zip": zipped(a__csv=BDF, b__csv=BDF)}),
        "a.zip",
        "holds 2 files: pack them once",
    ),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_what_cannot_or_should_not_be_unpacked_is_refused_in_a_sentence(tmp_path: Path, what: str) -> None:
    make, name, said = HARMFUL[what]
    assert said in refusal(read(tmp_path, make(), name))


def bomb_gz(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b"0" * MIB) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (bomb_gz(100), "bomb.csv.gz"),
        (zipped_of({"bomb.csv": b"0" * 100 * MIB}), "bomb.zip"),
        # A header that lies about the size does not help: no more than it says is unpacked, and that has no checksum.
        (patched(zipped_of({"bomb.csv": b"0" * 100 * MIB}), CENTRAL, 24, struct.pack("<I", 1000)), "bomb.zip"),
        (zipped_of({"bomb.csv.gz": bomb_gz(100)}), "bomb.zip"),
    ],
)
def test_a_small_archive_that_unpacks_to_much_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    assert len(content) < MIB / 2
    said = refusal(read(tmp_path, content, name))
    assert "unpacks to more than the" in said or "a checksum differs" in said


def test_in_the_child_an_archive_unpacks_to_no_more_than_the_child_may_write(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    path = tmp_path / "raw"
    path.write_bytes(gzip.compress(b"0" * 20 * MIB))
    limits = Limits(output_bytes=10 * MIB, cpu_s=60, wall_s=60)
    found = sandbox.run(path, "bomb.csv.gz", tmp_path / "out", limits=limits)
    assert "unpacks to more than the 10 MB" in refusal(found)
    path.write_bytes(zipped(bdf__csv=BDF))
    assert sandbox.run(path, "x.zip", tmp_path / "out", limits=limits).report.passed
    sandbox.close()
